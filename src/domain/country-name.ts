import countries from 'i18n-iso-countries';
import { COUNTRY_ALIASES, NEVER_FUZZY, STATE_WORDS } from './country-alias.ts';

/** How a text was read: an ISO code, a name in some language, a misspelling with exactly one near name. */
export type CountryMatch = 'code' | 'name' | 'fuzzy';
export interface CountryReading {
  /** ISO 3166-1 alpha-2 (and XK). */
  code: string;
  match: CountryMatch;
}

/** Languages of the countries themselves and of their neighbours, and those most written in. */
const LANGUAGES = 'en ru uk be kk ky uz tg tk az hy ka mn ro tr de fr es ar zh ko'.split(' ');
/** Read too, but not for countries whose names resemble another's: "Nigera" is Niger in one, a slip elsewhere. */
const FURTHER_LANGUAGES =
  'fa ps ug ku it pt nl pl cs sk bg sr hr sl mk hu el lt lv et fi sv da nb he ja vi th id ms hi ur bn sq'.split(' ');

/** Lower case, no marks above letters, no apostrophes, every other sign a space: what is compared. */
function fold(text: string): string {
  return text
    .replace(/['`\u00B4\u02B9-\u02BF\u02C8\u2018-\u201B\u2032]/gu, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Folded name → code; null where the name means several countries. */
const byName = new Map<string, string | null>();
interface KnownName {
  name: string;
  code: string | null;
  letters: number;
}
/** Every name with its set of letters, for comparing with misspellings. */
const known: KnownName[] = [];

function learn(name: string, code: string): void {
  const key = fold(name);
  if (key === '') return;
  const before = byName.get(key);
  byName.set(key, before === undefined || before === code ? code : null);
}

for (const line of COUNTRY_ALIASES.trim().split('\n')) {
  for (const name of line.slice(3).split('|')) learn(name, line.slice(0, 2));
}
/** Names of the table above mean what it says, whatever the language data makes of them. */
const settled: ReadonlySet<string> = new Set(byName.keys());
for (const language of [...LANGUAGES, ...FURTHER_LANGUAGES]) {
  const further = FURTHER_LANGUAGES.includes(language);
  for (const [code, names] of Object.entries(countries.getNames(language, { select: 'all' }))) {
    if (further && NEVER_FUZZY.has(code)) continue;
    for (const name of names) if (!settled.has(fold(name))) learn(name, code);
  }
}
/** A set of letters as bits, several letters to a bit. */
function letterSet(name: string): number {
  let bits = 0;
  for (let at = 0; at < name.length; at += 1) bits |= 1 << (name.charCodeAt(at) & 31);
  return bits;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

for (const [name, code] of byName) known.push({ name, code, letters: letterSet(name) });

/** Damerau-Levenshtein distance (optimal string alignment), or `limit + 1` as soon as it is passed. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        best = Math.min(best, (before[column - 2] ?? 0) + 1);
      current.push(best);
    }
    if (Math.min(...current) > limit) return limit + 1;
    before = above;
    above = current;
  }
  return above[b.length] ?? limit + 1;
}

/**
 * A misspelling is read only where one country is near by a name of the same initial, and every name of every other
 * country, whatever its initial, is at least two edits further.
 */
function nearest(name: string): string | null {
  const allowed = name.length >= 11 ? 2 : name.length >= 6 ? 1 : 0;
  if (allowed === 0) return null;
  const letters = letterSet(name);
  // One edit changes at most two letters of the set.
  const near = known.filter((one) => bitCount(one.letters ^ letters) <= 2 * (allowed + 1));
  let code: string | null = null;
  let edits = allowed + 1;
  for (const candidate of near) {
    if (candidate.code === null || candidate.name.charAt(0) !== name.charAt(0)) continue;
    const found = distance(name, candidate.name, edits - 1);
    if (found < edits) {
      edits = found;
      code = candidate.code;
    }
  }
  if (code === null || NEVER_FUZZY.has(code)) return null;
  const rival = near.some((one) => one.code !== code && distance(name, one.name, edits + 1) <= edits + 1);
  return rival ? null : code;
}

/** `🇰🇿` → `KZ`. */
function flagToLetters(text: string): string {
  return text.replace(/[\u{1F1E6}-\u{1F1FF}]/gu, (sign) =>
    String.fromCharCode((sign.codePointAt(0) ?? 0) - 0x1f1e6 + 65),
  );
}

function readExact(text: string): CountryReading | null {
  const letters = text.trim().toUpperCase();
  if (/^[A-Z]{2}$/.test(letters) && countries.isValid(letters)) return { code: letters, match: 'code' };
  if (/^[A-Z]{3}$/.test(letters)) {
    const code = countries.alpha3ToAlpha2(letters);
    if (code !== undefined) return { code, match: 'code' };
  }
  const name = fold(text);
  const code = byName.get(name);
  if (code !== undefined) return code === null ? null : { code, match: 'name' };
  const words = name.split(' ');
  const kept = words.filter((word) => !STATE_WORDS.has(word)).join(' ');
  const bare = kept === name || kept.length < 3 ? null : byName.get(kept);
  // "Republic of China" with a slip is not China.
  return bare && bare !== 'CN' && !NEVER_FUZZY.has(bare) ? { code: bare, match: 'name' } : null;
}

/** Whether `code` is an ISO 3166-1 alpha-2 code (upper case), or XK. */
export function isCountryCode(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && countries.isValid(code);
}

/**
 * Reads free text as a country: ISO 3166-1 alpha-2 or alpha-3, a flag, a name in one of some fifty languages, an old
 * name or usual abbreviation, or an unmistakable misspelling. Several parts ("Казахстан, KZ") must all agree.
 * @returns null for what cannot be read or means several countries: never a guess
 */
export function readCountry(text: string): CountryReading | null {
  const plain = flagToLetters(text.slice(0, 200));
  const exact = readExact(plain);
  if (exact) return exact;
  const name = fold(plain);
  if (byName.has(name)) return null;
  const parts = plain.split(/[,;/|()[\]]+/).filter((part) => fold(part) !== '');
  if (parts.length > 1) {
    const readings = parts.map(readExact);
    const first = readings[0];
    return first && readings.every((reading) => reading?.code === first.code) ? first : null;
  }
  const near = nearest(name);
  return near === null ? null : { code: near, match: 'fuzzy' };
}
