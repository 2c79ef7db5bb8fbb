/** An element of `errors` or `warnings`; `explain` may be a string, a list, an object or absent. */
export interface SendsayError {
  id: string;
  explain: unknown;
}

export type ApiObject = Record<string, unknown>;

/** The value as an object with string keys, or null. */
export function objectOf(value: unknown): ApiObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ApiObject) : null;
}

/**
 * The provider sends numbers as JSON numbers or as strings.
 * @returns null when the value is not a finite number
 */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*[+-]?\d+(\.\d+)?\s*$/.test(value)) return null;
  return Number(value);
}

/** Text or number as text; null for absent, empty, or anything else. */
export function wireText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}

/** Id of a tracker, letter or issue: like textOf, but 0 means "none". */
export function idOf(value: unknown): string | null {
  const text = wireText(value)?.trim() ?? null;
  return text === '0' ? null : text;
}

export function flagOf(value: unknown): boolean {
  return value === true || numberOf(value) === 1;
}

/**
 * Errors of an answer: the list `errors`, a single object there, or `error` as object or string. An element without a
 * readable id gets the id `unreadable`, so that no error is overlooked.
 */
export function errorsOf(content: ApiObject): SendsayError[] {
  return [...elementsOf(content['errors']), ...elementsOf(content['error'])];
}

/** `warnings` of an executed call. */
export function warningsOf(content: ApiObject): SendsayError[] {
  return elementsOf(content['warnings']);
}

function elementsOf(value: unknown): SendsayError[] {
  if (value === undefined || value === null || value === '' || value === 0) return [];
  const list = Array.isArray(value) ? value : [value];
  return list.map((element): SendsayError => {
    const object = objectOf(element);
    if (object === null) return { id: wireText(element) ?? 'unreadable', explain: null };
    return { id: wireText(object['id']) ?? 'unreadable', explain: object['explain'] ?? null };
  });
}

/** An `explain` of any type as one text; nested values are read to a small depth. */
export function explainText(explain: unknown, depth = 3): string {
  if (typeof explain === 'string') return explain;
  if (typeof explain === 'number' || typeof explain === 'boolean') return String(explain);
  if (typeof explain !== 'object' || explain === null || depth === 0) return '';
  const parts = Array.isArray(explain)
    ? explain.slice(0, 10).map((each) => explainText(each, depth - 1))
    : Object.entries(explain)
        .slice(0, 10)
        .map(([key, each]) => `${key}: ${explainText(each, depth - 1)}`);
  return parts.filter((part) => part !== '').join(', ');
}

/**
 * Makes the provider's text safe to show and log: removes `personal` texts, e-mail addresses and long numbers,
 * replaces control characters by spaces, and cuts after 200 characters.
 */
export function quoteSafely(text: string, personal: readonly string[] = []): string {
  let safe = text.normalize('NFC').replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  for (const secret of personal) {
    if (secret.trim().length > 2) safe = replaceFolded(safe, secret.trim().normalize('NFC'), '(personal)');
  }
  safe = safe
    .replaceAll(/[^\s"'<>,;:()]+@[^\s"'<>,;:()]+/g, '(address)')
    .replaceAll(/\+?\d[\d ()-]{7,}\d/g, '(number)');
  return safe.trim().slice(0, 200);
}

function replaceFolded(text: string, search: string, replacement: string): string {
  return text.replaceAll(new RegExp(search.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'giu'), replacement);
}

/** Moscow time is UTC+3 without clock changes since 26 October 2014. */
const MOSCOW_OFFSET_MS = 3 * 60 * 60 * 1000;

/**
 * Parses the provider's time: Moscow time, `YYYY-MM-DD hh:mm:ss` without a zone, leading zeros optional, may end
 * after any field from the hour on.
 * @returns null when the text or the day is invalid
 */
export function readMoscowTime(value: unknown): Date | null {
  if (typeof value !== 'string') return null;
  const match = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?\s*$/.exec(value);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return null;
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return null;
  return new Date(local.getTime() - MOSCOW_OFFSET_MS);
}
