import { beginOfDay, wallClock } from '../time/local-time.ts';
import { type Criterion, type CriterionSource, type CriterionValue, isCivilDate } from './criterion.ts';

/**
 * All values that criteria can use, by source and parameter: plain JSON, so that a stored decision can be replayed.
 * No name, address or phone. A consent that was never recorded is absent.
 */
export type CriterionInputs = Record<CriterionSource, Record<string, CriterionValue | null>>;

/** The value that a criterion tests; null when the LMS gives none. */
export function actualValue(criterion: Criterion, inputs: CriterionInputs): CriterionValue | null {
  const values = inputs[criterion.source];
  const value = Object.hasOwn(values, criterion.parameter) ? (values[criterion.parameter] ?? null) : null;
  // A missing consent counts as not given; only `exists` sees the difference.
  return value === null && criterion.source === 'consent' && criterion.operator !== 'exists' ? false : value;
}

/** The date of a time in a zone; null for an invalid time. */
function dayOf(text: string, zone: string): string | null {
  if (isCivilDate(text)) return text;
  const local = new Date(wallClock(zone, Date.parse(text)));
  return Number.isNaN(local.getTime()) ? null : local.toISOString().slice(0, 10);
}

/** Unix milliseconds; a date means its first moment in the zone. */
export function instantOf(text: string, zone: string): number {
  return isCivilDate(text) ? beginOfDay(text, zone) : Date.parse(text);
}

/** Negative, zero or positive. A date is compared with a time by the release's calendar. */
function compareDates(actual: string, expected: string, zone: string): number {
  if (!isCivilDate(expected)) return instantOf(actual, zone) - instantOf(expected, zone);
  const day = dayOf(actual, zone);
  if (day === null) return Number.NaN;
  return day < expected ? -1 : day > expected ? 1 : 0;
}

function compare(actual: CriterionValue, expected: unknown, zone: string): number {
  if (typeof actual === 'number' && typeof expected === 'number') return actual - expected;
  if (typeof actual === 'string' && typeof expected === 'string') return compareDates(actual, expected, zone);
  return Number.NaN;
}

/** Whether a comparison holds. A missing value satisfies only `exists: false`. Never throws. */
export function isMet(criterion: Criterion, actual: CriterionValue | null, inputs: CriterionInputs): boolean {
  const { operator, expected } = criterion;
  if (operator === 'exists') return (actual !== null) === expected;
  if (actual === null) return false;
  const zone = inputs.release['timezone'];
  const order = () => compare(actual, expected, typeof zone === 'string' ? zone : 'UTC');
  switch (operator) {
    case 'equals':
      return actual === expected;
    case 'in':
      return Array.isArray(expected) && expected.includes(actual);
    case 'atLeast':
      return order() >= 0;
    case 'atMost':
      return order() <= 0;
    case 'before':
      return order() < 0;
    case 'after':
      return order() > 0;
    default:
      // A new operator does not compile until it is compared above.
      operator satisfies never;
      return false;
  }
}
