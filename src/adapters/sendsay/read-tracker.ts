import type { Tracker } from '../../ports/mail.ts';
import { type ApiObject, idOf, numberOf, objectOf, readMoscowTime, wireText } from './wire.ts';

export const PERSONAL_ACTION = 'issue.send/personal';

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
  return {
    trackId,
    info: wireText(object['track.info'] ?? object['info']),
    status,
    letter: idOf(param['letter'] ?? field(object, 'letter')),
    issueId: idOf(param['issue.id'] ?? object['issue.id']),
    error: wireText(field(object, 'error')) ?? wireText(param['error']),
    createdAt,
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
