import { setTimeout as wait } from 'node:timers/promises';
import type { Knex } from 'knex';
import { INTERVAL_US, openSlots, type Taken } from './gate-slots.ts';

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
/** A process without any slot asks another one for a slot when its first caller has waited for so long. */
const PATIENCE_MS = 250;
/** So that one process does not take all slots of a great number at once. */
const MOST_AT_ONCE = 20;

/** A caller that waits for a slot and a moment. */
interface Caller {
  began: number;
  resolve: (taken: Taken) => void;
  reject: (reason: unknown) => void;
}

/** A slot whose call has ended. */
interface Ended {
  taken: Taken;
  done: () => void;
}

/**
 * A rate limiter (gate) for an external service: at most `concurrency` concurrent calls and `ratePerSecond` calls per
 * second for all workers together, kept in PostgreSQL. In each process one statement at a time gives slots back and
 * takes others, for all calls that ended or wait by then. The slot of a killed holder stays taken until its lease
 * expires, because the service may still work on that call. Rows are created and changed settings applied before the
 * first call.
 */
export function createGate(knex: Knex, settings: GateSettings): Gate {
  const { name, group = 'main', concurrency, leaseSeconds, maxWaitSeconds = 60, sleep = realSleep, waited } = settings;
  const horizonMs = concurrency === null ? HORIZON_MS : NEAR_MS;
  const exchange = openSlots(knex, { name, group, concurrency, leaseSeconds, horizonMs });
  const callers: Caller[] = [];
  let ended: Ended[] = [];
  /** Slots of this process. */
  const held = new Set<Taken>();
  let installed: Promise<void> | undefined;
  let exchanging = false;
  /** Ends the rest between two looks for a free slot. */
  let wake = (): void => undefined;

  async function ready(): Promise<void> {
    installed ??= installGate(knex, settings);
    await installed.catch((error: unknown) => {
      installed = undefined;
      throw error;
    });
  }

  function acquire(cancel?: AbortSignal): Promise<Taken> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const place = callers.indexOf(caller);
        if (place < 0) return;
        callers.splice(place, 1);
        wake();
        reject(cancel?.reason);
      };
      const caller: Caller = {
        began: performance.now(),
        resolve: (taken) => {
          cancel?.removeEventListener('abort', leave);
          resolve(taken);
        },
        reject: (reason) => {
          cancel?.removeEventListener('abort', leave);
          reject(reason);
        },
      };
      callers.push(caller);
      cancel?.addEventListener('abort', leave, { once: true });
      start();
    });
  }

  function release(taken: Taken): Promise<void> | void {
    if (taken.slot === null) return;
    return new Promise((done) => {
      ended.push({ taken, done });
      wake();
      start();
    });
  }

  function start(): void {
    if (exchanging) return;
    exchanging = true;
    void exchangeAll();
  }

  async function exchangeAll(): Promise<void> {
    // Calls that begin or end in the same turn of the event loop share a statement.
    await new Promise((resolve) => setImmediate(resolve));
    for (let pause = 3; callers.length > 0 || ended.length > 0; ) {
      const { got, backlog } = await exchangeOnce();
      if (got === 'all') continue;
      pause = got === 'some' ? 3 : Math.min(pause * 1.5, 12);
      await rest(Math.max(pause + Math.random() * pause, Math.min(backlog - 0.8 * horizonMs, 5000)));
    }
    exchanging = false;
  }

  /** @returns how many of the callers that waited got a slot and a moment, and how far the next moment is. */
  async function exchangeOnce(): Promise<{ got: 'all' | 'some' | 'none'; backlog: number }> {
    const back = ended.map(({ taken }) => taken);
    const over = ended;
    ended = [];
    const first = callers[0];
    const asking = callers.slice(0, MOST_AT_ONCE);
    const isUrgent = first !== undefined && held.size === back.length && performance.now() - first.began > PATIENCE_MS;
    const slots = [...held].map(({ slot }) => slot ?? 0);
    try {
      const { taken, backlog } = await exchange({ back, want: asking.length, held: slots, urgent: isUrgent });
      for (const each of back) held.delete(each);
      for (const each of taken) hand(each);
      giveUp();
      if (taken.length === asking.length) return { got: 'all', backlog };
      return { got: taken.length > 0 ? 'some' : 'none', backlog };
    } catch (error) {
      // The leases of slots that could not be given back expire by themselves.
      for (const each of back) held.delete(each);
      for (const caller of asking) drop(caller)?.reject(error);
      return { got: 'all', backlog: 0 };
    } finally {
      for (const { done } of over) done();
    }
  }

  function hand(taken: Taken): void {
    if (taken.slot !== null) held.add(taken);
    const caller = callers.shift();
    // The caller that wanted it has cancelled.
    if (caller === undefined) void release(taken);
    else caller.resolve(taken);
  }

  function drop(caller: Caller): Caller | undefined {
    const place = callers.indexOf(caller);
    return place < 0 ? undefined : callers.splice(place, 1)[0];
  }

  function giveUp(): void {
    const late = callers.filter(({ began }) => performance.now() - began > maxWaitSeconds * 1000);
    for (const caller of late)
      drop(caller)?.reject(new GateBusy(`${name}: no slot became free within ${maxWaitSeconds} s`));
  }

  /** Waits for the given time, or until a call of this process ends or is cancelled. */
  async function rest(milliseconds: number): Promise<void> {
    const woken = new AbortController();
    wake = () => woken.abort();
    if (ended.length > 0 || callers.length === 0) return;
    await sleep(milliseconds, woken.signal).catch(() => undefined);
  }

  return async (call, cancel) => {
    await ready();
    cancel?.throwIfAborted();
    const began = performance.now();
    const taken = await acquire(cancel);
    try {
      const margin = Math.min(5000, leaseSeconds * 250);
      const left = Math.max(0, leaseSeconds * 1000 - margin - (performance.now() - taken.since));
      const lapse = AbortSignal.timeout(Math.round(left));
      const signal = cancel === undefined ? lapse : AbortSignal.any([lapse, cancel]);
      if (taken.wait > 0) await sleep(Math.ceil(taken.wait), signal);
      signal.throwIfAborted();
      waited?.(performance.now() - began);
      return await call(signal);
    } finally {
      await release(taken);
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

/** In microseconds. A service that refuses everything is still called once in ten seconds. */
const MOST_SLOW_US = 10_000_000;

/**
 * Call it after the service answered "too many requests": no worker starts another call for `seconds`, except at
 * moments that are already reserved, and then calls begin half as often; the set rate comes back within seconds. Answers
 * to calls that were under way together count once.
 */
export async function penalise(knex: Knex, name: string, seconds: number): Promise<void> {
  await knex.raw(
    `update gate_rate set next_at = greatest(next_at, clock_timestamp() + make_interval(secs => :seconds)),
       slow_us = case when isNew then least(${MOST_SLOW_US}, 2 * ${INTERVAL_US} - interval_us) else slow_us end,
       slowed_at = case when isNew then clock_timestamp() else slowed_at end
     from (select slow_us = 0 or slowed_at + make_interval(secs => greatest(1, :seconds::float8)) < clock_timestamp()
       as isNew from gate_rate where name = :name for update) as refusal
     where name = :name`,
    { name, seconds },
  );
}

async function realSleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
}
