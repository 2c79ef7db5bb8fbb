import type { PgBoss } from 'pg-boss';

/** Between two looks while something is due, and at least: no job needs to start more exactly. */
const BUSY_MS = 1000;
/** Between two looks while nothing is due. Other processes' deferred jobs may start so much late. */
const IDLE_MS = 5000;

/** What is due is found by the index; which jobs belong to dead workers only by reading all kept jobs. */
const LOOK = `
  with waiting as materialized (
    select q.name, due.now_due, case when not due.now_due then (
      select min(start_after) from pgboss.job where name = q.name and state < 'active' and not blocked) end as first
    from unnest($1::text[]) as q(name) cross join lateral (select exists (
      select from pgboss.job as j where j.name = q.name and j.state < 'active' and not j.blocked
        and j.start_after <= now()) as now_due) as due),
  beating as materialized (
    select name, min(heartbeat_on + heartbeat_seconds * interval '1 second') as lapses from pgboss.job
    where $2::boolean and name = any($1) and state = 'active' group by name)
  select array(select name from waiting where now_due) as due,
    (select extract(epoch from min(first) - now()) * 1000 from waiting)::float8 as next,
    array(select name from beating where lapses < now()) as lapsed,
    (select extract(epoch from min(lapses) - now()) * 1000 from beating)::float8 as lapses`;

/** Lets the next supervision of these queues begin at once. */
const HASTEN = `update pgboss.queue set monitor_on = null, monitor_claim_on = null where name = any($1::text[])`;

/**
 * pg-boss notes which keys of a queue are active when it supervises the queue, and fetches none of them until it notes
 * them again, long after their jobs may have ended. Here they are noted anew as long as something is due.
 */
const NOTE_ACTIVE = `
  update pgboss.queue as q set singletons_active = now_active.keys
  from (select queue.name, (select array_agg(singleton_key order by singleton_key) from pgboss.job
      where name = queue.name and state = 'active' and singleton_key is not null) as keys
    from pgboss.queue where queue.name = any($1::text[]) and queue.singletons_active is not null) as now_active
  where q.name = now_active.name and q.singletons_active is distinct from now_active.keys`;

interface Looked {
  due: string[];
  /** Milliseconds until a queue without due jobs has one; null: nothing waits. */
  next: number | null;
  lapsed: string[];
  /** Milliseconds until the first job's heartbeat expires, if it gets no other one. */
  lapses: number | null;
}

export interface DueJobs {
  /** A job of this process may become due in so many milliseconds. */
  expect(milliseconds: number): void;
  /** Ends the looks. */
  end(): void;
}

/**
 * New jobs are announced, but not those that become due later, and not those of a worker that was killed. One statement
 * looks for both in all queues, and when to look again, so that no queue must be polled by itself: an idle worker costs
 * next to nothing.
 * @param wake lets a worker of the queue fetch
 */
export function watchDueJobs(
  boss: PgBoss,
  queues: () => string[],
  wake: (queue: string) => void,
  fail: (error: Error) => void,
): DueJobs {
  let timer: NodeJS.Timeout | undefined;
  /** Time of the next look, on the monotonic clock. */
  let nextLook = Number.POSITIVE_INFINITY;
  let lastLook = Number.NEGATIVE_INFINITY;
  /** When heartbeats are looked at again. */
  let nextBeats = 0;
  let looking = false;
  let ended = false;

  function expect(milliseconds: number): void {
    const earliest = Math.max(0, lastLook + BUSY_MS - performance.now());
    const wait = Math.ceil(Math.min(Math.max(milliseconds, earliest), IDLE_MS));
    const at = performance.now() + wait;
    if (ended || at >= nextLook) return;
    nextLook = at;
    clearTimeout(timer);
    timer = setTimeout(() => void onTime(), wait);
  }

  async function onTime(): Promise<void> {
    nextLook = Number.POSITIVE_INFINITY;
    lastLook = performance.now();
    // A look takes moments; while the server does not answer, one more is of no use.
    if (looking) return;
    looking = true;
    const wait = await look().catch((error: Error) => {
      fail(error);
      return BUSY_MS;
    });
    looking = false;
    expect(wait);
  }

  /** @returns milliseconds until the next look */
  async function look(): Promise<number> {
    const names = queues();
    if (names.length === 0) return BUSY_MS;
    const db = boss.getDb();
    const withBeats = performance.now() >= nextBeats;
    const { rows } = await db.executeSql(LOOK, [names, withBeats]);
    const [{ due, next, lapsed, lapses }] = rows as [Looked];
    if (withBeats) nextBeats = performance.now() + Math.min(Math.max(lapses ?? IDLE_MS, BUSY_MS), IDLE_MS);
    if (due.length > 0) await db.executeSql(NOTE_ACTIVE, [due]);
    for (const queue of due) wake(queue);
    if (lapsed.length > 0) {
      await db.executeSql(HASTEN, [lapsed]);
      for (const queue of lapsed) await boss.supervise(queue);
      for (const queue of lapsed) wake(queue);
    }
    if (due.length > 0 || lapsed.length > 0) return BUSY_MS;
    return Math.min(next ?? IDLE_MS, nextBeats - performance.now());
  }

  expect(BUSY_MS);
  return {
    expect,
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
}
