import { searchWords } from './search-words.ts';

/**
 * One rough Latin spelling for letters that people write differently from one alphabet, and one transliteration, to the
 * next. `ч`, `ж` and `дж` are one (Azerbaijani `c` and `ç`, Tajik `ҷ`, Uzbek `j`, Kazakh `zh`), and so are `ш` and `с`
 * (`ş` loses its mark when it is folded). Letters are those that `foldForSearch` leaves.
 */
const SPELLINGS: readonly (readonly [letters: string, latin: string])[] = [
  ['абвгдежзиклмнопрстуфхчшщ', 'abvgdejziklmnoprstufhjss'],
  ['աբգդեզէըթժիլխկհղճմյնշոչպջռսվտրւփքօֆ', 'abgdezeetjilhkhgjminsojpjrsvtrvpkof'],
  ['აბგდევზთიკლმნოპჟრსტუფქღყშჩჭხჯჰ', 'abgdevztiklmnopjrstupkgksjjhjh'],
];
const PAIRS = { ц: 'ts', ю: 'iu', я: 'ia', ь: '', ծ: 'ts', ց: 'ts', ձ: 'dz', ც: 'ts', წ: 'ts', ძ: 'dz' };
const LATIN = new Map([
  ...Object.entries(PAIRS),
  ...SPELLINGS.flatMap(([letters, latin]) =>
    [...letters].map((letter, index) => [letter, latin.charAt(index)] as const),
  ),
]);

/** Spellings of one sound in Latin letters, replaced in this order. */
const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/shch|sch|sh/g, 's'],
  [/d?zh|dj|t?ch/g, 'j'],
  [/kh|ks|x/g, 'h'],
  [/gh/g, 'g'],
  [/ph/g, 'f'],
  [/th/g, 't'],
  [/ck|q/g, 'k'],
  [/w/g, 'v'],
  [/[aeiouy]+/g, 'a'],
];

/** Shorter keys would match too many names. */
const SHORTEST = 3;
/** Marks a key among the words of an index: no word begins so. */
const MARK = '~';

/**
 * Keys by which a name is found although it is typed in another usual transliteration or alphabet: «Тохтаева» and
 * To‘xtayeva have the same key. The key of a beginning is a beginning of the key, except inside a digraph.
 * @param word as `searchWords` returns it
 * @returns none for a short word or another script; two where `c` may be `j` (Azerbaijani) or `k` (Romanian)
 */
export function soundKeys(word: string): string[] {
  const letters = [...word.replaceAll('ու', 'u')].map((letter) => LATIN.get(letter) ?? letter).join('');
  if (!/^[a-z]+$/.test(letters)) return [];
  const rough = SOUNDS.reduce((text, [spelling, sound]) => text.replace(spelling, sound), letters);
  const readings = rough.includes('c') ? ['j', 'k'].map((sound) => rough.replaceAll('c', sound)) : [rough];
  return readings
    .map((reading) => reading.replace(/(.)\1+/g, '$1'))
    .filter((key) => key.length >= SHORTEST)
    .map((key) => `${MARK}${key}`);
}

/** Whether an indexed word is a key. */
export const isKey = (word: string): boolean => word.startsWith(MARK);

/** What a name is indexed by: its words and their keys. */
export function indexWords(text: string): string[] {
  const words = searchWords(text);
  return [...new Set([...words, ...words.flatMap(soundKeys)])];
}

/** What a typed name is searched by when no name has its words: one key a word. Empty: it has none. */
export function wordsAlike(words: readonly string[]): string[] {
  return [...new Set(words.flatMap((word) => soundKeys(word).slice(0, 1)))];
}
