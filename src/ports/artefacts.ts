/** Finished bytes, named by their SHA-256 in lower-case hex. */
export interface Artefact {
  sha256: string;
  bytes: Buffer;
}

/**
 * The store of finished diplomas and credentials, by SHA-256. To add another store, add a file in `adapters/artefacts/` and
 * a line in `openArtefacts`; the tests in `test/adapters/artefacts/` apply to every store.
 */
export interface Artefacts {
  /**
   * Stores all of them. When it resolves, they are durable and every host can read them; only then may a database row
   * refer to them.
   * Existing artefacts stay unchanged.
   * @throws ArtefactsFault
   */
  put(artefacts: readonly Artefact[]): Promise<void>;
  /** @returns the bytes, or null when they were never stored. @throws ArtefactsFault */
  get(sha256: string): Promise<Buffer | null>;
  /** Whether they exist; does not read them. @throws ArtefactsFault */
  has(sha256: string): Promise<boolean>;
  /**
   * Deletes them for good, for an erasure; those that are not there are no fault. When it resolves, no host can read them.
   * @throws ArtefactsFault
   */
  remove(sha256s: readonly string[]): Promise<void>;
  /** Called when a process that uses the store starts. @throws InputError with advice when the store cannot be used */
  ready(): Promise<void>;
}

/** The store is unreachable or damaged; the request itself was correct. */
export class ArtefactsFault extends Error {
  override name = 'ArtefactsFault';
}

/** The store itself cannot be used now, for whatever file: not mounted, full, unreachable, or it refuses the credentials. */
export class ArtefactsDown extends ArtefactsFault {
  override name = 'ArtefactsDown';
}
