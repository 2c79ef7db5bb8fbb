import { civilTime, localTime } from '../time/local-time.ts';
import type { CriterionResult } from './criteria.ts';
import { parameterKind } from './criterion.ts';
import { labelOf } from './criterion-labels.ts';
import type { Explanation } from './criterion-words.ts';
import { type CriterionValue, isCivilDate } from './operators.ts';

export type CoordinatorLanguage = keyof Explanation;

type Need = 'equals' | 'in' | 'atLeast' | 'atMost' | 'before' | 'after' | 'from' | 'until';
/** Phrases for a requirement, plain and below `not`; `from` and `until` are `atLeast` and `atMost` for dates. */
const NEEDS: Record<CoordinatorLanguage, Record<Need, [plain: string, negated: string]>> = {
  en: {
    equals: ['', 'anything but '],
    in: ['one of ', 'none of '],
    atLeast: ['at least ', 'less than '],
    atMost: ['at most ', 'more than '],
    before: ['before ', 'not before '],
    after: ['after ', 'not after '],
    from: ['not before ', 'before '],
    until: ['not after ', 'after '],
  },
  ru: {
    equals: ['', 'что угодно, кроме '],
    in: ['одно из: ', 'ничего из: '],
    atLeast: ['не меньше ', 'меньше '],
    atMost: ['не больше ', 'больше '],
    before: ['раньше ', 'не раньше '],
    after: ['позже ', 'не позже '],
    from: ['не раньше ', 'раньше '],
    until: ['не позже ', 'позже '],
  },
};
const WORDS = {
  en: {
    yes: 'yes',
    no: 'no',
    unknown: 'not known',
    some: 'any value',
    none: 'no value',
    needed: 'needed',
    now: 'now',
    waived: 'waived by a coordinator',
  },
  ru: {
    yes: 'да',
    no: 'нет',
    unknown: 'нет данных',
    some: 'любое значение',
    none: 'пусто',
    needed: 'нужно',
    now: 'сейчас',
    waived: 'координатор снял это требование',
  },
};
/** Parameters from 0 to 1 that are shown as percentages. */
const SHARES = new Set(['progress.lessonsShare', 'progress.attendance']);

/** A percentage, with enough digits to distinguish it from the other value. */
function percent(value: number, other: number, language: CoordinatorLanguage): string {
  const text = (share: number, digits: number) =>
    share.toLocaleString(language, { style: 'percent', maximumFractionDigits: digits });
  let digits = 1;
  while (digits < 12 && value !== other && text(value, digits) === text(other, digits)) digits += 1;
  return text(value, digits);
}

function date(text: string, zone: string, language: CoordinatorLanguage): string {
  const civil = isCivilDate(text);
  const moment = civil ? civilTime(text) : localTime(Date.parse(text), zone);
  if (!moment.isValid) return text;
  const time = civil ? '' : moment.second === 0 ? ', HH:mm' : ', HH:mm:ss';
  return moment.setLocale(language).toFormat(`d MMMM yyyy${time}`);
}

interface Reading {
  language: CoordinatorLanguage;
  /** IANA zone of the release. */
  zone: string;
}

function valueText(
  value: CriterionValue,
  other: unknown,
  result: CriterionResult,
  { language, zone }: Reading,
): string {
  if (typeof value === 'boolean') return value ? WORDS[language].yes : WORDS[language].no;
  if (typeof value === 'string')
    return parameterKind(result.source, result.parameter) === 'date' ? date(value, zone, language) : value;
  if (SHARES.has(`${result.source}.${result.parameter}`))
    return percent(value, typeof other === 'number' ? other : value, language);
  return value.toLocaleString(language, { maximumFractionDigits: 12, useGrouping: false });
}

function actualText(result: CriterionResult, reading: Reading): string {
  if (result.actual === null) return WORDS[reading.language].unknown;
  return valueText(result.actual, result.expected, result, reading);
}

function needText(result: CriterionResult, reading: Reading): string {
  const { operator, expected, negated, actual } = result;
  const { language } = reading;
  if (operator === 'exists') return (expected === true) !== negated ? WORDS[language].some : WORDS[language].none;
  if (operator === 'equals' && typeof expected === 'boolean' && negated) {
    // "Not yes" means no.
    return expected ? WORDS[language].no : WORDS[language].yes;
  }
  const isDate = parameterKind(result.source, result.parameter) === 'date';
  const need = isDate && operator === 'atLeast' ? 'from' : isDate && operator === 'atMost' ? 'until' : operator;
  const values = typeof expected === 'object' ? expected : [expected];
  const text = values.map((value) => valueText(value, actual, result, reading)).join(', ');
  return `${NEEDS[language][need][negated ? 1 : 0]}${text}`;
}

/**
 * A criterion's result as a sentence: "Score: 57, needed: at least 60". Shares are shown as percentages, dates in the
 * release's zone.
 * @param zone IANA zone of the release
 */
export function sentenceOf(result: CriterionResult, language: CoordinatorLanguage, zone: string): string {
  const reading = { language, zone };
  const label = labelOf(result.source, result.parameter)[language];
  const { needed, waived } = WORDS[language];
  const need = `${label}: ${actualText(result, reading)}, ${needed}: ${needText(result, reading)}`;
  const text = result.waived ? `${need}; ${waived}` : need;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The missing difference to the bound, if it makes sense: " (+3)". For a share, its current value. */
function distanceText(result: CriterionResult, reading: Reading): string {
  const { operator, expected, actual, negated, source, parameter } = result;
  if (typeof actual !== 'number' || typeof expected !== 'number' || negated) return '';
  if (SHARES.has(`${source}.${parameter}`)) return ` (${WORDS[reading.language].now} ${actualText(result, reading)})`;
  if (operator !== 'atLeast' && operator !== 'atMost') return '';
  const change = Number((expected - actual).toPrecision(12));
  const sign = change > 0 ? '+' : '−';
  return ` (${sign}${Math.abs(change).toLocaleString(reading.language, { maximumFractionDigits: 12, useGrouping: false })})`;
}

/** The requirement of a criterion: "score: at least 60 (+3)". Parameters as for `sentenceOf`. */
export function demandOf(result: CriterionResult, language: CoordinatorLanguage, zone: string): string {
  const reading = { language, zone };
  const label = labelOf(result.source, result.parameter)[language];
  return `${label}: ${needText(result, reading)}${distanceText(result, reading)}`;
}
