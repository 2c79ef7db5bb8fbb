import { decodeOctets, losesLetters, octetsBy, showsLeads } from './charset-tables.ts';
import { naturalness } from './letter-pairs.ts';
import { type Found, found, type TextKind } from './sign.ts';

/** Character sets that programs wrongly use to read UTF-8, most common first. */
const READ_UTF8_AS = [
  ...['windows1251', 'windows1252', 'koi8r', 'iso88591', 'cp866', 'macroman', 'maccyrillic', 'cp437', 'cp850'],
  ...['cp852', 'iso88595', 'windows1254', 'windows1250', 'windows1253', 'iso88592', 'iso88599', 'iso885915'],
  ...['windows1257', 'koi8u', 'cp857'],
];

/** Letters and marks of names and titles that UTF-8 bytes may stand for. */
const USUAL =
  /[\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u017F\u018F\u0259\u01A0\u01A1\u01AF\u01B0\u0218-\u021B\u02B9-\u02BF\u0386-\u03CE\u0401-\u045F\u0490-\u04A3\u04AE-\u04B3\u04B6-\u04BB\u04D8\u04D9\u04E2\u04E3\u04E8\u04E9\u04EE\u04EF\u0531-\u0556\u0561-\u0587\u05D0-\u05EA\u0621-\u064A\u067E-\u06D5\u10D0-\u10FF\u1C90-\u1CBF\u1E00-\u1EF9\u2013\u2014\u2018-\u201E\u2026\u2116\u4E00-\u9FFF\u3040-\u30FF\uAC00-\uD7A3]/;
/** Characters of a twice misread text after the first reading was undone. */
const MISREAD_TWICE =
  /[\u00A0-\u00BF\u00D7\u00F7\u0192\u02C6\u02DC\u2018-\u2026\u2030\u2039\u203A\u20AC\u2122\u2116\u2500-\u25A0\u2219\u221A\u2248\u2264\u2265\u0080-\u009F]/;

interface Reading {
  text: string;
  /** UTF-8 sequences that gave a usual letter. */
  good: number;
  /** Bytes outside of sequences, or in a truncated one. */
  broken: number;
  /** Characters that no name has. */
  odd: number;
  /** True when a space may be either a real space or a byte that was stored as a space. */
  unsure: boolean;
}

const LOST = new Set(['?', '\uFFFD', '\u00BF', '\u001A']);
/** Letters whose last byte is 0x98, the only byte undefined in windows-1251: И, Ә, ი and a quote. */
const LOST_IN_1251 = /^(?:208|211|225,131|226,128)$/;

/** Reads a text as UTF-8 bytes that were shown by another set; null when the set lacks its characters. */
function readUtf8(characters: readonly string[], charset: string): Reading | null {
  const table = octetsBy(charset);
  // A no-break space is stored as a normal space, and both look the same.
  const space = table.get('\u00A0');
  const reading: Reading = { text: '', good: 0, broken: 0, odd: 0, unsure: false };
  for (let at = 0; at < characters.length; ) {
    const lead = octetOf(table, characters[at] ?? '');
    if (lead === undefined) return null;
    at++;
    if (lead < 0x80) {
      reading.text += String.fromCharCode(lead);
      continue;
    }
    const sequence = [lead];
    for (let rest = continuations(lead); rest > 0; rest--) {
      const next = characters[at];
      const octet = next === undefined ? undefined : octetOf(table, next);
      if (isContinuation(octet)) sequence.push(octet);
      else if (next === ' ' && isContinuation(space)) {
        sequence.push(space);
        // Directly before a word it is that word's first letter; inside words it may also be a real space.
        if (/\p{L}$/u.test(reading.text)) reading.unsure = true;
      } else {
        const lost = next !== undefined && LOST.has(next);
        if (charset === 'windows1251' && LOST_IN_1251.test(sequence.join())) {
          sequence.push(0x98);
          reading.good--;
          // A no-break space at the end of a text was trimmed.
          if (next === undefined) reading.unsure = true;
        }
        if (lost) at++;
        break;
      }
      at++;
    }
    const letter = strictly(sequence);
    if (letter === null) reading.broken++;
    else if (USUAL.test(letter) || MISREAD_TWICE.test(letter)) reading.good++;
    else reading.odd++;
    reading.text += letter ?? '';
  }
  return reading;
}

