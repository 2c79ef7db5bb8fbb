import { message } from '../messages/message.ts';
import { doubtOf } from '../text/doubtful-text.ts';
import { codePoint } from '../text/name.ts';
import { foldNumber } from './certificate-number.ts';

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\uFFFC\uFFFD]/gu;
const HEAP_OF_MARKS = /\p{M}{3}/u;
/** Marks of template languages, which some mail providers execute. */
const TEMPLATE_MARKS = /[[{<]%|%[\]}>]/;

/**
 * Normalises a release's prefix for storage and printing: as the LMS writes it, NFC, single spaces, trimmed.
 * Idempotent.
 */
export function printedPrefix(prefix: string): string {
  return prefix
    .normalize('NFC')
    .replace(/[\t\p{Zs}]+/gu, ' ')
    .trim();
}

/**
 * Why numbers with this prefix must not be printed, with advice; null: they may.
 * @param prefix normalised by `printedPrefix`
 */
export function prefixFault(prefix: string): string | null {
  const invisible = [...new Set(prefix.match(INVISIBLE) ?? [])].slice(0, 5).map(codePoint);
  if (invisible.length > 0) return message('text.invisible', { points: invisible.join(', ') });
  if (TEMPLATE_MARKS.test(prefix)) return message('text.executed');
  if (HEAP_OF_MARKS.test(prefix)) return message('text.heap');
  if (foldNumber(prefix) === '') return message('prefix.no-letter');
  // A title may contain a question; a number does not.
  if (/[?\u00BF]/.test(prefix)) return message('text.lost');
  return doubtOf(prefix, 'title')?.finding ?? null;
}

const MONTHS = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек';
const DATE = new RegExp(`^(?:\\d{1,4}[-/. ]*)?(?:${MONTHS})\\p{L}*(?:[-/. ]*\\d{1,4})?$`, 'iu');

/**
 * How a spreadsheet would misread numbers with this prefix when a list is typed or opened as CSV; null: it keeps them
 * as text.
 */
export function spreadsheetReading(prefix: string): string | null {
  if (/^[=+\-@]/.test(prefix)) return message('reading.formula');
  if (/^\d+(?:[.,]\d+)?\s*e\d*$/i.test(prefix)) return message('reading.scientific');
  if (/^[\d\s./,:-]+$/.test(prefix)) return message('reading.number');
  return DATE.test(prefix) ? message('reading.date') : null;
}
