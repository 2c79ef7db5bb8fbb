/** A pause that grows: `firstSeconds` before the first retry, twice as long before each further one, `mostSeconds` at most. */
export interface BackOff {
  firstSeconds: number;
  mostSeconds: number;
}

/** Every growing pause before something is tried again. */
export const BACK_OFF = {
  /** A handler threw: the queue runs the same job again, with jitter. */
  failedJob: { firstSeconds: 1, mostSeconds: 300 },
  /** The LMS cannot be reached, or its answer cannot be read. */
  lms: { firstSeconds: 1, mostSeconds: 300 },
  /** 412: the student group changed in the LMS between pull and PATCH; it is evaluated again first. */
  changedInLms: { firstSeconds: 0.1, mostSeconds: 60 },
  /** The report that a diploma was sent: nothing waits for it. */
  reportIssued: { firstSeconds: 30, mostSeconds: 900 },
  /** 412 to that report. */
  reportIssuedChanged: { firstSeconds: 1, mostSeconds: 900 },
  /** The key that a drawing needs is not on this host; another host may have it. */
  keyOfDrawing: { firstSeconds: 5, mostSeconds: 300 },
} satisfies Record<string, BackOff>;

/** Every fixed pause before something is tried again, in milliseconds. */
export const PAUSE_MS = {
  /** An award that no key may sign. */
  keyOfAward: 60_000,
  /** A new version that waits: for a key, or for a letter under way to be settled. */
  newVersion: 60_000,
  /** A pull that another worker drives: has it ended there? */
  pullElsewhere: 60_000,
  /** The LMS is away when a letter is about to leave. Longer by up to as much again, so that not all come back at once. */
  lmsBeforeLetter: 30_000,
  /** The letter of a new version, while something passing stands in its way. */
  letterOfVersion: 5 * 60_000,
  /** A pull or a sweep that used up its tries. */
  deadJob: 5 * 60_000,
} as const;

/** Milliseconds to wait before try number `attempt`, from 0. */
export function backOff({ firstSeconds, mostSeconds }: BackOff, attempt: number): number {
  return Math.min(mostSeconds, firstSeconds * 2 ** Math.min(attempt, 20)) * 1000;
}

/** Milliseconds to leave an LMS alone that gave no usable answer: our own pause, or longer where it asked for that. */
export function pauseFor(error: { retryAfterSeconds: number | null }, grows: BackOff, attempt: number): number {
  return Math.max((error.retryAfterSeconds ?? 0) * 1000, backOff(grows, attempt));
}
