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
  if (invisible.length > 0)
    return `holds invisible, directional or damaged characters (${invisible.join(', ')}); retype it in the LMS`;
  if (TEMPLATE_MARKS.test(prefix))
    return 'holds marks of a template language such as "[%", which a mail provider would interpret; retype it in the LMS';
  if (HEAP_OF_MARKS.test(prefix)) return 'heaps marks on one letter; retype it in the LMS';
  if (foldNumber(prefix) === '')
    return 'has no letter and no digit besides "№" or "No."; give the release a prefix of its own';
  // A title may contain a question; a number does not.
  if (/[?\u00BF]/.test(prefix)) return 'has lost letters; question marks stand in their place; retype it in the LMS';
  return doubtOf(prefix, 'title')?.finding ?? null;
}

const MONTHS = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек';
const DATE = new RegExp(`^(?:\\d{1,4}[-/. ]*)?(?:${MONTHS})\\p{L}*(?:[-/. ]*\\d{1,4})?$`, 'iu');

/**
 * How a spreadsheet would misread numbers with this prefix when a list is typed or opened as CSV; null: it keeps them
 * as text.
 */
export function spreadsheetReading(prefix: string): string | null {
  if (/^[=+\-@]/.test(prefix)) return 'a formula';
  if (/^\d+(?:[.,]\d+)?\s*e\d*$/i.test(prefix)) return 'a number in scientific notation';
  if (/^[\d\s./,:-]+$/.test(prefix)) return 'a number or a date';
  return DATE.test(prefix) ? 'a date' : null;
}
