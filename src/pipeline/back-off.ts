/** A pause that grows: `firstSeconds` before the first retry, twice as long before each further one, `mostSeconds` at most. */
export interface BackOff {
  firstSeconds: number;
  mostSeconds: number;
}

/** All growing delays before a retry. */
export const BACK_OFF = {
  /** A handler threw: the queue runs the same job again, with jitter. */
  failedJob: { firstSeconds: 1, mostSeconds: 300 },
  /** The LMS cannot be reached, or its answer cannot be read. */
  lms: { firstSeconds: 1, mostSeconds: 300 },
  /** The LMS is unavailable just before a letter is sent. */
  lmsBeforeLetter: { firstSeconds: 30, mostSeconds: 30 },
  /** 412: the student group changed in the LMS between pull and PATCH; it is evaluated again first. */
  changedInLms: { firstSeconds: 0.1, mostSeconds: 60 },
  /** The report to the LMS that a diploma was sent failed; no other step waits for this report. */
  reportIssued: { firstSeconds: 30, mostSeconds: 900 },
  /** The LMS answered that report with 412. */
  reportIssuedChanged: { firstSeconds: 1, mostSeconds: 900 },
  /** A signing key for drawing a diploma is missing on this host; another host may have it. */
  keyOfDrawing: { firstSeconds: 5, mostSeconds: 300 },
} satisfies Record<string, BackOff>;

/** All fixed delays before a retry, in milliseconds. */
export const PAUSE_MS = {
  /** An award, while there is no signing key. */
  keyOfAward: 60_000,
  /** A new version that waits for a key, or for the outcome of a letter. */
  newVersion: 60_000,
  /** A pull that another worker continues: check later whether that worker has finished the pull. */
  pullElsewhere: 60_000,
  /** The letter of a new version, while a temporary obstacle stops it. */
  letterOfVersion: 5 * 60_000,
  /** A pull or a tracker sweep that used up its retries. */
  deadJob: 5 * 60_000,
} as const;

/** Nothing that the LMS answers stops a step for longer. */
const MOST_PAUSE_MS = 15 * 60_000;

/** Milliseconds to wait before try number `attempt`, from 0. */
export function backOff({ firstSeconds, mostSeconds }: BackOff, attempt: number): number {
  return Math.min(mostSeconds, firstSeconds * 2 ** Math.min(attempt, 20)) * 1000;
}

/**
 * Milliseconds until the LMS is called again after an unusable response: Gramota's delay, or the delay that the LMS
 * requests if that is longer, and up to Gramota's delay again. That part is random: thousands of callers that the LMS
 * refused at one moment would otherwise call again at one moment, and most of them would be refused again.
 */
export function pauseFor(error: { retryAfterSeconds: number | null }, grows: BackOff, attempt: number): number {
  const own = backOff(grows, attempt);
  const spread = Math.random() * own;
  return Math.min(Math.max((error.retryAfterSeconds ?? 0) * 1000, own) + spread, MOST_PAUSE_MS);
}
