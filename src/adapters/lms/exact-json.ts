import { parse } from 'lossless-json';

/**
 * A number that JavaScript would write differently: it would lose digits (2^53 and more) or its form (`1.0`, `1e3`).
 */
export class WrittenNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Like `JSON.parse`, but numbers that would not be written back identically become `WrittenNumber`.
 * @throws SyntaxError, or RangeError when nested too deeply; their messages quote the text
 */
export function parseExact(text: string): unknown {
  return parse(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
}

function parseNumber(text: string): number | WrittenNumber {
  const value = Number(text);
  return String(value) === text ? value : new WrittenNumber(text);
}

/** Reads an id: text, or a whole number below 2^53; null for anything else, because it could name another record. */
export function readId(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

/** A copy with plain numbers. Whole numbers of 2^53 and more stay `WrittenNumber`, and no schema accepts them. */
export function withPlainNumbers(value: unknown): unknown {
  if (value instanceof WrittenNumber) {
    const number = Number(value.text);
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? value : number;
  }
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPlainNumbers(inner)]));
}
