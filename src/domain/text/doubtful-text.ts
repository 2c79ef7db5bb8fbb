import { escaped } from './doubtful-text/escaped.ts';
import { mixedAlphabets } from './doubtful-text/mixed-alphabets.ts';
import { hasNoLetterOrDigit, lostLetters, oddMarks } from './doubtful-text/odd-marks.ts';
import { programMarks } from './doubtful-text/program-marks.ts';
import { type Found, found, type Sign, sentence, type TextKind } from './doubtful-text/sign.ts';
import { wholeValue } from './doubtful-text/whole-values.ts';
import { wrongCharset } from './doubtful-text/wrong-charset.ts';
import { normaliseName } from './name.ts';

/** Why a text is probably not what its author meant. */
export interface Doubt {
  /** What was found, as a machine-readable word. */
  sign: Sign;
  /** Finding and advice in one English sentence, without the text itself. */
  finding: string;
  /** The probably intended text, if it can be computed; it is never doubtful itself. */
  suggestion: string | null;
}

/** A person's name, or a line such as a title, where a single odd word is not a fault. */
export type DoubtKind = TextKind;

const CAPITALS = 'А-ЯЁӘҒҚҢӨҰҮҺІӢҲҶӮЎЇЄҐ';
const SMALL = 'а-яёәғқңөұүһіӣҳҷӯўїєґ';
const NAME_WORD = `(?:[A-Z]ʻ?[a-z]+(?:[ʻʼ][a-z]+)*|[${CAPITALS}][${SMALL}]+|[Ա-Ֆ][ա-և]+|[ა-ჰ]+)`;
const TITLE_WORD = `(?:[A-Z]?[a-z]+(?:[ʻʼ][a-z]+)*|[${CAPITALS}]?[${SMALL}]+|[Ա-Ֆ]?[ա-և]+|[ა-ჰ]+)`;
/**
 * Fast path for nearly all names and titles: words in one alphabet, a capital first letter, at most one capital in
 * each other word. Text read with a wrong character set has its capitals elsewhere, and program data has other marks.
 */
const ORDINARY: Readonly<Record<DoubtKind, RegExp>> = {
  name: new RegExp(`^${NAME_WORD}(?:[ -]${NAME_WORD})*$`),
  title: new RegExp(`^${NAME_WORD}(?:(?:[,:.]? | – | — |-)${TITLE_WORD})*$`),
};

/** Texts such as `{{name}}` and `#N/A` are reported as a whole, not as the word inside. */
const MARKED = /[{}<>[\]$%#*|@_«]/;
/** Maximum number of examined characters, so that hostile texts cost little. */
const EXAMINED = 1000;
/** Maximum number of nested damages to undo. */
const LAYERS = 5;

/**
 * Searches for signs that a text is not a name or title, or was damaged in transfer.
 * @returns null when nothing was found
 */
export function doubtOf(text: string, kind: DoubtKind): Doubt | null {
  const first = signIn(text.slice(0, EXAMINED), kind);
  if (first === null) return null;
  const suggestion = text.length > EXAMINED ? null : likelyText(first, kind);
  return { sign: first.sign, finding: sentence(first.sign, kind), suggestion: suggestion === text ? null : suggestion };
}

function signIn(raw: string, kind: DoubtKind): Found | null {
  const text = raw.trim();
  const whole = wholeValue(text, kind);
  if (whole?.sign === 'deleted' || (whole !== null && !MARKED.test(text)) || ORDINARY[kind].test(text)) return whole;
  if (kind === 'title' && hasNoLetterOrDigit(text)) return found('absent');
  return (
    escaped(text, kind) ??
    programMarks(text, kind) ??
    wrongCharset(text, kind) ??
    lostLetters(text, kind) ??
    mixedAlphabets(text, kind) ??
    (kind === 'name' ? oddMarks(text) : null) ??
    whole
  );
}

/** Undoes one damage after the other until nothing is doubtful; null when that does not succeed. */
function likelyText(first: Found, kind: DoubtKind): string | null {
  let next: Found | null = first;
  for (let layer = 0; layer < LAYERS && next !== null; layer++) {
    if (next.mended === null) return null;
    const text = printable(next.mended, kind);
    if (text === null) return null;
    next = signIn(text, kind);
    if (next === null) return text;
  }
  return null;
}

/** The text as it would be stored, or null when it must not be printed. */
function printable(text: string, kind: DoubtKind): string | null {
  if (kind === 'name') {
    const result = normaliseName(text);
    return result.ok ? result.name : null;
  }
  const line = text.normalize('NFC').replace(/\s+/gu, ' ').trim();
  return line === '' || /[\p{Cc}\p{Co}\p{Cs}\u202A-\u202E\u2066-\u2069\uFFFD]/u.test(line) ? null : line;
}
