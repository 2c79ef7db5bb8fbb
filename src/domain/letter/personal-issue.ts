/** States of one letter with one diploma. */
export const PERSONAL_ISSUE_STATES = [
  'waiting',
  'sending',
  'uncertain',
  'accepted',
  'sent',
  'delivered',
  'bounced',
  'refused',
  'cancelled',
] as const;
export type PersonalIssueState = (typeof PERSONAL_ISSUE_STATES)[number];

/**
 * Allowed transitions. The two that lead back (`sending` and `uncertain` to `waiting`) require the provider's answer
 * or a proof that nothing was executed. A letter that is `uncertain`, or `accepted` and then lost, becomes
 * `cancelled` only by a person who asked the provider. Resend, reissue and retry create a new personal issue.
 */
const TRANSITIONS: Record<PersonalIssueState, readonly PersonalIssueState[]> = {
  waiting: ['sending', 'cancelled'],
  sending: ['waiting', 'uncertain', 'accepted', 'refused'],
  uncertain: ['waiting', 'accepted', 'sent', 'refused', 'cancelled'],
  accepted: ['sent', 'delivered', 'bounced', 'refused', 'uncertain', 'cancelled'],
  sent: ['delivered', 'bounced'],
  delivered: [],
  bounced: [],
  refused: [],
  cancelled: [],
};

/** Whether `from` may become `to`; staying is not a transition. */
export function mayBecome(from: PersonalIssueState, to: PersonalIssueState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** The fields of a provider's tracker that settling needs (`Tracker` of the mail port is compatible). */
export interface TrackerFacts {
  trackId: string;
  /**
   * 0 and above: in progress; -1 finished; -2 error; -3 cancelled; -4 deferred; -5 pre-moderation; -6 failed
   * moderation; -7 paused.
   */
  status: number;
  letter: string | null;
  issueId: string | null;
  error: string | null;
}

export type Settlement =
  /** The provider has the letter and has not finished it. */
  | { state: 'accepted'; trackId: string }
  | { state: 'sent'; trackId: string; letter: string; issueId: string | null }
  | { state: 'refused'; trackId: string; code: string; detail: string }
  /** The tracker adds nothing: the personal issue is already in a later state. */
  | { state: 'unchanged' };

const FAILURES: ReadonlyMap<number, { code: string; detail: string }> = new Map([
  [-2, { code: 'provider-error', detail: 'The provider finished with an error' }],
  [-3, { code: 'provider-cancelled', detail: 'The issue was cancelled at the provider' }],
  [-6, { code: 'moderation', detail: 'The provider refused the letter in moderation' }],
]);

function outcome(tracker: TrackerFacts): Exclude<Settlement, { state: 'unchanged' }> {
  const { trackId, status, letter, issueId } = tracker;
  if (status === -1 && letter !== null && letter !== '') return { state: 'sent', trackId, letter, issueId };
  const failure =
    status === -1
      ? { code: 'skipped', detail: 'The provider finished without a letter: the recipient was skipped' }
      : FAILURES.get(status);
  if (!failure) return { state: 'accepted', trackId };
  // The provider's error code may be shown; its free text is omitted, because it may contain the address.
  const code = tracker.error !== null && /^[a-z0-9_/.-]{1,80}$/i.test(tracker.error) ? ` (${tracker.error})` : '';
  return { state: 'refused', trackId, code: failure.code, detail: `${failure.detail}${code}.` };
}

/**
 * The meaning of a tracker for a personal issue. Late and repeated trackers are harmless, because only allowed
 * transitions result.
 */
export function settle(attempt: { state: PersonalIssueState }, tracker: TrackerFacts): Settlement {
  const result = outcome(tracker);
  if (attempt.state === 'sending') return mayBecome('uncertain', result.state) ? result : { state: 'unchanged' };
  return mayBecome(attempt.state, result.state) ? result : { state: 'unchanged' };
}

/** One complete or partial listing of the provider's trackers that did not contain the personal issue. */
export interface AbsenceListing {
  begunAt: Date;
  /** Time of the oldest listed tracker; null when the listing reached its end. */
  reachesBackTo: Date | null;
  /** True when every page was read. */
  complete: boolean;
}

const PROVABLE_MS = 40 * 3_600_000;

/**
 * Whether a call is proven never to have arrived: two complete listings without it, both started at least
 * `settleSeconds` after the call's deadline and less than 40 hours after the call, each reaching back before the
 * call. One listing given twice counts once.
 */
export function provenAbsent(input: {
  callStartedAt: Date;
  callDeadline: Date;
  listings: readonly AbsenceListing[];
  settleSeconds: number;
}): boolean {
  const started = input.callStartedAt.getTime();
  const settled = input.callDeadline.getTime() + input.settleSeconds * 1000;
  const proofs = new Set<number>();
  for (const { begunAt, reachesBackTo, complete } of input.listings) {
    const begun = begunAt.getTime();
    const reaches = reachesBackTo === null || reachesBackTo.getTime() < started;
    if (complete && reaches && begun >= settled && begun < started + PROVABLE_MS) proofs.add(begun);
  }
  return proofs.size >= 2;
}
