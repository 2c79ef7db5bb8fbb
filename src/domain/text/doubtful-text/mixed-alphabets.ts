import { type Found, found, type TextKind } from './sign.ts';

type Alphabet = 'Latin' | 'Cyrillic' | 'Greek' | 'Armenian' | 'Georgian' | 'Hebrew' | 'Arabic';
/** Greek letters that Akan, Ewe and Kabyle writers type in place of their own, which keyboards lack. */
const LENT = '(?![εγ\u037B])';
const ALPHABETS: readonly (readonly [Alphabet, RegExp])[] = (
  ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Georgian', 'Hebrew', 'Arabic'] as const
).map((name) => [name, new RegExp(`${name === 'Greek' ? LENT : ''}\\p{Script=${name}}`, 'u')]);

/** Letters that look the same in Latin, Cyrillic, Greek, Armenian; `.` for none. */
const SAME = `AАΑ. BВΒ. CС.. EЕΕ. HНΗ. IІΙ. JЈ.. KКΚ. MМΜ. OОΟՕ PРΡ. SЅ.Տ TТΤ. XХΧ. aа.. cс.. eе.. iі.. jј.. oоοօ
  pрρ. sѕ.. xх.. yу.. hһ.հ əә.. ƏӘ.. ëё.. ËЁ.. .Өθ. ɵө.. ƟӨΘ.`;
/** Letters that look similar in some typefaces or at a quick glance. */
const SIMILAR = `YУΥ. YҮΥ. kкκ. mм.. tтτ. u.υս n..ո v.ν. g..ց q..զ öӧ.. äӓ.. ÖӦ.. ÄӒ.. ăӑ.. ĂӐ.. yү..`;
const COLUMN = { Latin: 0, Cyrillic: 1, Greek: 2, Armenian: 3 } as const;
type Known = keyof typeof COLUMN;

const isKnown = (name: Alphabet): name is Known => name in COLUMN;

let tables: Map<string, { exact: ReadonlyMap<string, string>; all: ReadonlyMap<string, string> }> | undefined;
function table(to: Known) {
  tables ??= new Map();
  const ready = tables.get(to);
  if (ready) return ready;
  const read = (rows: string): [string, string][] =>
    rows.split(/\s+/).flatMap((row) => {
      const letters = [...row];
      const target = letters[COLUMN[to]] ?? '.';
      return target === '.'
        ? []
        : letters.filter((letter) => letter !== '.').map((letter): [string, string] => [letter, target]);
    });
  const exact = new Map(read(SAME).reverse());
  const made = { exact, all: new Map([...read(SIMILAR).reverse(), ...exact]) };
  tables.set(to, made);
  return made;
}

const alphabetOf = (letter: string) => ALPHABETS.find(([, pattern]) => pattern.test(letter))?.[0] ?? null;

