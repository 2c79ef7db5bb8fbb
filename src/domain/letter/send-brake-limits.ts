/** So many outcomes in a row that nobody knows, with no known one between, and letters stop leaving. */
export const UNKNOWN_IN_A_ROW = 5;

const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * How many letters may have an unknown outcome at once, calls under way included, before no other may begin: those that
 * stop the sending, and those that are under way meanwhile.
 */
export function mostUnknown(callsAtOnce: number): number {
  return UNKNOWN_IN_A_ROW + callsAtOnce;
}

/** How long to wait before a letter is tried again, after so many tries: doubles from `first`, up to 15 minutes. */
export function pauseBeforeTry(tries: number, firstMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, firstMs * 2 ** Math.min(tries, 20));
}

/** Letters that wait while none may leave look again, all together, not much more often than this. */
const MS_BETWEEN_LOOKS = 100;

/** Over how long those letters' next looks are spread, for so many of them: not under `least`, not over 15 minutes. */
export function spreadOfLooks(letters: number, leastMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(leastMs, letters * MS_BETWEEN_LOOKS));
}
