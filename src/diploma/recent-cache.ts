/**
 * A cache of immutable values by key: at least the `cap / 2` values used last, at most `cap`. It holds two generations; a
 * value that is asked for again moves to the younger one, so finding a value that is there costs one look and no change.
 */
export class RecentCache<T> {
  #younger = new Map<string, T>();
  #elder = new Map<string, T>();
  readonly #most: number;

  constructor(cap: number) {
    this.#most = Math.ceil(cap / 2);
  }

  get(key: string): T | undefined {
    const recent = this.#younger.get(key);
    if (recent !== undefined) return recent;
    const earlier = this.#elder.get(key);
    if (earlier !== undefined) this.set(key, earlier);
    return earlier;
  }

  set(key: string, value: T): void {
    if (this.#younger.size >= this.#most && !this.#younger.has(key)) {
      this.#elder = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(key, value);
  }
}

/** Number of templates cached per thread. */
export const CACHED_BUNDLES = 32;
