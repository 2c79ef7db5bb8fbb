import { z } from 'zod';

/**
 * A number with at most two decimals, as diplomas print it. Decimal, not binary: 0.30000000000000004 is 0.3, 1.005 is 1.01.
 * @param value from 0 to a million
 */
export function hundredths(value: number): number {
  // The shortest decimal form of the number, shifted as text: multiplying it would add the noise that is to go.
  return value < 1e-4 ? 0 : Math.round(Number(`${value}e2`)) / 100;
}

const MOST = 1_000_000;

/** Hours of a course or module: what an LMS computed in binary fractions is what people would have written. */
export const Hours = z
  .number()
  .nonnegative()
  .max(MOST)
  .transform((value) => hundredths(value));

/** The sum of hours without the noise of binary fractions. */
export function sumOfHours(all: readonly number[]): number {
  return all.reduce((sum, hours) => sum + Math.round(hours * 100), 0) / 100;
}

/** What of a course's hours is told: the total, and a column beside the modules. 0 says that nobody entered any. */
export function hoursTold({ programme, hoursTotal }: { programme: readonly { hours: number }[]; hoursTotal: number }): {
  total: boolean;
  column: boolean;
} {
  const total = hoursTotal > 0;
  return { total, column: total || programme.some(({ hours }) => hours > 0) };
}
