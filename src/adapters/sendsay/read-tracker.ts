import type { LetterOutcome } from '../../domain/letter/personal-issue.ts';
import type { Tracker } from '../../ports/mail.ts';
import { type ApiObject, idOf, numberOf, objectOf, readMoscowTime, wireText } from './wire.ts';

export const PERSONAL_ACTION = 'issue.send/personal';

/** Trackers of personal issues are kept for two days. */
export const REMEMBERS_MS = 48 * 3_600_000;

/** The status of a tracker that has ended. 0 and above are under way; -4 deferred; -5 in moderation; -7 paused. */
const FINISHED = -1;
const FAILURES: ReadonlyMap<number, { code: string; detail: string }> = new Map([
  [-2, { code: 'provider-error', detail: 'The provider finished with an error' }],
  [-3, { code: 'provider-cancelled', detail: 'The issue was cancelled at the provider' }],
  [-6, { code: 'moderation', detail: 'The provider refused the letter in moderation' }],
]);
/** Ended and no letter was formed: the recipient was skipped, mostly since the address is blocked. */
const SKIPPED = { code: 'skipped', detail: 'The provider finished without a letter: the recipient was skipped' };

/**
 * Parses one tracker of `track.get` or `track.list`. Names may be plain (`id`, `dt`, `status`) or have the prefix
 * `track.`; letter fields may be in `param` or beside it. The provider's documentation shows all variants.
 * @returns the tracker, or the name of the unreadable field
 */
export function trackerOf(value: unknown): Tracker | { unreadable: string } {
  const object = objectOf(value);
  if (object === null) return { unreadable: 'element' };
  const param = objectOf(object['param']) ?? {};
  const trackId = idOf(field(object, 'id'));
  if (trackId === null) return { unreadable: 'id' };
  const status = numberOf(field(object, 'status'));
  if (status === null || !Number.isInteger(status)) return { unreadable: 'status' };
  const createdAt = readMoscowTime(field(object, 'dt'));
  if (createdAt === null) return { unreadable: 'dt' };
  const outcome = outcomeOf({
    status,
    letter: idOf(param['letter'] ?? field(object, 'letter')),
    issueId: idOf(param['issue.id'] ?? object['issue.id']),
    error: wireText(field(object, 'error')) ?? wireText(param['error']),
  });
  return { trackId, personalIssueId: wireText(object['track.info'] ?? object['info']), outcome, createdAt };
}

function outcomeOf(tracker: {
  status: number;
  /** Letter number; null where none was formed. */
  letter: string | null;
  issueId: string | null;
  error: string | null;
}): LetterOutcome {
  const { status, letter, issueId, error } = tracker;
  if (status === FINISHED && letter !== null && letter !== '') return { kind: 'sent', letter, issueId };
  const failure = status === FINISHED ? SKIPPED : FAILURES.get(status);
  if (!failure) return { kind: 'under-way' };
  // The provider's error code may be shown; its free text may hold the address and is left out.
  const code = error !== null && /^[a-z0-9_/.-]{1,80}$/i.test(error) ? ` (${error})` : '';
  return {
    kind: 'refused',
    code: failure.code,
    detail: `${failure.detail}${code}.`,
    recipient: failure === SKIPPED,
  };
}

/** False for a tracker that belongs to another kind of call. */
export function isPersonalTracker(value: unknown): boolean {
  const object = objectOf(value);
  const action = object === null ? null : wireText(field(object, 'action'));
  return action === null || action === PERSONAL_ACTION;
}

function field(object: ApiObject, name: string): unknown {
  return object[name] ?? object[`track.${name}`];
}
