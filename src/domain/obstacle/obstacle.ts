import type { Reason } from '../failure.ts';
import type { HeldReason, ReasonCode } from '../reason-codes.ts';
import { OBSTACLE_TEXTS } from './obstacle-texts.ts';

/**
 * What keeps a certificate from going on, and from what. The database function `obstacles` finds them, in this order and
 * under these codes; whoever asks "may it go on?" asks that function by a purpose (`records/certificates/obstacles.ts`).
 */

/** What may be stopped. */
export const PURPOSES = {
  patch: 'the LMS is told that the criteria are met',
  render: 'the diploma is drawn',
  'keep-diploma': 'the diploma that was drawn is kept, and its letter opened',
  send: 'a letter leaves',
  'new-letter': 'a new letter of the diploma is opened: resend, retry, and the letter of a new version',
  'ask-version': 'a person asks for a new version of the facts as the LMS and coordinators tell them now: reissue',
  'new-version': 'a new version is made of the same facts: what a reinstated certificate waits for',
  reinstate: 'a person gives a revoked certificate its validity back',
  revoke: 'a person takes the validity away',
  'report-issued': 'the LMS is told that the diploma was sent',
  allow: 'a person waives criteria of the student group',
} as const;
export type Purpose = keyof typeof PURPOSES;

/** Who may end an obstacle: the LMS by what it tells, a person by their role, or the system by going on. */
export type Ender = 'lms' | 'coordinator' | 'admin' | 'system';

interface Rule {
  stops: readonly Purpose[];
  endedBy: readonly Ender[];
  /** The reason code that people and API see. Null: the code of the hold itself. */
  reason: ReasonCode | null;
  /** The state in which the certificate is shown meanwhile. Null: its own, whatever that is. */
  shown: 'revoked' | 'held' | 'cancelled' | null;
  /**
   * The hold that the stage opens when it meets the obstacle, so that a person sees it. Null: it can be seen without,
   * and the step is taken up when it has ended.
   */
  holdAs: HeldReason | null;
}

const STEPS = ['patch', 'render', 'send'] as const;
const VERSIONS = ['ask-version', 'new-version'] as const;

