import { createRequire } from 'node:module';
import countries from 'i18n-iso-countries/index.js';
import { AMBIGUOUS, COUNTRY_ALIASES, NEVER_FUZZY } from './country-alias.ts';

/** Languages of these countries and their neighbours, and the most common ones. */
const LANGUAGES = 'en ru uk be kk ky uz tg tk az hy ka mn ro tr de fr es ar zh ko'.split(' ');
/**
 * Further languages, but not for countries whose names resemble another's: "Nigera" is Niger in one language and a
 * misspelling in others.
 */
const FURTHER_LANGUAGES =
  'fa ps ug ku it pt nl pl cs sk bg sr hr sl mk hu el lt lv et fi sv da nb he ja vi th id ms hi ur bn sq'.split(' ');

/** Written in two alphabets; the language data have one of them. */
const OTHER_ALPHABETS = ['uz-Cyrl', 'az-Cyrl', 'sr-Latn'];

/** A normalised country name; `code` is null when it means several countries. */
export interface KnownName {
  name: string;
  code: string | null;
  /** Its set of letters as a bit mask, several letters per bit; a quick test that skips most comparisons. */
  letters: number;
}

export interface CountryLexicon {
  byName: ReadonlyMap<string, string | null>;
  byLength: ReadonlyMap<number, readonly KnownName[]>;
}

/** Normalises a name for comparison: lower case, no diacritics, no apostrophes, every other character a space. */
export function foldCountryName(text: string): string {
  // Fast path: plain Latin letters need no further steps; a third of all names are such.
  if (/^[a-z ]+$/i.test(text)) return text.toLowerCase().replace(/ +/g, ' ').trim();
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

export function letterSet(name: string): number {
  let bits = 0;
  for (let at = 0; at < name.length; at += 1) bits |= 1 << (name.charCodeAt(at) & 31);
  return bits;
}

function build(): CountryLexicon {
  const byName = new Map<string, string | null>();
  for (const line of COUNTRY_ALIASES.trim().split('\n')) {
    for (const name of line.slice(3).split('|')) byName.set(foldCountryName(name), line.slice(0, 2));
  }
  for (const name of AMBIGUOUS.split(' ')) byName.set(foldCountryName(name), null);
  // The tables above take precedence over the language data.
  const settled = new Set(byName.keys());
  const require = createRequire(import.meta.url);
  for (const language of [...LANGUAGES, ...FURTHER_LANGUAGES]) {
    const further = FURTHER_LANGUAGES.includes(language);
    const data: { countries: Record<string, string | string[]> } = require(`i18n-iso-countries/langs/${language}.json`);
    for (const [code, names] of Object.entries(data.countries)) {
      for (const name of typeof names === 'string' ? [names] : names) {
        const key = foldCountryName(name);
        if (key === '' || settled.has(key)) continue;
        const before = byName.get(key);
        if (before !== undefined && before !== code) byName.set(key, null);
        else if (!further || !NEVER_FUZZY.has(code)) byName.set(key, code);
      }
    }
  }
  const byLength = new Map<number, KnownName[]>();
  for (const [name, code] of byName) {
    const known = { name, code, letters: letterSet(name) };
    const same = byLength.get(name.length);
    if (same) same.push(known);
    else byLength.set(name.length, [known]);
  }
  addCldrNames(byName);
  return { byName, byLength };
}

/**
 * Adds the names of CLDR (`Intl`), which has other usual names than the language data: `ایران`, `Қозоғистон`. They
 * count only when written exactly, so a newer CLDR never changes which misspellings are read. Further languages in
 * Latin or Cyrillic letters are left out: "Iraan" is Iran in one of them and a misspelling of Iraq elsewhere.
 */
function addCldrNames(byName: Map<string, string | null>): void {
  const added = new Map<string, string | null>();
  for (const language of [...LANGUAGES, ...OTHER_ALPHABETS, ...FURTHER_LANGUAGES]) {
    const further = FURTHER_LANGUAGES.includes(language);
    const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
    for (const code of Object.keys(countries.getAlpha2Codes())) {
      const key = foldCountryName(names.of(code) ?? '');
      if (key === '' || byName.has(key) || (further && /[a-zа-я]/.test(key))) continue;
      const before = added.get(key);
      added.set(key, before === undefined || before === code ? code : null);
    }
  }
  for (const [name, code] of added) byName.set(name, code);
}

let lexicon: CountryLexicon | undefined;

/** All accepted names. Built at first use, because it takes about 50 ms and most processes do not need it. */
export function countryLexicon(): CountryLexicon {
  lexicon ??= build();
  return lexicon;
}
