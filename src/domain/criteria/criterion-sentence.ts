import { type Language, messageIn } from '../messages/message.ts';
import { civilTime, localTime } from '../time/local-time.ts';
import type { CriterionResult } from './criteria.ts';
import { parameterKind } from './criterion.ts';
import { labelOf } from './criterion-labels.ts';
import { type CriterionValue, isCivilDate } from './operators.ts';

/** Parameters from 0 to 1 that are shown as percentages. */
const SHARES = new Set(['progress.lessonsShare', 'progress.attendance']);

/** A percentage, with enough digits to distinguish it from the other value. */
function percent(value: number, other: number, language: Language): string {
  const text = (share: number, digits: number) =>
    share.toLocaleString(language, { style: 'percent', maximumFractionDigits: digits });
  let digits = 1;
  while (digits < 12 && value !== other && text(value, digits) === text(other, digits)) digits += 1;
  return text(value, digits);
}

function date(text: string, zone: string, language: Language): string {
  const civil = isCivilDate(text);
  const moment = civil ? civilTime(text) : localTime(Date.parse(text), zone);
  if (!moment.isValid) return text;
  const time = civil ? '' : moment.second === 0 ? ', HH:mm' : ', HH:mm:ss';
  return moment.setLocale(language).toFormat(`d MMMM yyyy${time}`);
}

interface Reading {
  language: Language;
  /** IANA zone of the release. */
  zone: string;
}

function valueText(
  value: CriterionValue,
  other: unknown,
  result: CriterionResult,
  { language, zone }: Reading,
): string {
  if (typeof value === 'boolean') return messageIn(language, value ? 'value.yes' : 'value.no');
  if (typeof value === 'string')
    return parameterKind(result.source, result.parameter) === 'date' ? date(value, zone, language) : value;
  if (SHARES.has(`${result.source}.${result.parameter}`))
    return percent(value, typeof other === 'number' ? other : value, language);
  return value.toLocaleString(language, { maximumFractionDigits: 12, useGrouping: false });
}

function actualText(result: CriterionResult, reading: Reading): string {
  if (result.actual === null) return messageIn(reading.language, 'value.unknown');
  return valueText(result.actual, result.expected, result, reading);
}

function needText(result: CriterionResult, reading: Reading): string {
  const { operator, expected, negated, actual } = result;
  const { language } = reading;
  if (operator === 'exists') return messageIn(language, (expected === true) !== negated ? 'value.some' : 'value.none');
  if (operator === 'equals' && typeof expected === 'boolean' && negated) {
    // A negated "yes" means "no".
    return messageIn(language, expected ? 'value.no' : 'value.yes');
  }
  const isDate = parameterKind(result.source, result.parameter) === 'date';
  const need = isDate && operator === 'atLeast' ? 'from' : isDate && operator === 'atMost' ? 'until' : operator;
  const values = typeof expected === 'object' ? expected : [expected];
  const value = values.map((one) => valueText(one, actual, result, reading)).join(', ');
  return messageIn(language, `${negated ? 'need-not' : 'need'}.${need}`, { value });
}

/**
 * A criterion's result as a sentence: "Score: 57, needed: at least 60". Shares are shown as percentages, dates in the
 * release's zone.
 * @param zone IANA zone of the release
 */
export function sentenceOf(result: CriterionResult, language: Language, zone: string): string {
  const reading = { language, zone };
  const label = labelOf(result.source, result.parameter, language);
  const parts = { label, actual: actualText(result, reading), need: needText(result, reading) };
  const criterion = messageIn(language, 'sentence', parts);
  const text = result.waived ? messageIn(language, 'criterion.waived', { criterion }) : criterion;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The missing difference to the bound, if it makes sense: " (+3)". For a share, its current value. */
function distanceText(result: CriterionResult, reading: Reading): string {
  const { operator, expected, actual, negated, source, parameter } = result;
  if (typeof actual !== 'number' || typeof expected !== 'number' || negated) return '';
  if (SHARES.has(`${source}.${parameter}`))
    return messageIn(reading.language, 'distance.now', { value: actualText(result, reading) });
  if (operator !== 'atLeast' && operator !== 'atMost') return '';
  const change = Number((expected - actual).toPrecision(12));
  const sign = change > 0 ? '+' : '−';
  return ` (${sign}${Math.abs(change).toLocaleString(reading.language, { maximumFractionDigits: 12, useGrouping: false })})`;
}

/** The requirement of a criterion: "score: at least 60 (+3)". Parameters as for `sentenceOf`. */
export function demandOf(result: CriterionResult, language: Language, zone: string): string {
  const reading = { language, zone };
  const label = labelOf(result.source, result.parameter, language);
  return messageIn(language, 'demand', {
    label,
    need: needText(result, reading),
    distance: distanceText(result, reading),
  });
}
