import { domainToASCII, domainToUnicode } from 'node:url';
import { message } from '../messages/message.ts';
import { alphabetsOf, inAlphabet, looksLike } from '../text/alphabets.ts';

export type EmailResult =
  | { ok: true; email: string }
  /** `suggestion`: the probably intended address, itself valid; null when unknown. It is personal data. */
  | { ok: false; detail: string; suggestion: string | null };

/** Atoms of RFC 5322 with the letters of RFC 6531, without quotes and comments. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;
/**
 * Top-level domains that never have a mail server: RFC 6761 (`invalid`, `localhost`), RFC 6762 (`local`), RFC 7686
 * (`onion`), RFC 9476 (`alt`), and `internal` (reserved by ICANN in 2024). `test` and `example` stay valid, because
 * installations with invented people use them.
 */
const NEVER = new Set(['invalid', 'localhost', 'local', 'onion', 'alt', 'internal']);
/** An additional look-alike at the end of an address: "gmail.сом" typed on a Russian keyboard. */
const ALIKE_AT_THE_END = 'м';
const encoder = new TextEncoder();

/** Whether a text has more than this many UTF-8 bytes; one code unit takes at most three. */
function exceeds(text: string, octets: number): boolean {
  return text.length * 3 > octets && encoder.encode(text).length > octets;
}

/** @param email as returned by `compared` */
function faultOf(email: string): string | null {
  if (email === '') return message('email.is-empty');
  if (/[\p{C}\p{Z}]/u.test(email)) return message('email.space');
  if (email.includes('i\u0307')) return message('email.dotted-i');
  if (email !== email.normalize('NFKC')) return message('email.wide');
  const parts = email.split('@');
  if (parts.length !== 2) return message(parts.length === 1 ? 'email.no-at' : 'email.many-at');
  const [local = '', domain = ''] = parts;
  if (exceeds(local, 64) || exceeds(email, 254)) return message('email.long');
  if (!LOCAL.test(local)) return message('email.local');
  const labels = domain.split('.');
  if (labels.length < 2) return message('email.no-top');
  const sent = (isPlain(domain) ? domain : domainToASCII(domain)).split('.');
  // `compared` keeps `xn--` only when it cannot be decoded.
  const isLabel = (label: string) => LABEL.test(label) && !label.startsWith('xn--');
  if (sent.some((label) => label.length > 63) || sent.length !== labels.length || !labels.every(isLabel))
    return message('email.domain');
  const top = labels.at(-1) ?? '';
  if (!/^\p{L}[\p{L}\p{M}]+$/u.test(top)) return message('email.top');
  if (NEVER.has(top)) return message('email.never', { top });
  if (isPlain(email)) return null;
  if (doubtful(local.split('.')).size > 0 || doubtful(labels, ALIKE_AT_THE_END).size > 0)
    return message('email.alphabets');
  // Turkish and Azerbaijani software converts a capital I to ı.
  if (/ı/.test(local) && isPlain(email.replaceAll('ı', 'i'))) return message('email.dotless-i');
  return null;
}

const isPlain = (text: string): boolean => !/[^\x20-\x7e]/.test(text);

/**
 * Indexes of words that cannot be retyped from paper: words that mix two alphabets, or words of look-alikes of the
 * only other alphabet in the address ("а.petrova" with a Cyrillic а).
 * @param more additional look-alikes in the last word of a domain, which may be Latin in any address
 */
function doubtful(words: readonly string[], more = ''): Set<number> {
  const alphabets = words.map(alphabetsOf);
  const found = new Set<number>();
  words.forEach((word, index) => {
    const own = alphabets[index] ?? new Set();
    const others = new Set(alphabets.flatMap((all, at) => (at === index ? [] : [...all])));
    const isLast = index === words.length - 1;
    const isUsual = isLast && more !== '' && own.has('Latin');
    const foreign = others.size === 1 && isPair(own, others) && !isUsual;
    if (own.size > 1 || (foreign && looksLike(word, isLast ? more : ''))) found.add(index);
  });
  return found;
}

/** Only Latin and Cyrillic have letters that look alike; "com" resembles nothing in Georgian. */
function isPair(own: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return (own.has('Latin') && others.has('Cyrillic')) || (own.has('Cyrillic') && others.has('Latin'));
}

/** Each doubtful word in one alphabet, preferably that of the words around it. */
function mended(words: readonly string[], usual: 'Latin' | 'Cyrillic', more = ''): string {
  const wrong = doubtful(words, more);
  return words
    .map((word, index) => {
      if (!wrong.has(index)) return word;
      const others = alphabetsOf(words.filter((_, at) => !wrong.has(at)).join(''));
      const first = others.has('Latin') ? 'Latin' : others.has('Cyrillic') ? 'Cyrillic' : usual;
      const forms = [inAlphabet(word, first), inAlphabet(word, first === 'Latin' ? 'Cyrillic' : 'Latin')];
      return forms.find((form) => alphabetsOf(form).size === 1) ?? word;
    })
    .join('.');
}

/** The probably intended address for a faulty one. */
function likely(raw: string): string | null {
  const plain = raw
    .normalize('NFKC')
    .replace(/^[^<>]*<([^<>]+)>\s*$/, '$1')
    .replace(/^\s*mailto:/i, '')
    .replace(/\p{C}/gu, '')
    .replace(/\s*([@.])\s*/g, '$1')
    .replace(/[\s.,;:]+$/, '');
  const email = compared(plain).replaceAll('i\u0307', 'i');
  const [local = '', domain = '', ...more] = email.split('@');
  if (more.length > 0) return null;
  const labels = domain.split('.');
  const usual = alphabetsOf(labels.at(-1) ?? '').has('Cyrillic') ? 'Cyrillic' : 'Latin';
  // Converted by sound, not by shape: «ру» looks like Paraguay's domain, but means "ru".
  const written = labels.at(-1) === 'ру' ? [...labels.slice(0, -1), 'ru'] : labels;
  const inOne = `${mended(local.split('.'), usual)}@${mended(written, usual, ALIKE_AT_THE_END)}`;
  const dotted = isPlain(inOne.replaceAll('ı', 'i')) ? inOne.replaceAll('ı', 'i') : inOne;
  return faultOf(dotted) === null ? dotted : null;
}

/** Trimmed, lower case, NFC, with the domain decoded from punycode; an undecodable `xn--…` stays and is refused. */
function compared(raw: string): string {
  const email = raw.trim().normalize('NFC').toLowerCase().normalize('NFC');
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at);
  // Keep full-width letters visible for the check; decoding the domain would convert them.
  if (at === 0 || (isPlain(domain) && !domain.includes('xn--')) || domain !== domain.normalize('NFKC')) return email;
  return email.slice(0, at) + (domainToUnicode(domain) || domain);
}

/**
 * Normalises an address for comparison and sending: trimmed, lower case, domain decoded (`xn--e1afmkfd` and «пример»
 * are one address, and the mail provider uses the latter). It is strict: it refuses quoted local parts, comments,
 * address literals and domains without a dot, and addresses that probably reach nobody: look-alikes of another
 * alphabet, full-width letters, a capital İ, impossible domains. `detail` never contains the address. Idempotent.
 */
export function normaliseEmail(raw: string): EmailResult {
  const email = compared(raw);
  const wrong = faultOf(email);
  if (wrong === null) return { ok: true, email };
  return { ok: false, detail: message('email.wrong', { sign: wrong }), suggestion: likely(raw) };
}

/** The normalised address for comparison; null when it is invalid. */
export function comparableEmail(raw: string): string | null {
  const result = normaliseEmail(raw);
  return result.ok ? result.email : null;
}
