/**
 * All characters used as an apostrophe by keyboards and transliterations (Uzbek oʻ gʻ, Ukrainian ’, Hawaiian ʻ,
 * O'Brien): ASCII ' and `, acute, modifier letters U+02B9–02BF, U+02C8, U+02CA and U+02CB, tonos, quotes U+2018–201B,
 * primes, Greek breathings, full width, saltillo, Armenian and Hebrew marks.
 */
export const APOSTROPHES =
  /['`\u00B4\u02B9-\u02BF\u02C8\u02CA\u02CB\u0384\u055A\u05F3\u1FBD\u1FBF\u2018-\u201B\u2032\u2035\uA78B\uA78C\uFF07\uFF40]/gu;
/** Marks that are optional in their alphabets; vowel signs of Indic and other scripts stay. */
const MARKS = /(?=\p{M})[\p{Script=Inherited}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]/gu;

/** Soft hyphens, joiners and direction marks: people neither see nor type them, but copy them from pages and PDFs. */
const INVISIBLE = /\p{Cf}/gu;

/**
 * Letters missing on a neighbour's keyboard, and what people type instead: «Сарсенбаева» finds Сәрсенбаева. Letters
 * that are a base and a mark (ё й ў ї ґ ӣ ӯ, ş ğ ö) lose the mark earlier.
 */
const TYPED_FOR: Readonly<Record<string, string>> = {
  // Kazakh, Kyrgyz, Tatar, Bashkir, Tajik, Uzbek
  ...{
    ә: 'а',
    ғ: 'г',
    қ: 'к',
    ң: 'н',
    ө: 'о',
    ұ: 'у',
    ү: 'у',
    һ: 'х',
    і: 'и',
    ҳ: 'х',
    ҷ: 'ч',
    җ: 'ж',
    ҡ: 'к',
    ҙ: 'з',
    ҫ: 'с',
  },
  // Ukrainian, Belarusian, and Russian as typed there
  ...{ є: 'е', э: 'е', ґ: 'г', ы: 'и', ъ: '' },
  // South Slavic letters
  ...{ ђ: 'д', ј: 'и', љ: 'л', њ: 'н', ћ: 'ч', џ: 'ж', ѕ: 'з' },
  // Arabic: Persian and Urdu keyboards, and endings that are often typed without their points
  ...{ ی: 'ي', ى: 'ي', ک: 'ك', ہ: 'ه', ھ: 'ه', ە: 'ه', ة: 'ه' },
  // Latin: Azerbaijani, Turkish, and the neighbours' others
  ...{ ə: 'e', ǝ: 'e', ı: 'i', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ħ: 'h', ŋ: 'n', þ: 'th', æ: 'ae', œ: 'oe' },
};
const TYPED = new RegExp(`[${Object.keys(TYPED_FOR).join('')}]`, 'gu');

/** Georgian has three letter sets with the same sounds in the same order: Asomtavruli and Nuskhuri become Mkhedruli. */
const georgian = (letter: string): string => {
  const point = letter.codePointAt(0) ?? 0;
  return String.fromCodePoint(point - (point < 0x2d00 ? 0x10a0 : 0x2d00) + 0x10d0);
};

/** Case folding in any script; dotted and dotless i become one, and so do both small sigmas. */
const lower = (text: string): string =>
  text.toLowerCase().toUpperCase().toLowerCase().replaceAll('i\u0307', 'i').replaceAll('ς', 'σ');

/**
 * One form for all ways of typing a name: NFKC, case, apostrophes, diacritics, national letters and spelling variants
 * (Armenian և, եւ and եվ; Georgian capitals). Idempotent. Searches compare the words of `foldedWords`.
 */
export function foldForSearch(text: string): string {
  const plain = lower(
    text.replace(INVISIBLE, '').replace(APOSTROPHES, '').normalize('NFKD').replace(APOSTROPHES, '').replace(MARKS, ''),
  );
  return lower(plain.normalize('NFKD').replace(MARKS, ''))
    .replace(/[\u10A0-\u10C5\u2D00-\u2D25]/gu, georgian)
    .replace(TYPED, (letter) => TYPED_FOR[letter] ?? letter)
    .replace(/ե[ւՒ]/gu, 'եվ')
    .normalize('NFC');
}

/** The folded words of a text in order. They have only letters, marks and digits, so they need no quoting. */
export function foldedWords(text: string): string[] {
  return foldForSearch(text)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Words under which a person is indexed and searched: `foldedWords` without repeats. */
export function searchWords(text: string): string[] {
  return [...new Set(foldedWords(text))];
}

/** A letter with a full stop is an initial, not a surname, and could be guessed quickly. */
const INITIALS = /(?<![\p{L}\p{M}])\p{L}\p{M}*\./gu;

/**
 * Whether `surname` is a word of either form of a name, folded like the coordinators' search. A hyphenated word
 * matches as a whole and by each part; a surname of several words matches adjacent words. Initials match nothing.
 */
export function surnameMatches(surname: string, fullName: string, latinName: string | null): boolean {
  const words = (text: string) => foldedWords(text.replace(INITIALS, ' '));
  const wanted = words(surname);
  if (wanted.length === 0) return false;
  return [fullName, latinName ?? ''].some((name) => {
    const all = words(name);
    return all.some((_, start) => wanted.every((word, index) => word === all[start + index]));
  });
}
