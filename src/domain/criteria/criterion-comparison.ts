import { beginOfDay, wallClock } from '../time/local-time.ts';
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

/** The day on which an instant falls in a zone; null for what is no instant. */
function dayOf(text: string, zone: string): string | null {
  if (isCivilDate(text)) return text;
  const local = new Date(wallClock(zone, Date.parse(text)));
  return Number.isNaN(local.getTime()) ? null : local.toISOString().slice(0, 10);
}

/** Milliseconds since the epoch; a civil date is its first one in the zone. */
export function instantOf(text: string, zone: string): number {
  return isCivilDate(text) ? beginOfDay(text, zone) : Date.parse(text);
}

/** Negative, zero or positive. A civil date is compared with an instant by the release's calendar. */
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

/** Whether one comparison holds; a missing value meets nothing but `exists: false`. Never throws. */
export function isMet(criterion: Criterion, actual: CriterionValue | null, inputs: CriterionInputs): boolean {
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
