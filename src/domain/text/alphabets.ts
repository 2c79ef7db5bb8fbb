/** What is written with one alphabet by rule: Japanese and Korean join several, and take Latin words in. */
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

/** Alphabets of the letters of a text; digits and signs belong to none. Letters of rare scripts count as one, `other`. */
export function alphabetsOf(text: string): Set<Alphabet> {
  const found = new Set<Alphabet>();
  for (const letter of text.match(/\p{L}/gu) ?? [])
    found.add(SCRIPTS.find(([, script]) => script.test(letter))?.[0] ?? 'other');
  if (found.has('East Asian')) found.delete('Latin');
  return found;
}

/** Small letters that look the same, or whose capitals do: the second string holds the Latin ones. */
const CYRILLIC = 'аеорсухіјѕһԁԛԝвкмнт';
const LATIN = 'aeopcyxijshdqwbkmht';
/** The first so many of them look the same as small letters too. */
const SAME_WHEN_SMALL = 14;
const OTHERS: Readonly<Record<string, string>> = {
  ...{ ο: 'o', α: 'a', ν: 'v', ι: 'i', ρ: 'p', υ: 'u', χ: 'x', κ: 'k', τ: 't', ε: 'e', β: 'b', η: 'n', μ: 'm' },
  ...{ օ: 'o', ս: 'u', հ: 'h', ո: 'n', զ: 'q', ց: 'g', յ: 'j' },
};

/** The text with every letter that looks like one of `alphabet` replaced by that one. @param text lower case */
export function inAlphabet(text: string, alphabet: 'Latin' | 'Cyrillic'): string {
  const [from, to] = alphabet === 'Latin' ? [CYRILLIC, LATIN] : [LATIN, CYRILLIC];
  // `h` looks like н as a capital, far more often than like һ.
  const swap = (letter: string) =>
    to[alphabet === 'Cyrillic' ? from.lastIndexOf(letter) : from.indexOf(letter)] ??
    (alphabet === 'Latin' ? OTHERS[letter] : undefined) ??
    letter;
  return [...text].map(swap).join('');
}

/** Whether each letter of a word looks like a small letter of the other alphabet, so that nobody sees which it is. */
export function looksLike(word: string, more = ''): boolean {
  const alike = CYRILLIC.slice(0, SAME_WHEN_SMALL) + LATIN.slice(0, SAME_WHEN_SMALL) + more;
  const letters = word.match(/\p{L}/gu) ?? [];
  return letters.length > 0 && letters.every((letter) => alike.includes(letter));
}
