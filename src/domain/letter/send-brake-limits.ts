/** Sending stops after this many unknown outcomes in a row. */
export const UNKNOWN_IN_A_ROW = 5;

const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * Maximum letters with unknown outcome at one time, calls in progress included: those that stop the sending, plus
 * those in progress at that moment.
 */
export function mostUnknown(callsAtOnce: number): number {
  return UNKNOWN_IN_A_ROW + callsAtOnce;
}

/** Delay before the next try after a number of tries: doubles from `first`, up to 15 minutes. */
export function pauseBeforeTry(tries: number, firstMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, firstMs * 2 ** Math.min(tries, 20));
}

/** While sending is stopped, all waiting letters together check not much more often than this, in milliseconds. */
const MS_BETWEEN_LOOKS = 100;

/** Period over which the next checks of these letters are spread: at least `least`, at most 15 minutes. */
export function spreadOfLooks(letters: number, leastMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(leastMs, letters * MS_BETWEEN_LOOKS));
}
