import { type Found, found, type TextKind } from './sign.ts';

type Alphabet = 'Latin' | 'Cyrillic' | 'Greek' | 'Armenian' | 'Georgian' | 'Hebrew' | 'Arabic';
const ALPHABETS: readonly (readonly [Alphabet, RegExp])[] = (
  ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Georgian', 'Hebrew', 'Arabic'] as const
).map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')]);

/** Letters that look alike: Latin, Cyrillic, Greek, Armenian; `.` where an alphabet has none. Those above the gap look the same. */
const SAME = `AАΑ. BВΒ. CС.. EЕΕ. HНΗ. IІΙ. JЈ.. KКΚ. MМΜ. OОΟՕ PРΡ. SЅ.Տ TТΤ. XХΧ. aа.. cс.. eе.. iі.. jј.. oоοօ
  pрρ. sѕ.. xх.. yу.. hһ.հ əә.. ƏӘ.. ëё.. ËЁ.. ïї.. ÏЇ.. .Өθ. ɵө.. ƟӨΘ.`;
const SIMILAR = `YУΥ. YҮΥ. kкκ. mм.. tтτ. u.υս n..ո v.ν. g..ց q..զ öӧ.. äӓ.. ÖӦ.. ÄӒ.. N.Ν. Z.Ζ. ăӑ.. ĂӐ.. yү..`;
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

/** The word in one alphabet, or null where a letter has no like there. */
function rewritten(word: string, to: Alphabet, similarToo: boolean): string | null {
  // Latin Y stands for У or Ү, and only one of them is right in Kazakh and Kyrgyz.
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

const WORD = /[\p{L}\p{M}]+/gu;
/** Pairs that only a word of two alphabets has; a quick test before any counting. */
const TWO_IN_A_WORD = new RegExp(
  ALPHABETS.map(([name]) => {
    const others = ALPHABETS.filter(([other]) => other !== name).map(([other]) => `\\p{Script=${other}}`);
    return `\\p{Script=${name}}[\\p{M}\\p{Lm}]*[${others.join('')}]`;
  }).join('|'),
  'u',
);
/** «SMMщик», «BIMтехнологии»: a Latin abbreviation with a Cyrillic ending. */
const ABBREVIATION_WITH_ENDING = /^\p{Script=Latin}{2,}\p{Script=Cyrillic}{2,}$/u;

/**
 * Words with letters of two alphabets, and the same text with each of them in the one alphabet that is certain: the only
 * one that has all its letters, or else that of the words around, or else that of most letters.
 * In a title only letters that cannot be told apart count: people form words such as «SMMщик» and «PDFка».
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
    mended.set(word, choose(possible, around, counts));
  }
  if (mended.size === 0) return null;
  const certain = [...mended.values()].every((form) => form !== null);
  return found('alphabets', certain ? text.replace(WORD, (word) => mended.get(word) ?? word) : null);
}

const isAbbreviation = (word: string) =>
  ABBREVIATION_WITH_ENDING.test(word) && /^\p{Lu}{2,}\p{Script=Cyrillic}+$/u.test(word) && /\p{Ll}{2,}$/u.test(word);

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
