import { decode } from 'html-entities';
import { type Found, found, type TextKind } from './sign.ts';
import { fromWindows1251 } from './wrong-charset.ts';

/*
 * Text that was escaped for a page, an address, a mail or a file, and never unescaped. Each step undoes one layer;
 * the caller checks the result again.
 */

const ENTITY = /&(?:#\d{2,7}|#x[0-9a-f]{2,6}|[a-z][a-z0-9]{1,30});/i;
/** Browsers accept these without the semicolon too. */
const BARE_ENTITY = /&(?:amp|nbsp|quot|lt|gt|laquo|raquo|reg|(?<!\p{L}&)copy)(?![A-Za-z0-9;=])/u;

function entities(text: string): string | null {
  if (!text.includes('&')) return null;
  const whole = ENTITY.test(text) ? decode(text, { scope: 'strict' }) : text;
  if (whole !== text) return whole;
  return BARE_ENTITY.test(text) ? decode(text, { scope: 'body' }) : null;
}

const TAG =
  /<\/?(?:a|abbr|b|big|blockquote|br|center|cite|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|i|iframe|img|input|ins|kbd|label|li|link|mark|meta|o:p|object|ol|p|pre|q|s|samp|script|section|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|textarea|th|thead|title|tr|tt|u|ul|var)(?:\s[^<>=]{0,500}=[^<>]{0,500}|\s*)\/?>/gi;
const CLOSING_TAG = /<\/[a-z]/i;
const LINE_BREAK = /<(?:br|hr)\s*\/?>/i;
/** A title may be about a tag: «Тег <table> в HTML». A tag that touches a letter or has attributes is real markup. */
const TAG_IN_USE = /[\p{L}\p{N}]<[a-z][^<>]*>|<[a-z][^<>]*>[\p{L}\p{N}«"]|<[a-z][a-z0-9]*\s+[a-z-]+\s*=/iu;

function tags(text: string, kind: TextKind): string | null {
  if (!text.includes('<')) return null;
  const bare = text.replace(TAG, (tag) => (/^<\/?(?:br|hr|p|div|li|td|tr|h\d)\b/i.test(tag) ? ' ' : ''));
  if (bare === text) return null;
  const used = kind === 'name' || CLOSING_TAG.test(text) || LINE_BREAK.test(text) || TAG_IN_USE.test(text);
  return used ? bare : null;
}

/** Decodes bytes: as UTF-8 if valid, else as windows-1251, which older Russian forms send; else null. */
function octets(bytes: readonly number[]): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    const text = fromWindows1251(bytes);
    return /^[\p{Script=Cyrillic}\u0020-\u007E]*$/u.test(text) ? text : null;
  }
}

const bytesOf = (run: string, mark: RegExp) =>
  run
    .split(mark)
    .filter((hex) => hex !== '')
    .map((hex) => Number.parseInt(hex, 16));

/** Replaces each run of escaped bytes; null when there is none, an empty text when they cannot be decoded. */
function replaceRuns(text: string, runs: RegExp, mark: RegExp): string | null {
  let readable = true;
  const out = text.replace(runs, (run) => {
    const plain = octets(bytesOf(run, mark));
    if (plain === null) readable = false;
    return plain ?? run;
  });
  if (!readable) return '';
  return out === text ? null : out;
}

