import { beginOfDay, wallClock } from '../time/local-time.ts';
import type { Criterion, CriterionSource } from './criterion.ts';

export type CriterionValue = string | number | boolean;
export type ValueKind = 'string' | 'number' | 'boolean' | 'date';

/** An operator of criteria.yaml: its spelling, and how it compares. */
export interface Operator {
  /** Kinds of parameters that it compares. */
  kinds: readonly ValueKind[];
  /** Form of its constant: one value of the parameter's kind, a list of such values, or whether there is a value. */
  constant: 'value' | 'list' | 'yes or no';
  /** Whether the comparison holds for an existing value. `order` is negative, zero or positive; NaN: not comparable. */
  holds: (actual: CriterionValue, expected: Criterion['expected'], order: () => number) => boolean;
}

/**
 * All operators. To add one, add an entry here and its texts in `domain/messages/`; neither compiles without the other. If
 * its constant needs a special check (for example, a regular expression), add the check in `criterion.ts`; it runs at load.
 */
export const OPERATORS = {
  equals: {
    kinds: ['string', 'number', 'boolean'],
    constant: 'value',
    holds: (actual, expected) => actual === expected,
  },
  in: {
    kinds: ['string', 'number', 'boolean'],
    constant: 'list',
    holds: (actual, expected) => Array.isArray(expected) && expected.includes(actual),
  },
  atLeast: { kinds: ['number', 'date'], constant: 'value', holds: (_actual, _expected, order) => order() >= 0 },
  atMost: { kinds: ['number', 'date'], constant: 'value', holds: (_actual, _expected, order) => order() <= 0 },
  before: { kinds: ['date'], constant: 'value', holds: (_actual, _expected, order) => order() < 0 },
  after: { kinds: ['date'], constant: 'value', holds: (_actual, _expected, order) => order() > 0 },
  exists: {
    kinds: ['string', 'number', 'boolean', 'date'],
    constant: 'yes or no',
    holds: (_actual, expected) => expected === true,
  },
} as const satisfies Record<string, Operator>;
export type CriterionOperator = keyof typeof OPERATORS;

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

const CIVIL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** Whether a text is a date `YYYY-MM-DD` without time. */
export function isCivilDate(text: string): boolean {
  const midnight = CIVIL.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text);
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
  if (actual === null) return operator === 'exists' && expected === false;
  const zone = inputs.release['timezone'];
  return OPERATORS[operator].holds(actual, expected, () =>
    compare(actual, expected, typeof zone === 'string' ? zone : 'UTC'),
  );
}
