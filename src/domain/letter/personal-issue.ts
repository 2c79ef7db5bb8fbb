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
 * The declared transitions. The two that lead back (`sending` and `uncertain` to `waiting`) are taken only on
 * the provider's word or the proof that nothing was executed. What is `uncertain`, or `accepted` and lost sight of,
 * becomes `cancelled` only on the word of a person who asked the provider. Resend, reissue and retry open a new personal issue.
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

/** Whether the table allows `from` to become `to`; staying is no transition. */
export function mayBecome(from: PersonalIssueState, to: PersonalIssueState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** What settling needs of a provider's tracker (`Tracker` of the mail port fits). */
export interface TrackerFacts {
  trackId: string;
  /** 0 and above: under way; -1 finished; -2 error; -3 cancelled; -4 deferred; -5 pre-moderation; -6 failed moderation; -7 paused. */
  status: number;
  letter: string | null;
  issueId: string | null;
  error: string | null;
}

export type Settlement =
  /** The provider has it and is not done with it. */
  | { state: 'accepted'; trackId: string }
  | { state: 'sent'; trackId: string; letter: string; issueId: string | null }
  | { state: 'refused'; trackId: string; code: string; detail: string }
  /** The tracker tells nothing new: the personal issue is already further. */
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
  // The provider's error code may be shown; its free text may hold the address and is left out.
  const code = tracker.error !== null && /^[a-z0-9_/.-]{1,80}$/i.test(tracker.error) ? ` (${tracker.error})` : '';
  return { state: 'refused', trackId, code: failure.code, detail: `${failure.detail}${code}.` };
}

/**
 * What a tracker means for a personal issue. Late and repeated trackers are harmless: only declared transitions result.
 */
export function settle(attempt: { state: PersonalIssueState }, tracker: TrackerFacts): Settlement {
  const result = outcome(tracker);
  if (attempt.state === 'sending') return mayBecome('uncertain', result.state) ? result : { state: 'unchanged' };
  return mayBecome(attempt.state, result.state) ? result : { state: 'unchanged' };
}

/** One reading of the provider's trackers that did not show the personal issue. */
export interface AbsenceListing {
  begunAt: Date;
  /** Time of the oldest tracker read; null when the listing was read to its very end. */
  reachesBackTo: Date | null;
  /** Every page arrived. */
  complete: boolean;
}

const PROVABLE_MS = 40 * 3_600_000;

/**
 * Whether a call is proven never to have arrived: two complete listings without it, both begun at least
 * `settleSeconds` after the call's deadline and less than 40 hours after the call, each reaching back before it.
 * One listing given twice counts once.
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