/** In the order of the database's ranks: the first of several is the one that is told. */
export const OBSTACLES = {
  revoked: {
    stops: [...STEPS, 'keep-diploma', 'new-letter', ...VERSIONS, 'revoke', 'report-issued'],
    endedBy: ['coordinator'],
    reason: 'revoked',
    shown: 'revoked',
    holdAs: null,
  },
  erased: {
    stops: [...STEPS, 'keep-diploma', 'new-letter', ...VERSIONS, 'reinstate', 'revoke', 'report-issued'],
    endedBy: [],
    reason: 'erased',
    shown: null,
    holdAs: null,
  },
  'outcome-unknown': {
    stops: [...STEPS, 'new-letter', ...VERSIONS],
    endedBy: ['coordinator'],
    reason: 'outcome-unknown',
    shown: 'held',
    holdAs: null,
  },
  'signing-key-missing': {
    stops: STEPS,
    endedBy: ['admin', 'system'],
    reason: 'signing-key-missing',
    shown: 'held',
    holdAs: null,
  },
  held: { stops: STEPS, endedBy: ['coordinator', 'lms'], reason: null, shown: 'held', holdAs: null },
  'lms-gone': {
    stops: [...STEPS, 'new-letter', 'ask-version'],
    endedBy: ['lms'],
    reason: 'lms-gone',
    shown: 'held',
    holdAs: null,
  },
  'lms-invalid': {
    stops: [...STEPS, 'new-letter', 'ask-version'],
    endedBy: ['lms'],
    reason: 'lms-invalid',
    shown: 'held',
    holdAs: null,
  },
  'moved-untold': {
    stops: [...STEPS, 'new-letter'],
    endedBy: ['lms'],
    reason: 'lms-conflict',
    shown: 'held',
    holdAs: null,
  },
  'moved-unseen': {
    stops: [...STEPS, 'new-letter'],
    endedBy: ['lms', 'coordinator'],
    reason: 'lms-conflict',
    shown: 'held',
    holdAs: null,
  },
  'release-moved': {
    stops: ['ask-version', 'report-issued'],
    endedBy: ['lms'],
    reason: 'lms-conflict',
    shown: null,
    holdAs: null,
  },
  'batch-cancelled': {
    stops: STEPS,
    endedBy: ['coordinator'],
    reason: 'batch-cancelled',
    shown: 'cancelled',
    holdAs: null,
  },
  'batch-paused': { stops: STEPS, endedBy: ['coordinator'], reason: 'batch-paused', shown: null, holdAs: null },
  excluded: {
    stops: [...STEPS, 'new-letter', ...VERSIONS, 'reinstate', 'allow'],
    endedBy: ['coordinator'],
    reason: 'excluded',
    shown: null,
    holdAs: 'excluded',
  },
  'excluded-elsewhere': {
    stops: [...STEPS, 'new-letter', ...VERSIONS, 'reinstate', 'allow'],
    endedBy: ['coordinator'],
    reason: 'excluded',
    shown: null,
    holdAs: 'excluded',
  },
  expelled: {
    stops: [...STEPS, 'new-letter', 'ask-version', 'allow'],
    endedBy: ['lms'],
    reason: 'lms-conflict',
    shown: null,
    holdAs: 'lms-conflict',
  },
  'other-student': {
    stops: ['ask-version'],
    endedBy: ['lms'],
    reason: 'lms-conflict',
    shown: null,
    holdAs: null,
  },
  'consent-withdrawn': {
    stops: [...STEPS, 'new-letter', ...VERSIONS, 'reinstate'],
    endedBy: ['lms'],
    reason: 'consent-withdrawn',
    shown: null,
    holdAs: 'consent-withdrawn',
  },
  'judged-not-met': {
    stops: ['patch', ...VERSIONS, 'reinstate'],
    endedBy: ['lms', 'coordinator'],
    reason: 'lms-conflict',
    shown: null,
    holdAs: 'lms-conflict',
  },
  'lms-not-told': {
    stops: ['render', 'send', 'report-issued'],
    endedBy: ['system'],
    reason: 'lms-not-told',
    shown: null,
    holdAs: null,
  },
  'address-changed': {
    stops: ['send'],
    endedBy: ['lms', 'coordinator'],
    reason: 'email-invalid',
    shown: null,
    holdAs: 'email-invalid',
  },
  'version-asked': {
    stops: [...STEPS, 'keep-diploma', 'new-letter', 'ask-version', 'reinstate'],
    endedBy: ['system'],
    reason: 'under-way',
    shown: null,
    holdAs: null,
  },
  'letter-in-flight': {
    stops: ['new-letter', ...VERSIONS],
    endedBy: ['system'],
    reason: 'under-way',
    shown: null,
    holdAs: null,
  },
  'letter-waiting': { stops: ['new-letter'], endedBy: ['system'], reason: 'under-way', shown: null, holdAs: null },
  'not-drawn': { stops: ['new-letter'], endedBy: ['system'], reason: 'not-rendered', shown: null, holdAs: null },
} as const satisfies Record<string, Rule>;
export type ObstacleCode = keyof typeof OBSTACLES;
export const OBSTACLE_CODES = Object.keys(OBSTACLES) as ObstacleCode[];

/** One that was found. */
export interface Obstacle {
  code: ObstacleCode;
  /** The reason code of the hold, where it is one. */
  hold: HeldReason | null;
  /** What its text names: a release, a state, the LMS's fault; no personal data. Null where nothing is to be named. */
  about: string | null;
  /** Null where it is not known. */
  since: Date | null;
}

/** The codes that stop one of these purposes, in their order. */
export function codesThatStop(...purposes: Purpose[]): ObstacleCode[] {
  return OBSTACLE_CODES.filter((code) => purposes.some((purpose) => isStoppedBy(purpose, code)));
}

export function isStoppedBy(purpose: Purpose, code: ObstacleCode): boolean {
  const { stops }: Rule = OBSTACLES[code];
  return stops.includes(purpose);
}

/** Those of them that a stage need not show a person first: the certificate waits until they have ended. */
export function codesThatPark(purpose: Purpose): ObstacleCode[] {
  return codesThatStop(purpose).filter((code) => OBSTACLES[code].holdAs === null);
}

/** Whether what the LMS tells may end it: it is asked again before anybody is refused for it. */
export function mayLmsEnd(code: ObstacleCode): boolean {
  const { endedBy }: Rule = OBSTACLES[code];
  return endedBy.includes('lms');
}

/** An obstacle as people and API see it. */
export function reasonOf({ code, hold, about }: Pick<Obstacle, 'code' | 'hold' | 'about'>): Reason {
  const { reason }: Rule = OBSTACLES[code];
  const shown = reason ?? hold;
  if (shown === null) throw new Error(`a hold without its code: ${code}`);
  return { code: shown, detail: OBSTACLE_TEXTS[code].en(about ?? '') };
}
