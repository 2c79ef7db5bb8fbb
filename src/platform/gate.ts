import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Knex } from 'knex';

export interface GateSettings {
  /** The service whose limits are kept. Gates of one name share one rate. */
  name: string;
  /** Slots are counted per name and group, so that reads and changes can each have their own. Default `main`. */
  group?: string;
  /** Requests a second, evenly spaced, over all workers on all hosts. Set it below the service's own limit. */
  ratePerSecond: number;
  /** Most calls of this group at once, over all workers on all hosts; null: only the rate is kept. */
  concurrency: number | null;
  /** How long a slot stays taken when its holder dies; must exceed the longest call. */
  leaseSeconds: number;
  /** How long a caller waits for its turn before it is turned away with GateBusy, in seconds. Default 60. */
  patienceSeconds?: number;
  /** Milliseconds; rejects when the signal aborts. Real time by default. */
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
}

/** No turn came within the gate's patience; the call was not begun. */
export class GateBusy extends Error {
  override readonly name = 'GateBusy';
}

/**
 * Runs `call` once a slot and a moment are free. Its signal aborts before the lease lapses (counted from acquisition,
 * so the wait for the moment is included), and when `cancel` aborts; waiting ends with `cancel` too.
 */
export type Gate = <T>(call: (signal: AbortSignal) => Promise<T>, cancel?: AbortSignal) => Promise<T>;

/** A moment further ahead than this is not reserved: a penalty meets all. Milliseconds. */
const HORIZON_MS = 1000;
/** With a slot only a moment this near is reserved: nobody sits on a slot that another could use. Milliseconds. */
const NEAR_MS = 5;

/** A moment that came while nobody asked is made up for, one at most: the rate is kept on average, too. */
const RESERVE = `
  update gate_rate set next_at = greatest(next_at, clock_timestamp() - interval_us * interval '1 microsecond')
    + interval_us * interval '1 microsecond'`;
const SOON = `next_at < clock_timestamp() + :horizon * interval '1 millisecond'`;
const RESERVED = `next_at - interval_us * interval '1 microsecond' as send_at`;
const BACKLOG = `(select extract(epoch from next_at - clock_timestamp()) * 1000 from gate_rate where name = :name)::float8`;
const WAIT = `extract(epoch from rate.send_at - clock_timestamp()) * 1000`;

/** One round trip: takes a free or lapsed slot and, only with it, the next moment to send. */
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

/** Not flushed to disk at once: until it is, others see it already, and after a crash the lease frees the slot. */
const GIVE_BACK = `
  update gate_slot set holder = null, leased_until = '-infinity'
  where name = :name and slot_group = :group and slot = :slot and holder = :holder
  returning set_config('synchronous_commit', 'off', true)`;

interface Taken {
  slot: number | null;
  /** Milliseconds until the reserved moment; null when nothing was free. */
  wait: number | null;
  /** Milliseconds until the next unreserved moment. */
  backlog: number | null;
}

interface Acquired {
  slot: number | null;
  /** Milliseconds until the reserved moment. */
  wait: number;
  /** On the monotonic clock, before the slot was taken. */
  since: number;
}

/**
 * A gate before an outside service: at most `concurrency` calls at once and `ratePerSecond` a second, by all workers
 * together, kept in PostgreSQL. Of a process's callers only the first in line asks the database. A slot whose holder was
 * killed stays taken until its lease lapses, since the service may still be working on that call. Rows are installed, and
 * changed settings applied, before the first call.
 */
export function createGate(knex: Knex, settings: GateSettings): Gate {
  const { name, group = 'main', concurrency, leaseSeconds, patienceSeconds = 60, sleep = realSleep } = settings;
  const statement = concurrency === null ? TAKE_MOMENT : TAKE_SLOT;
  const horizon = concurrency === null ? HORIZON_MS : NEAR_MS;
  const line = createLine();
  let installed: Promise<void> | undefined;
  /** Ends the pause of whoever stands first in the line. */
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
      if (taken === undefined || taken.backlog === null) throw new Error(`gate ${name}: its rate is not installed`);
      if (taken.wait !== null) return { slot: taken.slot, wait: taken.wait, since };
      if (performance.now() - began > patienceSeconds * 1000)
        throw new GateBusy(`${name}: no turn within ${patienceSeconds} s`);
      const far = Math.min(taken.backlog - 0.8 * horizon, 5000);
      await rest(Math.max(pause + Math.random() * pause, far), cancel);
    }
  }

  async function release(holder: string, slot: number | null): Promise<void> {
    if (slot === null) return;
    // The call's outcome must not be lost because the slot could not be given back; its lease lapses by itself.
    await knex.raw(GIVE_BACK, { name, group, slot, holder }).catch(() => undefined);
    wake();
  }

  /** Until the time is over or a slot of this process has been given back. */
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
    const holder = randomUUID();
    const { slot, wait: until, since } = await acquire(holder, cancel);
    try {
      const margin = Math.min(5000, leaseSeconds * 250);
      const left = Math.max(0, leaseSeconds * 1000 - margin - (performance.now() - since));
      const lapse = AbortSignal.timeout(Math.round(left));
      const signal = cancel === undefined ? lapse : AbortSignal.any([lapse, cancel]);
      if (until > 0) await sleep(Math.ceil(until), signal);
      signal.throwIfAborted();
      return await call(signal);
    } finally {
      await release(holder, slot);
    }
  };
}

/**
 * Makes a gate's rows or applies changed settings; harmless to repeat, on any number of hosts.
 * @throws Error when `concurrency` is below 1: such a gate would never open.
 */
export async function installGate(knex: Knex, settings: GateSettings): Promise<void> {
  const { name, group = 'main', ratePerSecond, concurrency } = settings;
  if (concurrency !== null && concurrency < 1) throw new Error(`gate ${name}: concurrency must be at least 1`);
  await knex('gate_rate')
    .insert({ name, interval_us: Math.ceil(1_000_000 / ratePerSecond) })
    .onConflict('name')
    .merge(['interval_us']);
  if (concurrency === null) return;
  const slots = Array.from({ length: concurrency }, (_, slot) => ({ name, slot_group: group, slot }));
  await knex('gate_slot').insert(slots).onConflict(['name', 'slot_group', 'slot']).ignore();
  // Slots above a lowered limit go once nobody holds them; until then they are merely never taken.
  await knex('gate_slot')
    .where({ name, slot_group: group })
    .where('slot', '>=', concurrency)
    .whereRaw('leased_until < clock_timestamp()')
    .del();
}

/** After the service has said "too many": no worker starts another call for `seconds`, beyond moments already reserved. */
export async function penalise(knex: Knex, name: string, seconds: number): Promise<void> {
  await knex('gate_rate')
    .where({ name })
    .update({ next_at: knex.raw('greatest(next_at, clock_timestamp() + make_interval(secs => ?))', [seconds]) });
}

/** Callers one behind the other; one that stops waiting leaves at once. */
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
