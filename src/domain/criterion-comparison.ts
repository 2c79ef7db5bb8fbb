import { DateTime } from 'luxon';
import { type Criterion, type CriterionSource, type CriterionValue, isCivilDate } from './criterion.ts';

/**
 * Everything that criteria may look at, by source and parameter: plain JSON, so that a stored decision can be replayed.
 * Holds no name, address or phone. A consent that was never recorded is absent.
 */
export type CriterionInputs = Record<CriterionSource, Record<string, CriterionValue | null>>;

/** The value a criterion looks at; null where the LMS gives none. */
export function actualValue(criterion: Criterion, inputs: CriterionInputs): CriterionValue | null {
  const values = inputs[criterion.source];
  const value = Object.hasOwn(values, criterion.parameter) ? (values[criterion.parameter] ?? null) : null;
  // A consent nobody recorded is not given; only `exists` tells the difference.
  return value === null && criterion.source === 'consent' && criterion.operator !== 'exists' ? false : value;
}

/** Negative, zero or positive. A civil date is compared with an instant by the release's calendar. */
function compareDates(actual: string, expected: string, zone: string): number {
  if (isCivilDate(expected)) {
    const civil = isCivilDate(actual) ? actual : DateTime.fromISO(actual, { zone }).toISODate();
    if (civil === null) return Number.NaN;
    return civil < expected ? -1 : civil > expected ? 1 : 0;
  }
  return DateTime.fromISO(actual, { zone }).toMillis() - DateTime.fromISO(expected, { zone }).toMillis();
}

function compare(actual: CriterionValue, expected: unknown, zone: string): number {
  if (typeof actual === 'number' && typeof expected === 'number') return actual - expected;
  if (typeof actual === 'string' && typeof expected === 'string') return compareDates(actual, expected, zone);
  return Number.NaN;
}

/** Whether one comparison holds; a missing value meets nothing but `exists: false`. Never throws. */
export function holds(criterion: Criterion, actual: CriterionValue | null, inputs: CriterionInputs): boolean {
  const { operator, expected } = criterion;
  if (operator === 'exists') return (actual !== null) === expected;
  if (actual === null) return false;
  if (operator === 'equals') return actual === expected;
  if (operator === 'in') return Array.isArray(expected) && expected.includes(actual);
  const zone = inputs.release['timezone'];
  const order = compare(actual, expected, typeof zone === 'string' ? zone : 'UTC');
  if (operator === 'atLeast') return order >= 0;
  if (operator === 'atMost') return order <= 0;
  return operator === 'before' ? order < 0 : order > 0;
}
