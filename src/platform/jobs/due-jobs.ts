import { setInterval } from 'node:timers';
import type { PgBoss } from 'pg-boss';

const LOOK_MS = 1000;
/** Jobs of dead workers are looked for at each so many looks, because that reads all kept jobs. */
const LOOKS_PER_LAPSED = 2;

const LOOK = `
  select array(select q.name from unnest($1::text[]) as q(name)
           where exists (select from pgboss.job as j where j.name = q.name and j.state < 'active' and not j.blocked
             and j.start_after <= now())) as due,
         array(select distinct name from pgboss.job where $2::boolean and name = any($1) and state = 'active'
           and heartbeat_on + heartbeat_seconds * interval '1 second' < now()) as lapsed`;

/** Lets the next supervision of these queues begin at once. */
const HASTEN = `update pgboss.queue set monitor_on = null, monitor_claim_on = null where name = any($1::text[])`;

interface Looked {
  due: string[];
  lapsed: string[];
}

/**
 * New jobs are announced, but not those that become due later, and not those of a worker that was killed. One statement
 * a second looks for both in all queues, so that no queue must be polled by itself: an idle worker costs next to nothing.
 * @param wake lets a worker of the queue fetch
 * @returns ends the looks
 */
export function watchDueJobs(
  boss: PgBoss,
  queues: () => string[],
  wake: (queue: string) => void,
  fail: (error: Error) => void,
): () => void {
  let looks = 0;
  let looking = false;

  async function look(): Promise<void> {
    const names = queues();
    if (names.length === 0) return;
    looks += 1;
    const db = boss.getDb();
    const { rows } = await db.executeSql(LOOK, [names, looks % LOOKS_PER_LAPSED === 0]);
    const [{ due, lapsed }] = rows as [Looked];
    for (const queue of due) wake(queue);
    if (lapsed.length === 0) return;
    await db.executeSql(HASTEN, [lapsed]);
    for (const queue of lapsed) await boss.supervise(queue);
    for (const queue of lapsed) wake(queue);
  }

  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look()
      .catch(fail)
      .finally(() => {
        looking = false;
      });
  }, LOOK_MS);
  return () => clearInterval(timer);
}
