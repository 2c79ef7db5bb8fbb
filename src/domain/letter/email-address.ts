import { domainToASCII, domainToUnicode } from 'node:url';
import { alphabetsOf, inAlphabet, looksLike } from '../text/alphabets.ts';

export type EmailResult =
  | { ok: true; email: string }
  /** `suggestion`: the address that was probably meant, itself valid; null where none can be told. It is personal data. */
  | { ok: false; detail: string; suggestion: string | null };

/** Atoms of RFC 5322 and letters of RFC 6531, without quoting and comments. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;
/**
 * Top-level domains that no mail server is ever found under: RFC 6761 (`invalid`, `localhost`), RFC 6762 (`local`),
 * RFC 7686 (`onion`), RFC 9476 (`alt`), and `internal`, which ICANN reserved in 2024. `test` and `example` stay valid:
 * what runs with invented people uses them.
 */
const NEVER = new Set(['invalid', 'localhost', 'local', 'onion', 'alt', 'internal']);
/** Also alike at the end of an address: "gmail.сом" is typed on a Russian keyboard. */
const ALIKE_AT_THE_END = 'м';
const encoder = new TextEncoder();

/** Whether a text is longer than so many octets of UTF-8, of which a code unit never takes more than three. */
function exceeds(text: string, octets: number): boolean {
  return text.length * 3 > octets && encoder.encode(text).length > octets;
}

/** @param email as `compared` returns it */
function faultOf(email: string): string | null {
  if (email === '') return 'is empty';
  if (/[\p{C}\p{Z}]/u.test(email)) return 'holds a space or an invisible character';
  if (email.includes('[%') || email.includes('%]')) return 'holds characters which the mail provider would interpret';
  if (email.includes('i\u0307')) return 'holds a capital İ, which becomes another letter in an address';
  if (email !== email.normalize('NFKC')) return 'holds full-width letters or other special forms of letters';
  const parts = email.split('@');
  if (parts.length !== 2) return parts.length === 1 ? 'has no @' : 'has more than one @';
  const [local = '', domain = ''] = parts;
  if (exceeds(local, 64) || exceeds(email, 254)) return 'is too long';
  if (!LOCAL.test(local)) return 'has a malformed part before the @';
  const labels = domain.split('.');
  if (labels.length < 2) return 'has no top-level domain';
  const sent = (isPlain(domain) ? domain : domainToASCII(domain)).split('.');
  // `compared` leaves `xn--` only where it stands for nothing.
  const isLabel = (label: string) => LABEL.test(label) && !label.startsWith('xn--');
  if (sent.some((label) => label.length > 63) || sent.length !== labels.length || !labels.every(isLabel))
    return 'has a malformed domain';
  const top = labels.at(-1) ?? '';
  if (!/^\p{L}[\p{L}\p{M}]+$/u.test(top)) return 'has a malformed top-level domain';
  if (NEVER.has(top)) return `ends in .${top}, where no address can exist`;
  if (isPlain(email)) return null;
  if (doubtful(local.split('.')).size > 0 || doubtful(labels, ALIKE_AT_THE_END).size > 0)
    return 'has letters of two alphabets that look alike, such as a Cyrillic а among Latin letters';
  // Turkish and Azerbaijani software makes ı of a capital I.
  if (/ı/.test(local) && isPlain(email.replaceAll('ı', 'i'))) return 'holds an ı (i without a dot) where i is usual';
  return null;
}

const isPlain = (text: string): boolean => !/[^\x20-\x7e]/.test(text);

/**
 * Which words of an address nobody could type from paper: of two alphabets in themselves, or in look-alikes of the only
 * other alphabet around ("а.petrova" with a Cyrillic а).
 * @param more of a domain: letters that count as look-alikes in its last word, which may be in Latin letters anywhere
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

/** The two alphabets whose letters look alike: a word of letters such as c, o, m is like none of Georgian. */
function isPair(own: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return (own.has('Latin') && others.has('Cyrillic')) || (own.has('Cyrillic') && others.has('Latin'));
}

/** Each doubtful word in one alphabet, rather in that of its surroundings. */
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

/** The address that was probably meant by one with a fault. */
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
  // Not by its looks, which are those of Paraguay: it is the sound that was typed.
  const written = labels.at(-1) === 'ру' ? [...labels.slice(0, -1), 'ru'] : labels;
  const inOne = `${mended(local.split('.'), usual)}@${mended(written, usual, ALIKE_AT_THE_END)}`;
  const dotted = isPlain(inOne.replaceAll('ı', 'i')) ? inOne.replaceAll('ı', 'i') : inOne;
  return faultOf(dotted) === null ? dotted : null;
}

/** Trimmed, lower case, NFC, the domain in letters; `xn--…` that stands for nothing stays, and is refused by its label. */
function compared(raw: string): string {
  const email = raw.trim().normalize('NFC').toLowerCase().normalize('NFC');
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at);
  // Full-width letters stay to be seen: a domain in letters would swallow them.
  if (at === 0 || (isPlain(domain) && !domain.includes('xn--')) || domain !== domain.normalize('NFKC')) return email;
  return email.slice(0, at) + (domainToUnicode(domain) || domain);
}

/**
 * The form in which an address is compared and written to: trimmed, lower case, the domain in letters: `xn--e1afmkfd` and
 * «пример» are one address, and the mail provider takes and lists the latter.
 * Conservative: quoted local parts, comments, address literals and domains without a dot are refused, and so is what
 * probably reaches nobody: look-alikes of another alphabet, full-width letters, a capital İ, domains that cannot exist.
 * `detail` never holds the address. Idempotent.
 */
export function normaliseEmail(raw: string): EmailResult {
  const email = compared(raw);
  const wrong = faultOf(email);
  if (wrong === null) return { ok: true, email };
  return { ok: false, detail: `The e-mail address ${wrong}; correct it.`, suggestion: likely(raw) };
}

/** The same where only equality counts: null for what is no address. */
export function comparableEmail(raw: string): string | null {
  const result = normaliseEmail(raw);
  return result.ok ? result.email : null;
}
