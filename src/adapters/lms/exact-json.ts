import { parse } from 'lossless-json';

/** A number that JavaScript would write in another way: digits of it would be lost (2^53 and more), or its form (`1.0`, `1e3`). */
export class WrittenNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * JSON as `JSON.parse` reads it, but for numbers that would not come back as they were written: each of these is a
 * `WrittenNumber`.
 * @throws SyntaxError, or RangeError for too many levels; their messages quote the text
 */
export function parseExact(text: string): unknown {
  return parse(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
}

function parseNumber(text: string): number | WrittenNumber {
  const value = Number(text);
  return String(value) === text ? value : new WrittenNumber(text);
}

/** A whole number below 2^53 as an id, text as it is; null for everything else, since it would name something else. */
export function readId(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

/** A copy with plain numbers; whole ones of 2^53 and more stay as they were written, and fit nowhere. */
export function withPlainNumbers(value: unknown): unknown {
  if (value instanceof WrittenNumber) {
    const number = Number(value.text);
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? value : number;
  }
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPlainNumbers(inner)]));
}
