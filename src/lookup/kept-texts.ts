/**
 * Keeps what `make`, which depends on nothing else, returned for a key: many pages show the same dates and numbers, and
 * formatting one costs as much as all markup of a row. Begins anew at `most` keys, so that ever new ones do not fill the
 * memory.
 */
export function keptTexts<K>(make: (key: K) => string, most = 500): (key: K) => string {
  const kept = new Map<K, string>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= most) kept.clear();
    const made = make(key);
    kept.set(key, made);
    return made;
  };
}
