export type EmailResult = { ok: true; email: string } | { ok: false; detail: string };

/** Atoms of RFC 5322 and letters of RFC 6531, without quoting and comments. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;
const encoder = new TextEncoder();

/** Whether a text is longer than so many octets of UTF-8, of which a code unit never takes more than three. */
function exceeds(text: string, octets: number): boolean {
  return text.length * 3 > octets && encoder.encode(text).length > octets;
}

function fault(email: string): string | null {
  if (email === '') return 'is empty';
  if (/[\p{C}\p{Z}]/u.test(email)) return 'holds a space or an invisible character';
  if (email.includes('[%') || email.includes('%]')) return 'holds characters which the mail provider would interpret';
  const parts = email.split('@');
  if (parts.length !== 2) return parts.length === 1 ? 'has no @' : 'has more than one @';
  const [local = '', domain = ''] = parts;
  if (exceeds(local, 64) || exceeds(email, 254)) return 'is too long';
  if (!LOCAL.test(local)) return 'has a malformed part before the @';
  const labels = domain.split('.');
  if (labels.length < 2) return 'has no top-level domain';
  if (labels.some((label) => exceeds(label, 63) || !LABEL.test(label))) return 'has a malformed domain';
  const top = labels.at(-1) ?? '';
  if (!/^(?:xn--[a-z0-9-]+|\p{L}[\p{L}\p{M}]+)$/u.test(top)) return 'has a malformed top-level domain';
  return null;
}

/**
 * The form in which an address is compared and written to: trimmed, lower case, internationalised domains as written.
 * Conservative: quoted local parts, comments, address literals and domains without a dot are refused.
 * `detail` never holds the address. Idempotent.
 */
export function normaliseEmail(raw: string): EmailResult {
  const email = raw.trim().normalize('NFC').toLowerCase().normalize('NFC');
  const wrong = fault(email);
  return wrong === null ? { ok: true, email } : { ok: false, detail: `The e-mail address ${wrong}; correct it.` };
}

/** The same where only equality counts: null for what is no address. */
export function comparableEmail(raw: string): string | null {
  const result = normaliseEmail(raw);
  return result.ok ? result.email : null;
}
