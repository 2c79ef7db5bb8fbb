/**
 * A cache of images in memory with a limit in bytes; it evicts the least recently used. Concurrent callers of one key
 * share one computation.
 */
export class KeptPictures {
  readonly #made = new Map<string, Buffer>();
  readonly #making = new Map<string, Promise<Buffer | null>>();
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns the cached image of a key, or computes it by `make`. Null and errors are not cached. */
  async get(key: string, make: () => Promise<Buffer | null>): Promise<Buffer | null> {
    const made = this.#made.get(key);
    if (made !== undefined) {
      this.#made.delete(key);
      this.#made.set(key, made);
      return made;
    }
    const making = this.#making.get(key) ?? this.#make(key, make);
    this.#making.set(key, making);
    return making;
  }

  async #make(key: string, make: () => Promise<Buffer | null>): Promise<Buffer | null> {
    try {
      // Deferred, so that the entry is registered as pending before it can finish.
      const picture = await Promise.resolve().then(make);
      if (picture !== null) this.#keep(key, picture);
      return picture;
    } finally {
      this.#making.delete(key);
    }
  }

  #keep(key: string, picture: Buffer): void {
    this.#made.set(key, picture);
    this.#bytes += picture.length;
    for (const [oldest, { length }] of this.#made) {
      if (this.#bytes <= this.#limit) return;
      this.#made.delete(oldest);
      this.#bytes -= length;
    }
  }
}
