/** An element of `errors`. `explain` may be text, array or object; the provider promises no type. */
export interface ApiError {
  id: string;
  explain?: unknown;
}

/** An API answer: always HTTP 200, with errors in the body. */
export type ApiAnswer = Record<string, unknown>;

/** Moscow time is UTC+3 all year (since 26 October 2014). */
const MOSCOW_OFFSET_MS = 3 * 3600 * 1000;

/** `YYYY-MM-DD hh:mm:ss` in Moscow time without zone, like all dates of the API. */
export function writeMoscowTime(at: Date): string {
  return new Date(at.getTime() + MOSCOW_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** Parses a Moscow time with any precision from day to second, leading zeros optional; null when invalid. */
export function parseMoscowTime(text: string): Date | null {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?$/.exec(text.trim());
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const civil = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const exact =
    civil.getUTCMonth() === month - 1 && civil.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return exact ? new Date(civil.getTime() - MOSCOW_OFFSET_MS) : null;
}

/** A number as JSON number or as text; the API allows both. Null when it is neither. */
export function readNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : null;
}

/** For optional parameters, absent, null and empty all mean "not given". */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Irregularities of the API, made reproducible: some numbers as text, explanations of changing type. */
export class Habits {
  #numbers = 0;
  #explanations = 0;

  /** The number as JSON number or as text, by a fixed sequence. */
  number(value: number): number | string {
    this.#numbers += 1;
    return (Math.imul(this.#numbers, 0x9e3779b1) >>> 17) & 1 ? String(value) : value;
  }

  /** An error whose explanation alternates between text, object and array. */
  error(id: string, text: string, details: Record<string, unknown> = {}): ApiError {
    this.#explanations += 1;
    const shapes = [text, { text, ...details }, [text, ...Object.values(details)]];
    return { id, explain: shapes[this.#explanations % shapes.length] };
  }
}

/** The answer of a refused call. */
export function refused(...errors: ApiError[]): ApiAnswer {
  return { errors };
}