/** Number of bytes that follow the first byte of a UTF-8 sequence. */
const continuations = (lead: number) => (lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3);
const octetOf = (table: ReadonlyMap<string, number>, character: string) =>
  character < '\u0080' ? character.charCodeAt(0) : table.get(character);
const isContinuation = (octet: number | undefined): octet is number =>
  octet !== undefined && octet >= 0x80 && octet < 0xc0;

/** The letter of one complete UTF-8 sequence; null when it is truncated or invalid. */
function strictly(octets: readonly number[]): string | null {
  const lead = octets[0] ?? 0;
  const rest = continuations(lead);
  if (rest === 0 || octets.length !== rest + 1) return null;
  let code = lead & (0x3f >> rest);
  for (const octet of octets.slice(1)) code = (code << 6) | (octet & 0x3f);
  const least = rest === 1 ? 0x80 : rest === 2 ? 0x800 : 0x10000;
  return code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? null : String.fromCodePoint(code);
}

/** Character sets of Cyrillic and Armenian, and those that their bytes are misread by. */
const OWN_SETS = ['windows1251', 'koi8r', 'cp866', 'iso88595', 'armscii8'];
const READ_BY = [
  ...['windows1252', 'iso88591', 'windows1251', 'koi8r', 'cp866', 'cp437', 'cp850', 'cp852', 'macroman', 'windows1250'],
  ...['windows1254', 'iso88595', 'maccyrillic', 'windows1253', 'iso88592', 'iso88599', 'iso885915', 'windows1257'],
];

const RUSSIAN_SETS = ['koi8r', 'windows1251', 'cp866'];

const HIGH = '\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u00FF';
/** Four accented Latin letters in a row: no language has them, but misread Cyrillic bytes look like this. */
const HIGH_RUN = new RegExp(`[${HIGH}]{4,}`);
/** The same for short names: no plain letter at all. */
const ALL_HIGH = new RegExp(`^(?=.*[${HIGH}]{2})(?:[${HIGH}\\u00A8\\u00B8]|[^\\p{L}\\p{N}])+$`, 'u');
/**
 * Cyrillic in which words begin with a small letter and continue in capitals: KOI8 and windows-1251 invert each
 * other's case.
 */
const INVERTED =
  /^(?=.*(?<!\p{L})\p{Script=Cyrillic}\p{Lu})(?=.*\p{Ll})(?:(?<!\p{L})\p{Ll}|\p{Lu}|\P{L}|\p{Script=Latin})+$/u;
const ONE_CASE = /^(?:\P{Lu}+|\P{Ll}+)$/u;
/** Signs that occur inside no word: boxes, fractions, currencies, controls. */
const SIGN =
  '[\\u0080-\\u009F\\u00A1-\\u00A9\\u00AC-\\u00B3\\u00B5\\u00B6\\u00B8\\u00B9\\u00BC-\\u00BF\\u00D7\\u00F7\\u02D8-\\u02DD\\u20AC\\u201A\\u2020-\\u2022\\u2030\\u2039\\u203A\\u2116\\u2122\\u2200-\\u25FF\\uFB01\\uFB02]';
const ANY_SIGN = new RegExp(SIGN, 'u');
const SIGN_IN_WORD = new RegExp(`\\p{L}${SIGN}+(?=\\p{L})`, 'gu');
const CYRILLIC = /\p{Script=Cyrillic}/gu;

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

/**
 * Whether a text looks like letters of one set shown by another: surely; perhaps, so that another reading must be far
 * better; perhaps, by sets that keep words in one case; or no.
 */
function looksMisread(text: string, kind: TextKind): 'surely' | 'perhaps' | 'by one case' | 'no' {
  const name = kind === 'name';
  if (HIGH_RUN.test(text) || ALL_HIGH.test(text)) return name ? 'surely' : 'perhaps';
  const cyrillic = count(text, CYRILLIC);
  if (cyrillic > 3 && INVERTED.test(text)) return name ? 'surely' : 'perhaps';
  if (name ? ANY_SIGN.test(text) : count(text, SIGN_IN_WORD) >= 2) return 'perhaps';
  // Abbreviations (ОДНКНР) and foreign words are titles in one case with rare pairs: one short word is not enough
  // evidence.
  const [length, natural] = name ? [5, 0.8] : [11, 0.5];
  return cyrillic > length && naturalness(text) < natural && (ONE_CASE.test(text) || (name && !usualCase(text)))
    ? 'by one case'
    : 'no';
}

