import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Knex } from 'knex';

export interface GateSettings {
  /** Name of the external service. Rate limiters with the same name share one rate. */
  name: string;
  /** Slots are counted per name and group, so reads and changes can have separate slots. Default `main`. */
  group?: string;
  /** Requests per second, evenly spaced, over all workers on all hosts. Set it below the service's own limit. */
  ratePerSecond: number;
  /** Maximum concurrent calls of this group over all workers on all hosts; null: only the rate is limited. */
  concurrency: number | null;
  /** How long a slot stays taken when its holder dies, in seconds; must exceed the longest call. */
  leaseSeconds: number;
  /** Maximum time in seconds to wait for a slot; after it GateBusy is thrown. Default 60. */
  maxWaitSeconds?: number;
  /** Is told in milliseconds how long each call waited for its slot and its moment. */
  waited?: (milliseconds: number) => void;
  /** Sleeps for milliseconds; rejects when the signal aborts. Default is real time. */
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
}

/** No slot became free within the maximum wait; the call was not started. */
export class GateBusy extends Error {
  override readonly name = 'GateBusy';
}

/**
 * Runs `call` when a slot and a moment to send are free. Its signal aborts before the lease expires (counted from
 * acquisition, so waiting for the moment is included), and when `cancel` aborts; `cancel` also ends the wait.
 */
export type Gate = <T>(call: (signal: AbortSignal) => Promise<T>, cancel?: AbortSignal) => Promise<T>;

/** In milliseconds. No moment further ahead is reserved, so that a penalty affects everybody. */
const HORIZON_MS = 1000;
/**
 * In milliseconds. With a slot, only a moment this near is reserved, so that nobody holds a slot that another could
 * use.
 */
const NEAR_MS = 5;

/** One unused moment may be caught up, so that the average rate is reached. */
const RESERVE = `
  update gate_rate set next_at = greatest(next_at, clock_timestamp() - interval_us * interval '1 microsecond')
    + interval_us * interval '1 microsecond'`;
const SOON = `next_at < clock_timestamp() + :horizon * interval '1 millisecond'`;
const RESERVED = `next_at - interval_us * interval '1 microsecond' as send_at`;
const BACKLOG = `(select extract(epoch from next_at - clock_timestamp()) * 1000 from gate_rate where name = :name)::float8`;
const WAIT = `extract(epoch from rate.send_at - clock_timestamp()) * 1000`;

/** One round trip: takes a free or expired slot, and only with it reserves the next moment to send. */
const TAKE_SLOT = `
  with slot as (
    update gate_slot set holder = :holder, leased_until = clock_timestamp() + make_interval(secs => :lease)
    where (name, slot_group, slot) = (
      select name, slot_group, slot from gate_slot
      where name = :name and slot_group = :group and slot < :concurrency and leased_until < clock_timestamp()
        and exists (select 1 from gate_rate where name = :name and ${SOON})
      order by slot limit 1 for update skip locked)
    returning slot),
  rate as (${RESERVE} where name = :name and exists (select 1 from slot) returning ${RESERVED})
  select (select slot from slot) as slot, (select ${WAIT} from rate)::float8 as wait, ${BACKLOG} as backlog`;

const TAKE_MOMENT = `
  with rate as (${RESERVE} where name = :name and ${SOON} returning ${RESERVED})
  select null as slot, (select ${WAIT} from rate)::float8 as wait, ${BACKLOG} as backlog`;

/** No synchronous flush to disk: other sessions see the change at once, and after a crash the lease frees the slot. */
const GIVE_BACK = `
  update gate_slot set holder = null, leased_until = '-infinity'
  where name = :name and slot_group = :group and slot = :slot and holder = :holder
  returning set_config('synchronous_commit', 'off', true)`;

interface Taken {
  slot: number | null;
  /** Milliseconds until the reserved moment; null when no slot was free. */
  wait: number | null;
  /** Milliseconds until the next unreserved moment. */
  backlog: number | null;
}

interface Acquired {
  slot: number | null;
  /** Milliseconds until the reserved moment. */
  wait: number;
  /** On the monotonic clock, taken before the slot was acquired. */
  since: number;
}

/**
 * A rate limiter (gate) for an external service: at most `concurrency` concurrent calls and `ratePerSecond` calls per
 * second for all workers together, kept in PostgreSQL. In each process only the first waiting caller queries the
 * database. The slot of a killed holder stays taken until its lease expires, because the service may still work on that
 * call. Rows are created and changed settings applied before the first call.
 */
