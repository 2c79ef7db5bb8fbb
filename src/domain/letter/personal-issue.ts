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

/** The outcome of a letter that a mail provider accepted. Each adapter translates its provider's statuses into it. */
export type LetterOutcome =
  /** The provider has the letter and has not finished it. */
  | { kind: 'under-way' }
  /** The letter was sent; `letter` and `issueId` are its ids at the provider. */
  | { kind: 'sent'; letter: string; issueId: string | null }
  /** The letter will not be sent. `recipient`: the cause is the address. */
  | { kind: 'refused'; code: string; detail: string; recipient: boolean };

export type Settlement =
  | { state: 'accepted'; trackId: string }
  | { state: 'sent'; trackId: string; letter: string; issueId: string | null }
  | { state: 'refused'; trackId: string; code: string; detail: string; recipient: boolean }
  /** The outcome adds nothing: the personal issue is already in a later state. */
  | { state: 'unchanged' };

function toSettlement(trackId: string, outcome: LetterOutcome): Exclude<Settlement, { state: 'unchanged' }> {
  switch (outcome.kind) {
    case 'under-way':
      return { state: 'accepted', trackId };
    case 'sent':
      return { state: 'sent', trackId, letter: outcome.letter, issueId: outcome.issueId };
    case 'refused': {
      const { code, detail, recipient } = outcome;
      return { state: 'refused', trackId, code, detail, recipient };
    }
  }
}

/**
 * The meaning of an outcome for a personal issue. Late and repeated outcomes are harmless, because only allowed
 * transitions result.
 */
export function settle(
  attempt: { state: PersonalIssueState },
  { trackId, outcome }: { trackId: string; outcome: LetterOutcome },
): Settlement {
  const result = toSettlement(trackId, outcome);
  const from = attempt.state === 'sending' ? 'uncertain' : attempt.state;
  return mayBecome(from, result.state) ? result : { state: 'unchanged' };
}

/** One complete or partial listing of the provider's trackers that did not contain the personal issue. */
export interface AbsenceListing {
  begunAt: Date;
  /** Time of the oldest listed tracker; null when the listing reached its end. */
  reachesBackTo: Date | null;
  /** True when every page was read. */
  complete: boolean;
}

/**
 * Whether a call is proven never to have arrived: two complete listings without it, both started at least
 * `settleSeconds` after the call's deadline and less than `provableMs` after the call, each reaching back before it.
 * One listing given twice counts once.
 */
export function provenAbsent(input: {
  callStartedAt: Date;
  callDeadline: Date;
  listings: readonly AbsenceListing[];
  settleSeconds: number;
  provableMs: number;
}): boolean {
  const started = input.callStartedAt.getTime();
  const settled = input.callDeadline.getTime() + input.settleSeconds * 1000;
  const proofs = new Set<number>();
  for (const { begunAt, reachesBackTo, complete } of input.listings) {
    const begun = begunAt.getTime();
    const reaches = reachesBackTo === null || reachesBackTo.getTime() < started;
    if (complete && reaches && begun >= settled && begun < started + input.provableMs) proofs.add(begun);
  }
  return proofs.size >= 2;
}
