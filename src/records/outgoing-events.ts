import { z } from 'zod';
import { EVENT_TYPES, type OutgoingEvent } from '../domain/outgoing-event.ts';
import { type Db, parseRows } from './rows.ts';

/** Makes the addresses of the settings those that get events from now on; an address that is gone gets no new ones. */
export async function setSubscribers(db: Db, urls: readonly string[], at: Date): Promise<void> {
  await db.raw(
    `with wanted as (select unnest(:urls::text[]) as url),
       gone as (update subscriber set ended_at = :at where ended_at is null and url not in (select url from wanted)
         returning id),
       dropped as (update outgoing_delivery d set state = 'given-up', next_at = null, ended_at = :at,
         last_error = 'the address was removed from the settings' from gone where d.subscriber_id = gone.id
         and d.state = 'waiting')
     insert into subscriber (url, since) select url, :at from wanted
     on conflict (url) do update set ended_at = null, since = case when subscriber.ended_at is null then subscriber.since else :at end
       where subscriber.ended_at is not null`,
    { urls: [...urls], at },
  );
}

const Event = z.object({
  id: z.uuid(),
  type: z.enum(EVENT_TYPES),
  happened_at: z.date(),
  student_group_id: z.string(),
  release_id: z.string().nullable(),
  certificate_id: z.uuid().nullable(),
  letter_id: z.uuid().nullable(),
  reason_code: z.string().nullable(),
});
const toEvent = (row: z.infer<typeof Event>): OutgoingEvent => ({
  id: row.id,
  type: row.type,
  happenedAt: row.happened_at,
  studentGroupId: row.student_group_id,
  releaseId: row.release_id,
  certificateId: row.certificate_id,
  letterId: row.letter_id,
  reasonCode: row.reason_code,
});

/** Of the certificate; without one, of the student group. */
const RELEASE = `(select coalesce(
  (select release_id from certificate where id = e.certificate_id),
  (select release_id from student_group where id = e.student_group_id)))`;

const Claimed = Event.extend({ subscriber_id: z.int(), url: z.string(), attempts: z.int() }).transform((row) => ({
  event: toEvent(row),
  subscriberId: row.subscriber_id,
  url: row.url,
  /** Attempts with this one. */
  attempts: row.attempts,
}));
export type ClaimedDelivery = z.infer<typeof Claimed>;

/**
 * Takes deliveries that are due. They are due again at `lostAt` unless `endDelivery` records an outcome, so a process
 * that dies loses none.
 */
export async function claimDeliveries(
  db: Db,
  { most, lostAt }: { most: number; lostAt: Date },
  at: Date,
): Promise<ClaimedDelivery[]> {
  const { rows } = await db.raw(
    `with due as (
       select event_id, subscriber_id from outgoing_delivery where state = 'waiting' and next_at <= :at
       order by next_at limit :most for update skip locked),
     claimed as (
       update outgoing_delivery d set attempts = d.attempts + 1, next_at = :lostAt from due
       where d.event_id = due.event_id and d.subscriber_id = due.subscriber_id
       returning d.event_id, d.subscriber_id, d.attempts)
     select e.*, ${RELEASE} as release_id, c.subscriber_id, c.attempts, s.url
     from claimed c join outgoing_event e on e.id = c.event_id join subscriber s on s.id = c.subscriber_id
     order by e.sequence`,
    { most, lostAt, at },
  );
  return parseRows(Claimed, rows);
}

/** Records how an attempt ended, unless a later attempt has begun meanwhile. */
export async function endDelivery(
  db: Db,
  { event, subscriberId, attempts }: Pick<ClaimedDelivery, 'event' | 'subscriberId' | 'attempts'>,
  outcome: {
    state: 'waiting' | 'delivered' | 'given-up';
    nextAt: Date | null;
    status: number | null;
    error: string | null;
  },
  at: Date,
): Promise<void> {
  await db('outgoing_delivery')
    .where({ event_id: event.id, subscriber_id: subscriberId, attempts, state: 'waiting' })
    .update({
      state: outcome.state,
      next_at: outcome.nextAt,
      last_status: outcome.status,
      last_error: outcome.error,
      ended_at: outcome.state === 'waiting' ? null : at,
    });
}

