import { WrittenNumber } from './exact-json.ts';

/** Conversions for `as` in `lms.yaml`. */
export const READINGS = ['text', 'number', 'instant'] as const;
export type Reading = (typeof READINGS)[number];

/**
 * Converts a value as `lms.yaml` requests. A value with an unknown form stays unchanged, and validation then refuses
 * it.
 */
export function readValueAs(reading: Reading, value: unknown): unknown {
  return READ[reading](value);
}

const READ: Record<Reading, (value: unknown) => unknown> = {
  text: (value) => {
    if (typeof value === 'number')
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? value : String(value);
    // Keeps 95.50 as the LMS wrote it; exponents and numbers with lost digits are not text.
    return value instanceof WrittenNumber && /^-?\d{1,15}\.\d{1,15}$/.test(value.text) ? value.text : value;
  },
  number: (value) => {
    if (typeof value !== 'string') return value;
    const text = value.trim();
    if (text === '') return null;
    if (!NUMBER.test(text)) return value;
    const number = Number(text.replace(',', '.'));
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? value : number;
  },
  instant: (value) => {
    const text = writtenOf(value).trim();
    if (text === '' && typeof value === 'string') return null;
    return fromEpoch(text) ?? fromIso(text) ?? (NEVER.test(text) ? null : value);
  },
};

/** Accepts a decimal comma, unless it could be a thousands separator as in `1,234`. */
const NUMBER = /^-?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?|0,\d+|\d+,(?:\d{1,2}|\d{4,}))$/;
/** Moodle and others write 0 for "never". */
const NEVER = /^0(?:\.0+)?$/;
/**
 * Unix seconds have ten digits from 2001 to 2286, milliseconds have thirteen; other lengths are not times
 * (`20261120`).
 */
const EPOCH = /^(?:(\d{10})(?:\.(\d{1,9}))?|(\d{13}))$/;
const ISO = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(?:([Zz]|UTC)|([+-]\d\d)(?::?(\d\d))?)$/;

function fromEpoch(text: string): string | null {
  const [, seconds, fraction = '', milliseconds] = EPOCH.exec(text) ?? [];
  if (milliseconds !== undefined) return new Date(Number(milliseconds)).toISOString();
  if (seconds === undefined) return null;
  return new Date(Number(seconds + fraction.padEnd(3, '0').slice(0, 3))).toISOString();
}

function fromIso(text: string): string | null {
  const [, date, time, utc, hours, minutes = '00'] = ISO.exec(text) ?? [];
  if (date === undefined || time === undefined) return null;
  return `${date}T${time}${utc === undefined ? `${hours}:${minutes}` : 'Z'}`;
}

function writtenOf(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text;
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

/** Describes a value in a fault by type, length and punctuation, never by its content. */
export function formOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return formOfText(value);
  if (typeof value === 'number' || value instanceof WrittenNumber) return formOfNumber(writtenOf(value));
  return Array.isArray(value) ? 'a list' : 'an object';
}

function formOfText(text: string): string {
  if (text === '') return 'empty text';
  if (text.trim() === '') return 'blank text';
  if (/^\d+$/.test(text)) return `text of ${counted(text.length, 'digit')}`;
  if (text.length <= 40 && /^[\d.,:+\-/ TtZz]*$/.test(text) && /\d/.test(text))
    return `text of the form ${text.replace(/\d/g, '#')}`;
  return `text of ${counted(text.length, 'character')}`;
}

function formOfNumber(text: string): string {
  if (/[eE]/.test(text)) return 'a number with an exponent';
  if (text.includes('.')) return 'a number with a fraction';
  return `a number of ${counted(text.replace('-', '').length, 'digit')}`;
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
