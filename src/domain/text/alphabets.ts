/** Combinations that count as one alphabet: Japanese and Korean mix several, and include Latin words. */
const TOGETHER = new Map([
  ['Han', 'East Asian'],
  ['Hiragana', 'East Asian'],
  ['Katakana', 'East Asian'],
  ['Hangul', 'East Asian'],
  ['Bopomofo', 'East Asian'],
]);
const SCRIPTS = (
  'Latin Cyrillic Greek Armenian Georgian Arabic Hebrew Devanagari Bengali Thai Ethiopic Mongolian ' +
  'Han Hiragana Katakana Hangul Bopomofo'
)
  .split(' ')
  .map((name) => [TOGETHER.get(name) ?? name, new RegExp(`\\p{Script=${name}}`, 'u')] as const);

export type Alphabet = 'Latin' | 'Cyrillic' | (string & {});

/**
 * Alphabets of a text's letters; digits and signs have none. Letters of rare scripts count as one alphabet, `other`.
 */
export function alphabetsOf(text: string): Set<Alphabet> {
  const found = new Set<Alphabet>();
  for (const letter of text.match(/\p{L}/gu) ?? [])
    found.add(SCRIPTS.find(([, script]) => script.test(letter))?.[0] ?? 'other');
  if (found.has('East Asian')) found.delete('Latin');
  return found;
}

/** Small letters that look the same, or whose capitals do; the second string has the Latin ones. */
const CYRILLIC = 'аеорсухіјѕһԁԛԝвкмнт';
const LATIN = 'aeopcyxijshdqwbkmht';
/** The first letters of the list, which look the same as small letters too. */
const SAME_WHEN_SMALL = 14;
const OTHERS: Readonly<Record<string, string>> = {
  ...{ ο: 'o', α: 'a', ν: 'v', ι: 'i', ρ: 'p', υ: 'u', χ: 'x', κ: 'k', τ: 't', ε: 'e', β: 'b', η: 'n', μ: 'm' },
  ...{ օ: 'o', ս: 'u', հ: 'h', ո: 'n', զ: 'q', ց: 'g', յ: 'j' },
};

/**
 * Replaces each look-alike letter by the one of `alphabet`.
 * @param text lower case
 */
export function inAlphabet(text: string, alphabet: 'Latin' | 'Cyrillic'): string {
  const [from, to] = alphabet === 'Latin' ? [CYRILLIC, LATIN] : [LATIN, CYRILLIC];
  // `h` looks like н as a capital, which is far more common than һ.
  const swap = (letter: string) =>
    to[alphabet === 'Cyrillic' ? from.lastIndexOf(letter) : from.indexOf(letter)] ??
    (alphabet === 'Latin' ? OTHERS[letter] : undefined) ??
    letter;
  return [...text].map(swap).join('');
}

/**
 * Whether every letter of a word looks like a small letter of the other alphabet, so that readers cannot see which it
 * is.
 */
export function looksLike(word: string, more = ''): boolean {
  const alike = CYRILLIC.slice(0, SAME_WHEN_SMALL) + LATIN.slice(0, SAME_WHEN_SMALL) + more;
  const letters = word.match(/\p{L}/gu) ?? [];
  return letters.length > 0 && letters.every((letter) => alike.includes(letter));
}
