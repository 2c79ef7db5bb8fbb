/** Finished bytes under their name: SHA-256 of them, lower-case hex. */
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
   * Keeps all of them. Once it resolves they are durable, and every host can read them: only then may a row name them.
   * What is there already stays.
   * @throws ArtefactsFault
   */
  put(artefacts: readonly Artefact[]): Promise<void>;
  /** @returns the bytes, or null where they were never put. @throws ArtefactsFault */
  get(sha256: string): Promise<Buffer | null>;
  /** Whether they are there; does not read them. @throws ArtefactsFault */
  has(sha256: string): Promise<boolean>;
  /** Called at the start of a process that uses the store. @throws InputError where it cannot be used, and what to do */
  ready(): Promise<void>;
}

/** The store cannot be reached, or does not give back what was put: not the fault of whoever asked. */
export class ArtefactsFault extends Error {
  override name = 'ArtefactsFault';
}