const Listed = Event.extend({
  sequence: z.coerce.number(),
  deliveries: z.array(
    z.object({
      subscriberId: z.int(),
      /** Host of the address, because the address may hold a secret of the receiver. */
      host: z.string().transform((url) => new URL(url).host),
      state: z.enum(['waiting', 'delivered', 'given-up']),
      attempts: z.int(),
      nextAt: z.coerce.date().nullable(),
      lastStatus: z.int().nullable(),
      lastError: z.string().nullable(),
      endedAt: z.coerce.date().nullable(),
    }),
  ),
}).transform((row) => ({ ...toEvent(row), sequence: row.sequence, deliveries: row.deliveries }));
export type ListedEvent = z.infer<typeof Listed>;
export const DELIVERY_STATES = ['waiting', 'delivered', 'given-up'] as const;

/** A page of events with their deliveries, newest first, before the event with the given sequence number. */
export async function selectEvents(
  db: Db,
  filter: { type: string | null; state: (typeof DELIVERY_STATES)[number] | null; studentGroupId: string | null },
  { before, limit }: { before: number | null; limit: number },
): Promise<ListedEvent[]> {
  const query = db('outgoing_event as e').orderBy('e.sequence', 'desc').limit(limit);
  if (filter.type !== null) query.where('e.type', filter.type);
  if (filter.studentGroupId !== null) query.where('e.student_group_id', filter.studentGroupId);
  if (filter.state !== null)
    query.whereExists(db('outgoing_delivery').where({ state: filter.state }).whereRaw('event_id = e.id'));
  if (before !== null) query.where('e.sequence', '<', before);
  return parseRows(Listed, await query.select('e.*', ...derived(db)));
}

export async function selectEvent(db: Db, id: string): Promise<ListedEvent | null> {
  return (
    parseRows(
      Listed,
      await db('outgoing_event as e')
        .where({ id })
        .select('e.*', ...derived(db)),
    )[0] ?? null
  );
}

const derived = (db: Db) => [
  db.raw(`${RELEASE} as release_id`),
  db.raw(`coalesce((select jsonb_agg(jsonb_build_object('subscriberId', d.subscriber_id, 'host',
      s.url, 'state', d.state, 'attempts', d.attempts,
      'nextAt', d.next_at, 'lastStatus', d.last_status, 'lastError', d.last_error, 'endedAt', d.ended_at) order by d.subscriber_id)
    from outgoing_delivery d join subscriber s on s.id = d.subscriber_id where d.event_id = e.id), '[]') as deliveries`),
];

/** Posts an event again to every address of the settings, also to those that have it; returns how many. */
export async function replayEvent(db: Db, id: string, at: Date): Promise<number> {
  const { rowCount } = await db.raw(
    `insert into outgoing_delivery (event_id, subscriber_id, next_at)
     select :id, id, :at from subscriber where ended_at is null
     on conflict (event_id, subscriber_id) do update
       set state = 'waiting', attempts = 0, next_at = :at, ended_at = null, last_status = null, last_error = null`,
    { id, at },
  );
  return rowCount;
}

/** Deletes events from before a time that wait for nothing. */
export async function forgetEvents(db: Db, before: Date): Promise<void> {
  await db('outgoing_event as e')
    .where('e.happened_at', '<', before)
    .whereNotExists(db('outgoing_delivery').where({ state: 'waiting' }).whereRaw('event_id = e.id'))
    .delete();
}

/** Deliveries that wait for a retry, and those that were given up. */
export async function countDeliveries(db: Db): Promise<{ state: string; count: number }[]> {
  const { rows } = await db.raw<{ rows: { state: string; count: string }[] }>(
    `select 'waiting' as state, count(*) from outgoing_delivery where state = 'waiting'
     union all select 'given-up', count(*) from outgoing_delivery where state = 'given-up'`,
  );
  return rows.map(({ state, count }) => ({ state, count: Number(count) }));
}