/** Words of one alphabet in usual case, with usual punctuation. */
const READABLE =
  /^(?:\p{Lu}?[\p{Ll}\p{M}]+(?![\p{L}\p{M}])|\p{Lu}+(?![\p{L}\p{M}])|[\x20-\x40]|[«“„](?=[\p{L}\d])|(?<=[\p{L}\d.!?])[»“”]|(?<= )[–—](?= )|№(?= ?\d))+$/u;
const OWN_LETTERS = /^(?:\P{L}|\p{Script=Cyrillic}|[A-Za-z])*$/u;
const ARMENIAN_LETTERS = /^(?:\P{L}|\p{Script=Armenian}|[A-Za-z])*$/u;
const ARMENIAN_WORD = /\p{Script=Armenian}{3}/u;

const CAPITALISED = /^(?:\p{Lu}\p{Ll}*(?!\p{L})|\P{L})+$/u;
/** More than half of the letters are the same: random text that happens to have common pairs. */
const MONOTONOUS = (form: string) => {
  const letters = form.toLowerCase().match(/\p{L}/gu) ?? [];
  return letters.some((letter) => letters.filter((other) => other === letter).length > letters.length / 2);
};

interface Forms {
  /** The best readings, including those that are about as good. */
  likely: string[];
  /** False when a byte of a letter may have been stored as a space. */
  sure: boolean;
}

/**
 * Readings of the text by pairs of sets, if they resemble Cyrillic or Armenian words far better than the text itself.
 */
function singleByteReadings(
  text: string,
  shownBy: readonly string[],
  ownSets: readonly string[],
  atLeast: number,
): Forms {
  const scores = new Map<string, number>();
  const unsure = new Set<string>();
  const cyrillic = /\p{Script=Cyrillic}/u.test(text);
  const characters = [...text];
  for (const shown of shownBy) {
    const table = octetsBy(shown);
    const octets = characters.map((character) => octetOf(table, character)).filter((octet) => octet !== undefined);
    if (octets.length !== characters.length) continue;
    for (const own of ownSets) {
      const form = own === shown || (own === 'armscii8' && cyrillic) ? null : decodeOctets(octets, own);
      if (form === null || !READABLE.test(form) || MONOTONOUS(form)) continue;
      if (own === 'armscii8') {
        if (ARMENIAN_WORD.test(form) && ARMENIAN_LETTERS.test(form)) scores.set(form, 0.6);
      } else if (OWN_LETTERS.test(form)) scores.set(form, naturalness(form) + (CAPITALISED.test(form) ? 0.1 : 0));
      if (losesLetters(shown, own)) unsure.add(form);
    }
  }
  const least = Math.max(atLeast, naturalness(text) + 0.15);
  const ranked = [...scores].filter(([, score]) => score > least).sort(([, one], [, two]) => two - one);
  const best = ranked[0]?.[1] ?? 0;
  const likely = ranked.filter(([, score]) => score > best - 0.25).map(([form]) => form);
  return { likely, sure: !likely.some((form) => unsure.has(form)) && !/ÃÂ/.test(text) };
}

/** Words of non-Latin letters in usual case, and plain text: misread UTF-8 never looks like this. */
const SOUND =
  /^(?:(?![\p{Script=Latin}\p{Script=Greek}])(?<![A-Za-z])(?:(?:\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+)(?![\p{L}\p{M}])|\p{Lo})|[\x20-\x7E]|(?<!\p{L})[«“„](?=[\p{L}\d])|(?<=[\p{L}\d.!?])[»“”](?!\p{L})|(?<= )[–—](?= )|№)*$/u;
const BEYOND_ASCII = /[^\0-\x7F]/;
/** Two adjacent non-ASCII characters: misread UTF-8 always has them. */
const NEIGHBOURS = /[^\0-\x7F]{2}/;

const LATIN_ONLY = /^(?:\P{L}|[\p{Script=Latin}\p{Lm}])*$/u;

/**
 * Finds letters that were read with the wrong set, once or several times, and the original text if only one is
 * likely.
 */
export function wrongCharset(text: string, kind: TextKind): Found | null {
  if (!BEYOND_ASCII.test(text)) return null;
  return (NEIGHBOURS.test(text) && !SOUND.test(text) ? misreadUtf8(text) : null) ?? misreadLetters(text, kind);
}

