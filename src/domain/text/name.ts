/** Scripts whose spelling uses ZWJ and ZWNJ: Arabic, its relatives and the Indic family. */
const JOINING =
  '[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Nko}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}' +
  '\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}' +
  '\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Script=Tibetan}]';
/** Invisible characters that are part of correct spelling, in their place; all others are refused. */
const SPELLING = new RegExp(
  `(?<=${JOINING})[\\u200C\\u200D](?=${JOINING})|(?<=\\p{Script=Mongolian})[\\u180B-\\u180D\\u180F]` +
    '|(?<=\\p{Script=Han})[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]',
  'gu',
);
const SPACES = /[\t\n\v\f\r\u0085\p{Zs}\u2028\u2029]+/gu;
const DIRECTIONAL = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/u;
const REFUSED =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\uFFFC\uFFFD]/gu;

/** No spelling has more marks than four on one letter; a heap of them would run over the lines around the name. */
const HEAP_OF_MARKS = /\p{M}{5}/u;

export type NameResult = { ok: true; name: string } | { ok: false; code: 'name-unprintable'; detail: string };

const OVERRIDES = /[\u202A-\u202E\u2066-\u2069]/gu;

/** Why a line that is no name must not be printed or mailed: characters that show it in another order than it has. */
export function overrideFault(text: string): string | null {
  const found = [...new Set(text.match(OVERRIDES) ?? [])];
  if (found.length === 0) return null;
  return `holds characters that override its direction (${found.map(codePoint).join(', ')}); retype it in the LMS`;
}

function refused(detail: string): NameResult {
  return { ok: false, code: 'name-unprintable', detail };
}

/** `U+0041`. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * The form in which a name is kept and printed: NFC, single spaces, none at the ends. Refuses what a reader cannot see
 * or what a machine would interpret. `detail` names code points, never the name. Idempotent.
 */
export function normaliseName(raw: string): NameResult {
  const line = normaliseLine(raw, 'name');
  if (line.ok && !/\p{L}/u.test(line.name)) return refused('The name has no letter; enter it in the LMS.');
  return line;
}

/** As `normaliseName`, for a title that a coordinator gives: it may be of digits alone, such as a year. */
export function normaliseTitle(raw: string): NameResult {
  return normaliseLine(raw, 'title');
}

function normaliseLine(raw: string, what: 'name' | 'title'): NameResult {
  const name = raw.normalize('NFC').replace(SPACES, ' ').trim();
  if (name === '') return refused(`The ${what} is empty; enter it in the LMS.`);
  const bad = [...new Set(name.replace(SPELLING, '').match(REFUSED) ?? [])];
  if (bad.length > 0) {
    const list = bad.slice(0, 5).map(codePoint).join(', ');
    if (bad.some((character) => DIRECTIONAL.test(character)))
      return refused(`The ${what} holds directional control characters (${list}); retype it in the LMS.`);
    if (bad.some((character) => /[\p{Cs}\uFFFD]/u.test(character)))
      return refused(`The ${what} was damaged on its way (${list}); retype it in the LMS.`);
    return refused(`The ${what} holds invisible or control characters (${list}); retype it in the LMS.`);
  }
  if (name.includes('[%') || name.includes('%]'))
    return refused(
      `The ${what} holds U+005B U+0025 or U+0025 U+005D, which the mail provider would interpret; retype it.`,
    );
  if (HEAP_OF_MARKS.test(name)) return refused(`The ${what} heaps marks on one letter; retype it in the LMS.`);
  return { ok: true, name };
}
