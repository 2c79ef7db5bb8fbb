import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';

/** A slot and a moment for one call. */
export interface Taken {
  /** Null where only the rate is limited. */
  slot: number | null;
  /** Identifies this lease of the slot. */
  holder: string;
  /** Milliseconds until the reserved moment. */
  wait: number;
  /** On the monotonic clock, taken before the slot was. */
  since: number;
}

export interface Exchange {
  /** Slots whose calls have ended. */
  back: readonly Taken[];
  /** For how many calls a slot and a moment are wanted. */
  want: number;
  /** All slots that this process holds, `back` included. */
  held: readonly number[];
  /** Whether this process asks for a slot of another one, which then gives it up at the end of its call. */
  urgent: boolean;
}

export interface Exchanged {
  /** At most `want`; none when no slot is free or the next moment is far. */
  taken: Taken[];
  /** Milliseconds until the next moment that nobody has reserved. */
  backlog: number;
}

/** Gives slots back and takes others, in one round trip. */
export type ExchangeSlots = (exchange: Exchange) => Promise<Exchanged>;

export interface Limits {
  /** Name of the external service. */
  name: string;
  group: string;
  /** Null: only the rate is limited. */
  concurrency: number | null;
  leaseSeconds: number;
  /** Moments further ahead are not reserved, in milliseconds. */
  horizonMs: number;
}

/** How long a slot is kept for the process that asked for it. Longer than its pause between two looks. */
const WANTED_MS = 100;

/**
 * Between two calls: the set interval, and more after the service has refused calls. That part halves every two seconds,
 * so that the limit of the service is found again and again, and a service that refuses one call of a hundred by chance is
 * called almost as often as is set.
 */
export const INTERVAL_US = `(interval_us + case when slow_us = 0 then 0 else
  slow_us * power(0.5, least(60, greatest(0, extract(epoch from clock_timestamp() - slowed_at) / 2))) end)`;

/** How many moments are near. One unused moment may be caught up, so that the average rate is reached. */
const STEP = `${INTERVAL_US} * interval '1 microsecond'`;
const BASE = `greatest(next_at, clock_timestamp() - ${STEP})`;
const ROOM = `
  select least(:want, 1 + floor(extract(epoch from clock_timestamp() + :horizon * interval '1 millisecond' - ${BASE})
    * 1000000 / ${INTERVAL_US}))::integer as moments
  from gate_rate where name = :name and next_at < clock_timestamp() + :horizon * interval '1 millisecond'`;
const RATE = `
  update gate_rate set next_at = ${BASE} + taken.calls * ${STEP}
  from (select count(*) as calls from taken) as taken where name = :name and taken.calls > 0
  returning extract(epoch from next_at - taken.calls * ${STEP} - clock_timestamp()) * 1000 as wait`;

/**
 * Only with a slot a moment is reserved. A slot that is given back is taken again at once, except when another process
 * asked for it. Without a new slot the change is not flushed to disk: other sessions see it at once, and after a crash
 * the lease frees the slot.
 */
const EXCHANGE = `
  with room as materialized (${ROOM}),
  back as materialized (
    select s.slot, s.slot < :concurrency and (s.wanted_until < clock_timestamp() or s.wanted_by = :self) as usable
    from gate_slot s join unnest(:slots::integer[], :holders::uuid[]) as b(slot, holder) using (slot, holder)
    where s.name = :name and s.slot_group = :group for update of s),
  free as materialized (
    select slot from gate_slot
    where name = :name and slot_group = :group and slot < :concurrency and slot <> all (:held::integer[])
      and leased_until < clock_timestamp() and (wanted_until < clock_timestamp() or wanted_by = :self)
    order by slot limit greatest(0, coalesce((select moments from room), 0) - (select count(*) from back where usable))
    for update skip locked),
  taken as materialized (
    select slot from (select slot from back where usable union all select slot from free) as usable
    limit (select coalesce(max(moments), 0) from room)),
  changed as (
    update gate_slot as s set holder = case when t.slot is not null then :holder::uuid end,
      leased_until = case when t.slot is null then '-infinity' else clock_timestamp() + make_interval(secs => :lease) end,
      wanted_until = case when t.slot is null then s.wanted_until else '-infinity' end
    from (select slot from back union all select slot from free) as c left join taken as t using (slot)
    where s.name = :name and s.slot_group = :group and s.slot = c.slot),
  asked as (
    update gate_slot set wanted_by = :self, wanted_until = clock_timestamp() + interval '${WANTED_MS} ms'
    where :urgent and (name, slot_group, slot) = (
      select name, slot_group, slot from gate_slot
      where name = :name and slot_group = :group and slot < :concurrency and slot <> all (:held::integer[])
        and leased_until > clock_timestamp() and (wanted_until < clock_timestamp() or wanted_by = :self)
        and exists (select from room) and not exists (select from taken)
      order by wanted_by = :self desc nulls last, leased_until limit 1 for update skip locked)),
  rate as (${RATE})
  select array(select slot from taken) as slots, (select wait from rate)::float8 as wait,
    (${INTERVAL_US} / 1000.0)::float8 as step, extract(epoch from next_at - clock_timestamp())::float8 * 1000 as backlog,
    case when not exists (select from taken) then set_config('synchronous_commit', 'off', true) end
  from gate_rate where name = :name`;

const MOMENTS = `
  with taken as (select generate_series(1, moments) from (${ROOM}) as room),
  rate as (${RATE})
  select array(select null::integer from taken) as slots, (select wait from rate)::float8 as wait,
    (${INTERVAL_US} / 1000.0)::float8 as step, extract(epoch from next_at - clock_timestamp())::float8 * 1000 as backlog
  from gate_rate where name = :name`;

interface Row {
  slots: (number | null)[];
  wait: number | null;
  step: number;
  backlog: number;
}

/** Slots and moments of one process. */
export function openSlots(knex: Knex, limits: Limits): ExchangeSlots {
  const { name, group, concurrency, leaseSeconds, horizonMs } = limits;
  const statement = concurrency === null ? MOMENTS : EXCHANGE;
  const self = randomUUID();
  return async ({ back, want, held, urgent }) => {
    const holder = randomUUID();
    const since = performance.now();
    const { rows } = await knex.raw<{ rows: Row[] }>(statement, {
      name,
      group,
      concurrency,
      lease: leaseSeconds,
      horizon: horizonMs,
      self,
      holder,
      want,
      urgent,
      held,
      slots: back.map(({ slot }) => slot),
      holders: back.map((taken) => taken.holder),
    });
    const [row] = rows;
    if (row === undefined) throw new Error(`rate limiter ${name}: its rate is not stored in the database`);
    const { slots, wait, step, backlog } = row;
    const taken = slots.map((slot, nth) => ({ slot, holder, wait: (wait ?? 0) + nth * step, since }));
    return { taken, backlog };
  };
}
