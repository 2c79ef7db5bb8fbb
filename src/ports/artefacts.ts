/** Finished bytes, named by their SHA-256 in lower-case hex. */
export interface Artefact {
  sha256: string;
  bytes: Buffer;
}

/**
 * Where finished diplomas and credentials are kept, by SHA-256. Another store is one more file in `adapters/artefacts/` and
 * its line in `openArtefacts`; `test/adapters/artefacts/` holds what each of them must do.
 */
export interface Artefacts {
  /**
   * Stores all of them. When it resolves they are durable and every host can read them; only then may a row name them.
   * Existing artefacts stay unchanged.
   * @throws ArtefactsFault
   */
  put(artefacts: readonly Artefact[]): Promise<void>;
  /** @returns the bytes, or null when they were never stored. @throws ArtefactsFault */
  get(sha256: string): Promise<Buffer | null>;
  /** Whether they exist; does not read them. @throws ArtefactsFault */
  has(sha256: string): Promise<boolean>;
  /** Called at the start of a process that uses the store. @throws InputError where it cannot be used, and what to do */
  ready(): Promise<void>;
}

/** The store is unreachable or damaged; the request itself was correct. */
export class ArtefactsFault extends Error {
  override name = 'ArtefactsFault';
}
