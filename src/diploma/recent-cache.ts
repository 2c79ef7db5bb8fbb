/** An LRU cache of immutable values by key. */
export class RecentCache<T> {
  readonly #values = new Map<string, T>();
  readonly #cap: number;

  constructor(cap: number) {
    this.#cap = cap;
  }

  get(hash: string): T | undefined {
    const value = this.#values.get(hash);
    if (value === undefined) return undefined;
    this.#values.delete(hash);
    this.#values.set(hash, value);
    return value;
  }

  set(hash: string, value: T): void {
    this.#values.delete(hash);
    this.#values.set(hash, value);
    const oldest = this.#values.keys().next();
    if (this.#values.size > this.#cap && !oldest.done) this.#values.delete(oldest.value);
  }
}

/** Number of templates cached per thread. */
export const CACHED_BUNDLES = 32;
