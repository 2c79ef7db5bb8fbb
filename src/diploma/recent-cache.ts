/** A kept value, and when it was last moved behind all others. */
interface Kept<T> {
  readonly value: T;
  moved: number;
}

/** A cache of immutable values by key, which drops what was not asked for the longest. */
export class RecentCache<T> {
  readonly #values = new Map<string, Kept<T>>();
  readonly #cap: number;
  #moves = 0;

  constructor(cap: number) {
    this.#cap = cap;
  }

  get(hash: string): T | undefined {
    const kept = this.#values.get(hash);
    if (kept === undefined) return undefined;
    // A value with fewer than half of the others behind it stays where it is: moving costs more than finding.
    if (this.#moves - kept.moved > this.#cap / 2) {
      this.#values.delete(hash);
      this.#put(hash, kept.value);
    }
    return kept.value;
  }

  /** The kept value; a new one is made, and kept, when there is none. */
  keep(hash: string, make: () => T): T {
    const known = this.get(hash);
    if (known !== undefined) return known;
    const made = make();
    this.set(hash, made);
    return made;
  }

  set(hash: string, value: T): void {
    this.#values.delete(hash);
    this.#put(hash, value);
    const oldest = this.#values.keys().next();
    if (this.#values.size > this.#cap && !oldest.done) this.#values.delete(oldest.value);
  }

  #put(hash: string, value: T): void {
    this.#moves += 1;
    this.#values.set(hash, { value, moved: this.#moves });
  }
}

/** Number of templates cached per thread. */
export const CACHED_BUNDLES = 32;
