import { message } from '../messages/message.ts';

/** Scripts whose spelling uses ZWJ and ZWNJ: Arabic, related scripts, and the Indic family. */
const JOINING =
  '[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Nko}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}' +
  '\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}' +
  '\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Script=Tibetan}]';
/** Invisible characters that are part of correct spelling at these places; all others are refused. */
const SPELLING = new RegExp(
  `(?<=${JOINING})[\\u200C\\u200D](?=${JOINING})|(?<=\\p{Script=Mongolian})[\\u180B-\\u180D\\u180F]` +
    '|(?<=\\p{Script=Han})[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]',
  'gu',
);
const SPACES = /[\t\n\v\f\r\u0085\p{Zs}\u2028\u2029]+/gu;
const DIRECTIONAL = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/u;
const REFUSED =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\uFFFC\uFFFD]/gu;

/** No spelling has more than four marks on one letter; more would overlap the lines around the name. */
const HEAP_OF_MARKS = /\p{M}{5}/u;

export type NameResult = { ok: true; name: string } | { ok: false; code: 'name-unprintable'; detail: string };

const OVERRIDES = /[\u202A-\u202E\u2066-\u2069]/gu;

/** Why a line other than a name must not be printed or mailed: it has characters that change the visible order. */
export function overrideFault(text: string): string | null {
  const found = [...new Set(text.match(OVERRIDES) ?? [])];
  if (found.length === 0) return null;
  return message('text.direction', { points: found.map(codePoint).join(', ') });
}

const MEND = { mend: message('mend.in-lms') };

function refused(detail: string): NameResult {
  return { ok: false, code: 'name-unprintable', detail };
}

/** Notation such as `U+0041`. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * Why a name or a coordinator's title must not be mailed: it contains a mark that the mail provider would execute; null:
 * it contains none.
 */
export function instructionFault(text: string, what: 'name' | 'title', instructions: readonly string[]): string | null {
  const found = instructions.find((mark) => text.includes(mark));
  if (found === undefined) return null;
  return message(`${what}.executed`, { points: [...found].map(codePoint).join(' '), ...MEND });
}

/**
 * Normalises a name for storage and printing: NFC, single spaces, trimmed. Refuses invisible characters and those
 * that a machine would interpret. `detail` names code points, never the name. Idempotent.
 */
export function normaliseName(raw: string): NameResult {
  const line = normaliseLine(raw, 'name');
  if (line.ok && !/\p{L}/u.test(line.name)) return refused(message('name.no-letter', MEND));
  return line;
}

/** Like `normaliseName`, for a title from a coordinator: it may consist of digits, such as a year. */
export function normaliseTitle(raw: string): NameResult {
  return normaliseLine(raw, 'title');
}

function normaliseLine(raw: string, what: 'name' | 'title'): NameResult {
  const name = raw.normalize('NFC').replace(SPACES, ' ').trim();
  if (name === '') return refused(message(`${what}.empty`, MEND));
  const bad = [...new Set(name.replace(SPELLING, '').match(REFUSED) ?? [])];
  if (bad.length > 0) {
    const points = bad.slice(0, 5).map(codePoint).join(', ');
    if (bad.some((character) => DIRECTIONAL.test(character)))
      return refused(message(`${what}.directional`, { points, ...MEND }));
    if (bad.some((character) => /[\p{Cs}\uFFFD]/u.test(character)))
      return refused(message(`${what}.damaged`, { points, ...MEND }));
    return refused(message(`${what}.invisible`, { points, ...MEND }));
  }
  if (HEAP_OF_MARKS.test(name)) return refused(message(`${what}.heap`, MEND));
  return { ok: true, name };
}