function countsOf(word: string): Map<Alphabet, number> {
  const counts = new Map<Alphabet, number>();
  for (const letter of word) {
    const name = alphabetOf(letter);
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Accented letters beside Cyrillic come from a wrong character set, not from a keyboard. */
const MISREAD =
  /[\u00C0-\u00C3\u00C5-\u00CA\u00CC-\u00CE\u00D0-\u00D5\u00D8-\u00E3\u00E5-\u00EA\u00EC-\u00EE\u00F0-\u00F5\u00F8-\u00FF]/;
const USUAL_CASE = /^(?:\p{Lu}?[\p{Ll}\p{M}]+|[\p{Lu}\p{M}]+)$/u;

/** The word in one alphabet, or null when a letter has no look-alike there. */
function rewritten(word: string, to: Alphabet, similarToo: boolean): string | null {
  // Latin Y stands for У or Ү; in Kazakh and Kyrgyz only one of them is right.
  if (to === 'Latin' && (MISREAD.test(word) || /\p{Script=Greek}/u.test(word))) return null;
  if (!isKnown(to) || (to === 'Cyrillic' && /Y/.test(word) && /[әғқңөұүһі]/iu.test(word))) return null;
  const { exact, all } = table(to);
  let out = '';
  for (const letter of word) {
    const name = alphabetOf(letter);
    const like = name === null || name === to ? letter : (similarToo ? all : exact).get(letter);
    if (like === undefined) return null;
    out += like;
  }
  return out;
}

/** An apostrophe ends a word, as in «iPhone’а»; so do letters that look like an apostrophe. */
const WORD = /(?:(?!\p{Lm})[\p{L}\p{M}])+/gu;
/** Letter pairs that only a word of two alphabets has; a quick test before counting. */
const TWO_IN_A_WORD = new RegExp(
  ALPHABETS.map(([name]) => {
    const others = ALPHABETS.filter(([other]) => other !== name).map(([, pattern]) => pattern.source);
    return `${ALPHABETS.find(([other]) => other === name)?.[1].source}\\p{M}*(?:${others.join('|')})`;
  }).join('|'),
  'u',
);
/** Two alphabets around one mark are another kind of damage: «FIRUZР–РЏ». */
const JOINED = /\p{Script=Latin}[^\p{L}\s]+\p{Script=Cyrillic}|\p{Script=Cyrillic}[^\p{L}\s]+\p{Script=Latin}/u;
/** «SMMщик», «BIMтехнологии»: a Latin abbreviation with a Cyrillic ending. */
const ABBREVIATION_WITH_ENDING = /^i?\p{Lu}{2,}(?<=\p{Script=Latin})\p{Script=Cyrillic}{2,}$/u;
/** A number of Roman digits; Cyrillic keyboards have look-alikes of some. */
const ROMAN = /^[IVXLC]{2,}$/;

/**
 * Finds words that mix letters of two alphabets, and suggests each word in its most certain alphabet: the only one
 * that has all its letters, else that of the words around, else that of most letters. In a title only
 * identical-looking letters count, because words such as «SMMщик» and «PDFка» are normal.
 */
export function mixedAlphabets(text: string, kind: TextKind): Found | null {
  if (!TWO_IN_A_WORD.test(text)) return null;
  const around = new Map<Alphabet, number>();
  const mixed = new Map<string, Map<Alphabet, number>>();
  for (const [word] of text.matchAll(WORD)) {
    const counts = countsOf(word);
    if (counts.size > 1) mixed.set(word, counts);
    else for (const [name, count] of counts) around.set(name, (around.get(name) ?? 0) + count);
  }
  const mended = new Map<string, string | null>();
  for (const [word, counts] of mixed) {
    const choices = [...counts.keys()].map((name) => [name, rewritten(word, name, kind === 'name')] as const);
    const possible = choices.filter(([, form]) => form !== null);
    if (kind === 'title' && (possible.length === 0 || isAbbreviation(word))) continue;
    const roman = possible.find(([name, form]) => name === 'Latin' && ROMAN.test(form ?? ''))?.[1];
    mended.set(word, roman ?? choose(withoutForeign(possible, word, text), around, counts));
  }
  if (mended.size === 0) return null;
  const certain = [...mended.values()].every((form) => form !== null && (kind === 'title' || USUAL_CASE.test(form)));
  if (!certain) return found('alphabets');
  const whole = text.replace(WORD, (word) => mended.get(word) ?? word);
  return found('alphabets', kind === 'name' && JOINED.test(whole) ? null : whole);
}

const isAbbreviation = (word: string) => ABBREVIATION_WITH_ENDING.test(word) && /\p{Ll}{2,}$/u.test(word);

const NEIGHBOURS_LETTERS = /[іїєґәғқңөұүһўј]/iu;
/** In a Russian line, removes forms with a letter that Russian does not have: «IТ» is not «ІТ» there. */
function withoutForeign(possible: readonly (readonly [Alphabet, string | null])[], word: string, text: string) {
  if (NEIGHBOURS_LETTERS.test(text)) return possible;
  const foreign = possible.length > 1 ? /[іјѕһә]/iu : /[јѕһ]/iu;
  return possible.filter(([, form]) => form === word || !foreign.test(form ?? ''));
}

function choose(
  possible: readonly (readonly [Alphabet, string | null])[],
  around: ReadonlyMap<Alphabet, number>,
  counts: ReadonlyMap<Alphabet, number>,
): string | null {
  if (possible.length === 1) return possible[0]?.[1] ?? null;
  for (const numbers of [around, counts]) {
    const ranked = [...possible].sort(([one], [two]) => (numbers.get(two) ?? 0) - (numbers.get(one) ?? 0));
    const [first, second] = ranked;
    if (first && second && (numbers.get(first[0]) ?? 0) > (numbers.get(second[0]) ?? 0)) return first[1];
  }
  return null;
}
