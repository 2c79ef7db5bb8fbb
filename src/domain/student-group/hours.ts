import { z } from 'zod';

/**
 * A number with at most two decimals, as diplomas print it. Rounds decimally, not in binary: 0.30000000000000004 is
 * 0.3, 1.005 is 1.01.
 * @param value from 0 to a million
 */
export function hundredths(value: number): number {
  // Shifts the shortest decimal text of the number, because multiplication would add binary noise.
  return value < 1e-4 ? 0 : Math.round(Number(`${value}e2`)) / 100;
}

const MOST = 1_000_000;

/** Hours of a course or module, rounded to what people would write when an LMS computed them in binary fractions. */
export const Hours = z
  .number()
  .nonnegative()
  .max(MOST)
  .transform((value) => hundredths(value));

/** The sum of hours without binary noise. */
export function sumOfHours(all: readonly number[]): number {
  return all.reduce((sum, hours) => sum + Math.round(hours * 100), 0) / 100;
}
