import { allows, LETTER_TRANSITIONS } from '../transitions.ts';

/** States of one letter with one diploma. */
export type PersonalIssueState = keyof typeof LETTER_TRANSITIONS;
export const PERSONAL_ISSUE_STATES = Object.keys(LETTER_TRANSITIONS) as PersonalIssueState[];

/** Whether `from` may become `to`; staying is not a transition. */
export function mayBecome(from: PersonalIssueState, to: PersonalIssueState): boolean {
  return allows(LETTER_TRANSITIONS, from, to);
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
  return mayBecome(attempt.state, result.state) ? result : { state: 'unchanged' };
}

/** One complete or partial listing of the provider's trackers that did not contain the personal issue. */
export interface AbsenceListing {
  begunAt: Date;
  /** Time of the oldest listed tracker; null when the listing reached its end. */
  reachesBackTo: Date | null;
  /** True if every page was read. */
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