const PERCENT = /(?:%[0-9a-f]{2})+/gi;
const PERCENT_IN_TITLE = /(?:%[89a-f][0-9a-f]){2}|\p{L}%20|%20\p{L}|%2[26789c]|%3[acf]/iu;
const PERCENT_U = /%u([0-9a-f]{4})/gi;
/** Words of a form as browsers encode them: a plus for each space. */
const PLUSES = /^[\p{L}\p{M}'’.,()«»"-]+(?:\++[\p{L}\p{M}'’.,()«»"-]+)+$/u;

const JOINING = /\+(?:и|в|на|для|по|с|к|о|об|and|in|of|for|to|the|with|on)\+/u;

function percent(text: string, kind: TextKind): string | null {
  const spaced = text.includes(' ') ? text : text.replaceAll('+', ' ');
  if (text.search(PERCENT_U) >= 0)
    return spaced.replace(PERCENT_U, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const encoded = kind === 'name' ? /%[0-9a-f]{2}/i : PERCENT_IN_TITLE;
  // A title may contain a URL with its escapes.
  if (encoded.test(text.replace(/\w+:\/\/\S+/g, ''))) return replaceRuns(spaced, PERCENT, /%/);
  if (!PLUSES.test(text)) return null;
  if (kind === 'name') return spaced;
  const words = text.split(/\++/);
  // «школа+дом+улица» is a list joined by plus signs; a sentence has short words, or more words.
  const small = words.filter((word) => /^\p{Ll}/u.test(word));
  const isSentence = words.length >= 4 && small.length >= 2;
  return isSentence || (words.length === 3 && JOINING.test(text)) ? spaced : null;
}

const UNICODE =
  /\\+u([0-9a-f]{4})|\\+u\{([0-9a-f]{1,6})\}|\\+x\{([0-9a-f]{2,6})\}|\\+U([0-9a-f]{8})|\bU\+([0-9A-F]{4,6})\b/gi;
const OCTAL = /(?:\\+[0-3][0-7]{2})+/g;
const HEX = /(?:\\+x[0-9a-f]{2})+/gi;
/** «u0410u043du043d»: Unicode escapes whose backslashes were removed. */
const BARE_UNICODE = /(?:u0[0-9a-f]{3}){2,}/gi;
const ESCAPED_QUOTE = /\\+(['"/&])/g;

function character(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

function backslashes(text: string): string | null {
  const bare = text.replace(BARE_UNICODE, (run) =>
    run
      .split('u')
      .map((hex) => (hex === '' ? '' : character(hex)))
      .join(''),
  );
  if (bare !== text) return bare;
  const unicode = text.replace(UNICODE, (...groups: unknown[]) =>
    character(groups.slice(1, 6).find((hex): hex is string => typeof hex === 'string') ?? '0'),
  );
  if (unicode !== text) return unicode;
  if (!text.includes('\\')) return null;
  const hex = replaceRuns(text, HEX, /\\+x/i);
  if (hex !== null) return hex;
  const octal = text.replace(OCTAL, (run) =>
    run
      .split(/\\+/)
      .map((digits) => (digits === '' ? '' : `\\x${Number.parseInt(digits, 8).toString(16).padStart(2, '0')}`))
      .join(''),
  );
  if (octal !== text) return replaceRuns(octal, HEX, /\\x/);
  const unquoted = text.replace(ESCAPED_QUOTE, '$1');
  return unquoted === text ? null : unquoted;
}

const QUOTED_PRINTABLE = /(?:=[0-9A-F]{2}){2,}/g;
const ENCODED_WORD = /=\?([\w-]{2,20})\?([BQ])\?([^?\s]{0,500})\?=/gi;

function mail(text: string): string | null {
  if (!text.includes('=')) return null;
  const words = text.replace(ENCODED_WORD, (whole, charset: string, form: string, body: string) => {
    if (!/^utf-?8$/i.test(charset)) return whole;
    if (form.toUpperCase() === 'B') return Buffer.from(body, 'base64').toString('utf8');
    return replaceRuns(body.replaceAll('_', ' '), /(?:=[0-9a-f]{2})+/gi, /=/) ?? body;
  });
  if (words !== text) return words;
  if (text.search(ENCODED_WORD) >= 0) return '';
  return replaceRuns(text, QUOTED_PRINTABLE, /=/);
}

/** Quotes of a CSV cell around the text and doubled inside; a doubled apostrophe of SQL; the mark of a text cell. */
function cell(text: string, kind: TextKind): string | null {
  const inner = /^"(.*)"$/su.exec(text)?.[1];
  if (inner !== undefined && (inner.includes('""') || (kind === 'name' && !inner.includes('"'))))
    return inner.replaceAll('""', '"');
  if (kind === 'title') return null;
  if (/^'.*'$/u.test(text)) return text.slice(1, -1);
  if (/^'(?:\p{Script=Cyrillic}|\p{Script=Armenian}|\p{Script=Georgian}|[B-DF-HJ-NP-TV-XZ][a-z])/u.test(text))
    return text.slice(1);
  const single = text.replace(/(?<=\p{L})''(?=\p{L})/gu, "'");
  return single === text ? null : single;
}

/** Finds escapes in a text, and the text with one layer of them undone. */
export function escaped(text: string, kind: TextKind): Found | null {
  if (!/[&<%\\+="']|u0|U\+/.test(text)) return null;
  const bare = tags(text, kind);
  if (bare !== null) return found('tags', entities(bare) ?? bare);
  const plain = entities(text) ?? percent(text, kind) ?? backslashes(text) ?? mail(text) ?? cell(text, kind);
  return plain === null ? null : found('escaped', plain === '' ? null : plain);
}