export function createGate(knex: Knex, settings: GateSettings): Gate {
  const { name, group = 'main', concurrency, leaseSeconds, maxWaitSeconds = 60, sleep = realSleep, waited } = settings;
  const statement = concurrency === null ? TAKE_MOMENT : TAKE_SLOT;
  const horizon = concurrency === null ? HORIZON_MS : NEAR_MS;
  const line = createLine();
  let installed: Promise<void> | undefined;
  /** Wakes the first caller in the queue. */
  let wake = (): void => undefined;

  async function ready(): Promise<void> {
    installed ??= installGate(knex, settings);
    await installed.catch((error: unknown) => {
      installed = undefined;
      throw error;
    });
  }

  async function acquire(holder: string, cancel?: AbortSignal): Promise<Acquired> {
    const began = performance.now();
    await line.enter(cancel);
    try {
      return await take(holder, began, cancel);
    } finally {
      line.leave();
    }
  }

  async function take(holder: string, began: number, cancel?: AbortSignal): Promise<Acquired> {
    for (let pause = 3; ; pause = Math.min(pause * 1.5, 12)) {
      cancel?.throwIfAborted();
      const since = performance.now();
      const { rows } = await knex.raw<{ rows: Taken[] }>(statement, {
        holder,
        name,
        group,
        concurrency,
        horizon,
        lease: leaseSeconds,
      });
      const [taken] = rows;
      if (taken === undefined || taken.backlog === null)
        throw new Error(`rate limiter ${name}: its rate is not stored in the database`);
      if (taken.wait !== null) return { slot: taken.slot, wait: taken.wait, since };
      if (performance.now() - began > maxWaitSeconds * 1000)
        throw new GateBusy(`${name}: no slot became free within ${maxWaitSeconds} s`);
      const far = Math.min(taken.backlog - 0.8 * horizon, 5000);
      await rest(Math.max(pause + Math.random() * pause, far), cancel);
    }
  }

  async function release(holder: string, slot: number | null): Promise<void> {
    if (slot === null) return;
    // The call's result must not be lost when the slot cannot be released; its lease expires by itself.
    await knex.raw(GIVE_BACK, { name, group, slot, holder }).catch(() => undefined);
    wake();
  }

  /** Waits for the given time, or until this process releases a slot. */
  async function rest(milliseconds: number, cancel?: AbortSignal): Promise<void> {
    const woken = new AbortController();
    wake = () => woken.abort();
    const signal = cancel === undefined ? woken.signal : AbortSignal.any([woken.signal, cancel]);
    await sleep(milliseconds, signal).catch((error: unknown) => {
      if (!woken.signal.aborted) throw error;
    });
  }

  return async (call, cancel) => {
    await ready();
    const began = performance.now();
    const holder = randomUUID();
    const { slot, wait: until, since } = await acquire(holder, cancel);
    try {
      const margin = Math.min(5000, leaseSeconds * 250);
      const left = Math.max(0, leaseSeconds * 1000 - margin - (performance.now() - since));
      const lapse = AbortSignal.timeout(Math.round(left));
      const signal = cancel === undefined ? lapse : AbortSignal.any([lapse, cancel]);
      if (until > 0) await sleep(Math.ceil(until), signal);
      signal.throwIfAborted();
      waited?.(performance.now() - began);
      return await call(signal);
    } finally {
      await release(holder, slot);
    }
  };
}

/**
 * Creates a gate's rows or applies changed settings; idempotent on any number of hosts.
 * @throws Error when `concurrency` is below 1, because such a rate limiter would allow no call
 */
export async function installGate(knex: Knex, settings: GateSettings): Promise<void> {
  const { name, group = 'main', ratePerSecond, concurrency } = settings;
  if (concurrency !== null && concurrency < 1) throw new Error(`rate limiter ${name}: concurrency must be at least 1`);
  await knex('gate_rate')
    .insert({ name, interval_us: Math.ceil(1_000_000 / ratePerSecond) })
    .onConflict('name')
    .merge(['interval_us']);
  if (concurrency === null) return;
  const slots = Array.from({ length: concurrency }, (_, slot) => ({ name, slot_group: group, slot }));
  await knex('gate_slot').insert(slots).onConflict(['name', 'slot_group', 'slot']).ignore();
  // Slots above a lowered limit are deleted when they are free; until then they are never taken again.
  await knex('gate_slot')
    .where({ name, slot_group: group })
    .where('slot', '>=', concurrency)
    .whereRaw('leased_until < clock_timestamp()')
    .del();
}

/**
 * Call it after the service answered "too many requests": no worker starts another call for `seconds`, except at
 * moments that are already reserved.
 */
export async function penalise(knex: Knex, name: string, seconds: number): Promise<void> {
  await knex('gate_rate')
    .where({ name })
    .update({ next_at: knex.raw('greatest(next_at, clock_timestamp() + make_interval(secs => ?))', [seconds]) });
}

/** A FIFO queue of callers; a caller that cancels leaves at once. */
function createLine(): { enter(cancel?: AbortSignal): Promise<void>; leave(): void } {
  const behind: (() => void)[] = [];
  let taken = false;
  return {
    async enter(cancel) {
      cancel?.throwIfAborted();
      if (!taken) {
        taken = true;
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const giveUp = (): void => {
          behind.splice(behind.indexOf(turn), 1);
          reject(cancel?.reason);
        };
        const turn = (): void => {
          cancel?.removeEventListener('abort', giveUp);
          resolve();
        };
        behind.push(turn);
        cancel?.addEventListener('abort', giveUp, { once: true });
      });
    },
    leave() {
      const next = behind.shift();
      if (next === undefined) taken = false;
      else next();
    },
  };
}

async function realSleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
}
