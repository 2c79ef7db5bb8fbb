/**
 * Everything that keyboards and transliterations use for an apostrophe (Uzbek oʻ gʻ, Ukrainian ’, Hawaiian ʻ, O'Brien):
 * ASCII ' and `, acute, modifier letters U+02B9–02BF, U+02C8, U+02CA and U+02CB, tonos, quotes U+2018–201B, primes, Greek
 * breathings, full width, saltillo, Armenian and Hebrew marks.
 */
export const APOSTROPHES =
  /['`\u00B4\u02B9-\u02BF\u02C8\u02CA\u02CB\u0384\u055A\u05F3\u1FBD\u1FBF\u2018-\u201B\u2032\u2035\uA78B\uA78C\uFF07\uFF40]/gu;
/** Marks on letters of alphabets that are written without them too; vowel signs of Indic and other scripts stay. */
const MARKS = /(?=\p{M})[\p{Script=Inherited}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]/gu;

/** Soft hyphens, joiners, directions: nobody sees or types them, and they come along from pages and PDFs. */
const INVISIBLE = /\p{Cf}/gu;

/**
 * Letters that a neighbour's keyboard lacks, and what is typed for them: «Сарсенбаева» finds Сәрсенбаева. Those that are a
 * letter and a mark (ё й ў ї ґ ӣ ӯ, ş ğ ö) lose the mark before.
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
  // South Slavic
  ...{ ђ: 'д', ј: 'и', љ: 'л', њ: 'н', ћ: 'ч', џ: 'ж', ѕ: 'з' },
  // Arabic: Persian and Urdu keyboards, and endings that are often typed without their points
  ...{ ی: 'ي', ى: 'ي', ک: 'ك', ہ: 'ه', ھ: 'ه', ە: 'ه', ة: 'ه' },
  // Latin: Azerbaijani, Turkish, and the neighbours' others
  ...{ ə: 'e', ǝ: 'e', ı: 'i', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ħ: 'h', ŋ: 'n', þ: 'th', æ: 'ae', œ: 'oe' },
};
const TYPED = new RegExp(`[${Object.keys(TYPED_FOR).join('')}]`, 'gu');

/** Georgian has three sets of letters of one sound each, in one order: Asomtavruli and Nuskhuri become Mkhedruli. */
const georgian = (letter: string): string => {
  const point = letter.codePointAt(0) ?? 0;
  return String.fromCodePoint(point - (point < 0x2d00 ? 0x10a0 : 0x2d00) + 0x10d0);
};

/** Case in any script; dotted and dotless i are one, and so are both small sigmas. */
const lower = (text: string): string =>
  text.toLowerCase().toUpperCase().toLowerCase().replaceAll('i\u0307', 'i').replaceAll('ς', 'σ');

/**
 * One form for every way in which a name is typed: NFKC, case, apostrophes, diacritics, letters of national alphabets and
 * ways of writing (Armenian և, եւ and եվ; Georgian capitals). Idempotent. The words of `foldedWords` are what is compared.
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

/** The words of a text in their order, folded. Only letters, their marks and digits are left, so that a word needs no quoting. */
export function foldedWords(text: string): string[] {
  return foldForSearch(text)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Words by which a person is found, and by which people search: `foldedWords` without repeats. */
export function searchWords(text: string): string[] {
  return [...new Set(foldedWords(text))];
}

/** A letter with a full stop: an initial, which is no surname, and would be soon guessed. */
const INITIALS = /(?<![\p{L}\p{M}])\p{L}\p{M}*\./gu;

/**
 * Whether `surname` is a word of either form of a name, folded as the coordinators' search folds. A hyphenated word
 * matches whole and by each part; a surname of several words matches neighbouring words. Initials match nothing.
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
