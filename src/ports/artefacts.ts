/** Content-addressed store of finished diplomas. */
export interface Artefacts {
  /** Bytes of a stored diploma, or null. `sha256` is lower-case hex. */
  get(sha256: string): Promise<Buffer | null>;
}
