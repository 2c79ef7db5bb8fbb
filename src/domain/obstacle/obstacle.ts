import type { Reason } from '../failure.ts';
import type { HeldReason, ReasonCode } from '../reason-codes.ts';
import { OBSTACLE_TEXTS } from './obstacle-texts.ts';

/**
 * All obstacles, and which purposes (steps or actions) each one stops. The database function `obstacles` finds a
 * certificate's obstacles, with these codes and in this order. All code that needs to know whether a certificate may
 * continue calls that function with a purpose (`records/certificates/obstacles.ts`).
 */

/** The steps and actions that an obstacle can stop. */
export const PURPOSES = {
  patch: 'report "criteria met" to the LMS',
  render: 'draw the diploma',
  'keep-diploma': 'keep the drawn diploma and open its letter',
  send: 'send a letter',
  'new-letter': 'open a new letter with the diploma (resend, retry, or the letter of a new version)',
  'ask-version': 'request a new version with the current data of the LMS and coordinators (reissue)',
  'new-version': 'make a new version with the same data, for a reinstated certificate',
  reinstate: 'make a revoked certificate valid again',
  revoke: 'revoke the certificate',
  'report-issued': 'report to the LMS that the diploma was sent',
  allow: 'waive criteria of the student group',
} as const;
export type Purpose = keyof typeof PURPOSES;

/** Who can end an obstacle: the LMS with new data, a person with a role, or the system with its next steps. */
export type Ender = 'lms' | 'coordinator' | 'admin' | 'system';

interface Rule {
  stops: readonly Purpose[];
  endedBy: readonly Ender[];
  /** The reason code shown to people and in the API. Null: the code of the hold. */
  reason: ReasonCode | null;
  /** The certificate's shown state while the obstacle exists. Null: the obstacle does not change the shown state. */
  shown: 'revoked' | 'held' | 'cancelled' | null;
  /**
   * The code of the hold that a stage opens when it finds the obstacle, so that a person sees it. Null: no hold is needed,
   * because the obstacle is visible anyway; the step continues when the obstacle has ended.
   */
  holdAs: HeldReason | null;
}

const STEPS = ['patch', 'render', 'send'] as const;
const VERSIONS = ['ask-version', 'new-version'] as const;

/** In the order of `rank` in the database: of several obstacles, the first is shown. */
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

/** An obstacle that was found. */
export interface Obstacle {
  code: ObstacleCode;
  /** The reason code of the open hold, if the obstacle is a hold; else null. */
  hold: HeldReason | null;
  /** The value in the obstacle's text: a release, a state, or the LMS's fault; not personal data. Null: the text has none. */
  about: string | null;
  /** When it began; null: unknown. */
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

/** Of the codes that stop a purpose, those without a hold (`holdAs` is null): the certificate waits until they end. */
export function codesThatPark(purpose: Purpose): ObstacleCode[] {
  return codesThatStop(purpose).filter((code) => OBSTACLES[code].holdAs === null);
}

/** Whether new LMS data can end the obstacle. If so, the LMS is queried again before a person's request is refused. */
export function mayLmsEnd(code: ObstacleCode): boolean {
  const { endedBy }: Rule = OBSTACLES[code];
  return endedBy.includes('lms');
}

/** The reason shown to people and in the API for an obstacle. */
export function reasonOf({ code, hold, about }: Pick<Obstacle, 'code' | 'hold' | 'about'>): Reason {
  const { reason }: Rule = OBSTACLES[code];
  const shown = reason ?? hold;
  if (shown === null) throw new Error(`a hold without its code: ${code}`);
  return { code: shown, detail: OBSTACLE_TEXTS[code].en(about ?? '') };
}