function misreadUtf8(text: string): Found | null {
  const readings: Reading[] = [];
  let cut = false;
  const characters = [...text];
  for (const charset of READ_UTF8_AS) {
    const reading = readUtf8(characters, charset);
    if (reading === null || reading.good <= 0) continue;
    if (reading.broken === 0 && reading.odd === 0) {
      if (reading.good >= 3 || (!reading.unsure && isLikely(reading.text, text)))
        readings.push({ ...reading, unsure: reading.unsure || !showsLeads(charset) });
    } else if (reading.good >= 3 && reading.good >= 2 * (reading.broken + reading.odd)) cut = true;
    else if (LATIN_ONLY.test(text) && !reading.unsure && !usualCase(text) && isLikely(reading.text, text)) cut = true;
  }
  const [first] = readings;
  if (first === undefined) return cut ? found('charset') : null;
  // A twice misread text does not have usual case yet.
  const best = readings.find((reading) => usualCase(reading.text)) ?? (ANY_SIGN.test(first.text) ? first : undefined);
  return found('charset', best && !best.unsure && best.text !== '' ? best.text : null);
}

/** A capital Ə of Azerbaijani whose second byte was lost; Nordic names with Æ have other endings. */
const HALF_SCHWA =
  /Æ.*(?:[ey]v|(?<!sk)ov|[EY]V|(?<!SK)OV)[aA]?(?!\p{L})|(?:[ey]v|(?<!sk)ov|[EY]V|(?<!SK)OV)[aA]?(?!\p{L}).*Æ|Æ.*(?:oğlu|qızı)/u;
/** Windows quotes as DOS showed them: «oÆgÆli», «DÆMitchell», «oægæli». */
const QUOTE_OF_WINDOWS = /oæ|\p{Ll}Æ\p{Ll}|(?<!\p{L})\p{Lu}Æ\p{Lu}\p{Ll}/u;

function misreadLetters(text: string, kind: TextKind): Found | null {
  if (kind === 'name' && /[Ææ]/.test(text)) {
    if (QUOTE_OF_WINDOWS.test(text)) return found('charset');
    if (HALF_SCHWA.test(text)) return found('charset', text.replaceAll('Æ', 'Ə'));
  }
  const looks = looksMisread(text, kind);
  if (looks === 'no') return null;
  const { likely, sure } =
    looks === 'by one case'
      ? // Rare pairs alone prove nothing: «СЮЙ ХУЭЙ» and «хештег» have them. The original must read well.
        singleByteReadings(text, RUSSIAN_SETS, RUSSIAN_SETS, 0.65)
      : singleByteReadings(text, READ_BY, OWN_SETS, 0.4);
  const [only] = likely;
  if (only !== undefined) return found('charset', likely.length === 1 && sure ? only : null);
  if (kind === 'name' && INVERTED.test(text) && naturalness(text) > 0.8) return found('caps-lock', turnedCase(text));
  return looks === 'surely' ? found('charset') : null;
}

/** A caps lock key inverts case as KOI8 does, but keeps the letters. */
const turnedCase = (text: string) =>
  text.replace(/\p{L}/gu, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));

const TWO_ALPHABETS =
  /\p{Script=Latin}\p{M}*[\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Greek}]\p{M}*\p{Script=Latin}/u;
const OTHER_LETTERS = /^[\p{Script=Cyrillic}\p{Script=Greek}\s.-]*$/u;
/** Words in one case each, or with one capital. */
const USUAL_CASE = /^(?:(?:\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+)(?![\p{L}\p{M}])|\P{L})+$/u;

/** Letters that look like apostrophes end a word too. */
const usualCase = (text: string) => USUAL_CASE.test(text.replace(/\p{Lm}/gu, "'"));

/** One or two sequences may be chance: the result must read better than the text. */
const isLikely = (reading: string, text: string) =>
  usualCase(reading) &&
  !TWO_ALPHABETS.test(reading.replace(/\p{Lm}/gu, "'")) &&
  !(OTHER_LETTERS.test(text) && usualCase(text));

/** Bytes of an older Russian form. */
export const fromWindows1251 = (octets: readonly number[]) => decodeOctets(octets, 'windows1251') ?? '\uFFFD';
