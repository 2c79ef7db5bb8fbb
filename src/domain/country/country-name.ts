import countries from 'i18n-iso-countries/index.js';
import { DOUBTFUL_CODES, NEVER_FUZZY, OFFICIAL_WORDS, STATE_WORDS } from './country-alias.ts';
import { countryLexicon, foldCountryName, letterSet } from './country-lexicon.ts';

/**
 * How a text was recognised: as ISO code; as a code that people also use for another country; as a name in some
 * language; as a misspelling with exactly one similar name.
 */
export type CountryMatch = 'code' | 'doubtful-code' | 'name' | 'fuzzy';
export interface CountryReading {
  /** ISO 3166-1 alpha-2 (and XK). */
  code: string;
  match: CountryMatch;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Damerau-Levenshtein distance (optimal string alignment), or `limit + 1` when it is larger. */
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

/** Shorter names have too many similar names. */
const SHORTEST_MISSPELT = 6;

/**
 * Accepts a misspelling one edit away from a name with the same initial, if no name of another country (with any
 * initial) is within two edits. So one mistake in a known name never becomes another country.
 */
function nearest(name: string): string | null {
  if (name.length < SHORTEST_MISSPELT) return null;
  const letters = letterSet(name);
  const { byLength } = countryLexicon();
  // One edit changes at most two letters of the set.
  const near = [-2, -1, 0, 1, 2]
    .flatMap((more) => byLength.get(name.length + more) ?? [])
    .filter((one) => bitCount(one.letters ^ letters) <= 4);
  const found = near.find(
    (one) => one.code !== null && one.name.charAt(0) === name.charAt(0) && distance(name, one.name, 1) === 1,
  );
  if (!found?.code || NEVER_FUZZY.has(found.code)) return null;
  return near.some((one) => one.code !== found.code && distance(name, one.name, 2) <= 2) ? null : found.code;
}

/** Converts a flag to its country code: `🇰🇿` → `KZ`. */
function flagToLetters(text: string): string {
  return text.replace(/[\u{1F1E6}-\u{1F1FF}]/gu, (sign) =>
    String.fromCharCode((sign.codePointAt(0) ?? 0) - 0x1f1e6 + 65),
  );
}

const LATIN = 'aeopcxyktmhbi';
const CYRILLIC = 'аеорсхуктмнві';

/**
 * Rewrites a word that mixes Latin and Cyrillic look-alikes ("Kазахстан" with a Latin K) in either alphabet; else
 * returns nothing.
 */
function inOneAlphabet(name: string): string[] {
  if (!/[a-z]/.test(name) || !/[а-яёәғқңөұүһі]/.test(name)) return [];
  const swap = (from: string, to: string) => [...name].map((sign) => to[from.indexOf(sign)] ?? sign).join('');
  return [swap(LATIN, CYRILLIC), swap(CYRILLIC, LATIN)];
}

function readExact(text: string): CountryReading | null {
  const letters = text.trim().toUpperCase();
  if (/^[A-Z]{2}$/.test(letters) && countries.isValid(letters))
    return { code: letters, match: DOUBTFUL_CODES.has(letters) ? 'doubtful-code' : 'code' };
  if (/^[A-Z]{3}$/.test(letters)) {
    const code = countries.alpha3ToAlpha2(letters);
    if (code !== undefined) return { code, match: 'code' };
  }
  return readName(foldCountryName(text));
}

function readName(name: string): CountryReading | null {
  const { byName } = countryLexicon();
  const code = byName.get(name);
  if (code !== undefined) return code === null ? null : { code, match: 'name' };
  const words = name.split(' ');
  const kept = words.filter((word) => !STATE_WORDS.has(word)).join(' ');
  const bare = kept === name || kept.length < 3 ? null : byName.get(kept);
  const official = words.filter((word) => !OFFICIAL_WORDS.has(word)).join(' ');
  const meant = bare ?? (official === name || official.length < 3 ? null : byName.get(official));
  if (meant === 'GE' && words.some((word) => OF_THE_USA.has(word))) return null;
  return meant && !OFTEN_MISTAKEN.has(meant) && !NEVER_FUZZY.has(meant) ? { code: meant, match: 'name' } : null;
}

/** Words beside "Georgia" that indicate the state of the USA. */
const OF_THE_USA: ReadonlySet<string> = new Set(['state', 'states', 'united', 'federal', 'union']);

/**
 * Countries for which a missing or additional word changes the meaning: "Republic of China" is not China; the same
 * holds for the Koreas and Congos.
 */
const OFTEN_MISTAKEN: ReadonlySet<string> = new Set(['CN', 'TW', 'KP', 'KR', 'CD', 'CG']);

/** "Iran, Islamic Republic of" in normal word order; null for other forms. */
function turned(text: string): string | null {
  const [name, title, ...more] = text.split(',');
  return name === undefined || title === undefined || more.length > 0 ? null : `${title.trim()} ${name.trim()}`;
}

/** Decodes letters that a form escaped for HTML: `Cura&ccedil;ao`. */
function unescaped(text: string): string {
  return text
    .replace(/&([a-z])(?:acute|grave|circ|tilde|uml|cedil|ring|caron|slash);/gi, '$1')
    .replace(/&amp;/gi, '&')
    .replace(/&#0?39;|&rsquo;|&apos;/gi, "'");
}

/** Whether `code` is an ISO 3166-1 alpha-2 code (upper case), or XK. */
export function isCountryCode(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && countries.isValid(code);
}

/**
 * Recognises a country in free text: ISO 3166-1 alpha-2 or alpha-3, a flag, a name in about fifty languages, an old
 * name, a common abbreviation or misspelling, or a text one edit away from exactly one of these (`fuzzy`: likely, but
 * `resolveCountry` requires confirmation). Several parts ("Казахстан, KZ") must all agree.
 * @returns null when unreadable or ambiguous; it never guesses
 */
export function readCountry(text: string): CountryReading | null {
  const plain = flagToLetters(unescaped(text.slice(0, 200)).replace(/\b([dl])['’]/gi, '$1 '));
  const exact = readExact(plain);
  if (exact) return exact;
  const name = foldCountryName(plain);
  if (countryLexicon().byName.has(name)) return null;
  const sentence = turned(plain);
  const official = sentence === null ? null : readName(foldCountryName(sentence));
  if (official) return official;
  const parts = plain.split(/[,;/|()[\]]+/).filter((part) => foldCountryName(part) !== '');
  if (parts.length > 1) {
    const readings = parts.map(readExact);
    const first = readings[0];
    return first && readings.every((reading) => reading?.code === first.code) ? first : null;
  }
  for (const written of inOneAlphabet(name)) {
    const reading = readName(written);
    if (reading) return reading;
  }
  const near = nearest(name);
  return near === null ? null : { code: near, match: 'fuzzy' };
}
