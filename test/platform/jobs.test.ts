import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { HopelessJob } from '../../src/platform/jobs/job-batches.ts';
import type { DeadJob } from '../../src/platform/jobs/job-queues.ts';
import { createJobs, type Jobs } from '../../src/platform/jobs/jobs.ts';
import { hastenQueued } from '../../src/platform/jobs/queued-jobs.ts';
import { testDatabase } from '../support/database.ts';

const { knex, url, drop } = await testDatabase();
const faults: string[] = [];
const log = { warn: () => undefined, error: (fields: object) => faults.push(JSON.stringify(fields)) };
const TRIED = { retries: 10, retryDelaySeconds: 1, retryDelayMaxSeconds: 300, timeoutSeconds: 120 };
const queues = [
  { name: 'plain', ...TRIED },
  { name: 'slow', ...TRIED },
  { name: 'doomed', ...TRIED, retries: 1 },
  { name: 'hopeless', ...TRIED },
  { name: 'cut-off', ...TRIED, retries: 1, retryDelayMaxSeconds: 1 },
  { name: 'handed-over', ...TRIED },
  { name: 'hanging', ...TRIED, retries: 0, timeoutSeconds: 1 },
  { name: 'found', ...TRIED },
  { name: 'hastened', ...TRIED },
  { name: 'sweep', ...TRIED, single: true },
  { name: 'noted', ...TRIED, single: true },
];
class Outage extends Error {}
const open: Jobs[] = [];
async function worker(): Promise<Jobs> {
  const jobs = createJobs({ databaseUrl: url, queues, log, isOutage: (error) => error instanceof Outage });
  open.push(jobs);
  await jobs.start();
  return jobs;
}
const jobs = await worker();
after(async () => {
  await Promise.all(open.map((each) => each.stop({ graceMs: 0 })));
  await drop();
});

/** A lost job never runs, so the test waits for a limited time, which no busy machine needs. */
async function until(condition: () => boolean | Promise<boolean>, seconds = 300): Promise<void> {
  for (const end = performance.now() + seconds * 1000; !(await condition()); ) {
    assert.ok(performance.now() < end, `not within ${seconds} s; queue faults: ${faults.join()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const waiting = async (queue: string) =>
  Number((await knex('pgboss.job').where({ name: queue }).count())[0]?.['count']);

// This test starts first, because it takes as long as a heartbeat; the other tests run meanwhile.
const takeover = (async () => {
  const program = fileURLToPath(new URL('./processes/working.js', import.meta.url));
  const victim = spawn(process.execPath, [program, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const id = await jobs.enqueue(knex, 'slow', { n: 1 });
  const [claimed] = await once(victim.stdout, 'data');
  assert.equal(String(claimed), id);
  victim.kill('SIGKILL');
  const killed = performance.now();
  const retried = await new Promise<number>((resolve) => {
    void jobs.work('slow', {}, async ({ retryCount }) => resolve(retryCount));
  });
  return { seconds: (performance.now() - killed) / 1000, retried };
})();

test('a job exists exactly when its transaction commits', async () => {
  await assert.rejects(
    knex.transaction(async (trx) => {
      assert.ok(await jobs.enqueue(trx, 'plain', { rolledBack: true }));
      throw new Error('roll back');
    }),
    /roll back/,
  );
  assert.equal(await waiting('plain'), 0);
  await knex.transaction((trx) => jobs.enqueueMany(trx, 'plain', [{ data: { n: 1 } }, { data: { n: 2 } }]));
  assert.equal(await waiting('plain'), 2);
  const seen: unknown[] = [];
  await jobs.work('plain', { batchSize: 5 }, async ({ data }) => void seen.push(data));
  await until(() => seen.length === 2);
});

test('a job whose id exists already is dropped, also inside a transaction, which continues', async () => {
  const id = randomUUID();
  const startAfter = new Date(Date.now() + 3_600_000);
  await knex.transaction(async (trx) => {
    assert.equal(await jobs.enqueue(trx, 'plain', {}, { id, startAfter }), id);
    assert.equal(await jobs.enqueue(trx, 'plain', {}, { id, startAfter }), null);
    assert.equal(
      await jobs.enqueueMany(trx, 'plain', [
        { data: {}, id },
        { data: {}, startAfter },
      ]),
      1,
    );
  });
});

test('a deferred job does not start before its time', async () => {
  const due = Date.now() + 1500;
  const other = await worker();
  let ran = 0;
  await other.enqueue(knex, 'handed-over', {}, { startAfter: new Date(due) });
  await other.work('handed-over', {}, async () => {
    ran = Date.now();
  });
  await until(() => ran > 0);
  assert.ok(ran >= due, `${due - ran} ms before it was due`);
  await other.stop();
});

test('a deferred job that another process enqueued, and one that failed, are found when they are due', async () => {
  const other = await worker();
  const tries: number[] = [];
  await other.work('found', {}, async ({ retryCount }) => {
    tries.push(retryCount);
    if (retryCount === 0) throw new Error('once more');
  });
  await jobs.enqueue(knex, 'found', {}, { startAfter: new Date(Date.now() + 1500) });
  await until(() => tries.length === 2);
  assert.deepEqual(tries, [0, 1]);
  await other.stop();
});

test('a deferred job that is made due is announced to idle workers like a new one', async () => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`listen "pgboss_${createHash('sha224').update('pgboss').digest('hex').slice(0, 24)}"`);
    const told: (string | undefined)[] = [];
    client.on('notification', ({ payload }) => told.push(payload));
    await jobs.enqueue(knex, 'hastened', { id: 'new' });
    await until(() => told.includes('hastened'));
    await jobs.enqueue(knex, 'hastened', { id: 'x' }, { startAfter: new Date(Date.now() + 3_600_000) });
    told.length = 0;
    await hastenQueued(knex, 'hastened', ['x']);
    await until(() => told.includes('hastened'));
  } finally {
    await client.end();
  }
});

test('a job queue with one job per key has at most one waiting and one active job of a key', async () => {
  const later = new Date(Date.now() + 3_600_000);
  assert.ok(await jobs.enqueue(knex, 'sweep', {}, { singletonKey: 'x', startAfter: later }));
  assert.equal(await jobs.enqueue(knex, 'sweep', {}, { singletonKey: 'x' }), null);
  assert.ok(await jobs.enqueue(knex, 'sweep', {}, { singletonKey: 'y' }));
  let next: (string | null)[] = [];
  await jobs.work('sweep', {}, async () => {
    next = [];
    for (let i = 0; i < 2; i++)
      next.push(await jobs.enqueue(knex, 'sweep', {}, { singletonKey: 'y', startAfter: later }));
  });
  await until(() => next.length === 2);
  assert.ok(next[0]);
  assert.equal(next[1], null);
});

test('a job is found although the queue still notes a job of its key as active that has ended', async () => {
  // As when pg-boss supervised the queue while a job of this key was active; it does so again after an hour.
  const queue = { singletons_active: ['fresh'], monitor_on: knex.raw(`now() + interval '1 hour'`) };
  await knex('pgboss.queue').where({ name: 'noted' }).update(queue);
  const late = await worker();
  let handled = 0;
  await late.work('noted', { batchSize: 1 }, async () => {
    handled += 1;
  });
  await late.enqueue(knex, 'noted', {}, { singletonKey: 'fresh' });
  await until(() => handled === 1, 120);
});

test('one failing job does not make the other jobs of its batch fail; after its last try the dead-job handler gets its data and error', async () => {
  const dead: DeadJob[] = [];
  const done: unknown[] = [];
  const tries: number[] = [];
  await jobs.onDead(async (job) => void dead.push(job));
  await jobs.enqueueMany(knex, 'doomed', [{ data: { n: 1 } }, { data: { n: 2 } }, { data: { n: 3 } }]);
  await jobs.work<{ n: number }>('doomed', {}, async ({ data, retryCount }) => {
    if (data.n === 2) {
      tries.push(retryCount);
      throw new Error(`no luck at try ${retryCount}`);
    }
    done.push(data.n);
  });
  await until(() => dead.length === 1);
  assert.deepEqual(done.sort(), [1, 3]);
  assert.deepEqual(tries, [0, 1]);
  assert.deepEqual({ ...dead[0], id: '' }, { queue: 'doomed', id: '', data: { n: 2 }, error: 'no luck at try 1' });

  let aborted = false;
  await jobs.enqueue(knex, 'hanging', {});
  await jobs.work('hanging', {}, async ({ signal }) => {
    signal.addEventListener('abort', () => {
      aborted = true;
    });
    await new Promise(() => undefined);
  });
  await until(() => dead.length === 2);
  assert.ok(aborted);
  assert.equal(dead[1]?.error, 'the handler took longer than 1 s');

  await jobs.enqueue(knex, 'hopeless', {});
  await jobs.work('hopeless', {}, async ({ retryCount }) => {
    throw new HopelessJob(`no use at try ${retryCount}`);
  });
  await until(() => dead.length === 3);
  assert.equal(dead[2]?.error, 'no use at try 0', 'it was not tried again');
});

test('an outage uses up no retries of a job: it is tried until the outage is over', async () => {
  const tries: number[] = [];
  await jobs.enqueue(knex, 'cut-off', {});
  await jobs.work('cut-off', {}, async ({ retryCount }) => {
    tries.push(retryCount);
    if (retryCount < 3) throw new Outage('the disk is full');
  });
  await until(() => tries.length === 4);
  assert.deepEqual(tries, [0, 1, 2, 3]);
});

test('a stopping worker finishes the jobs that it can finish and returns the others at once, without counting a try', async () => {
  const leaving = await worker();
  const begun: unknown[] = [];
  const ended: unknown[] = [];
  await leaving.work<{ ms: number }>('handed-over', { batchSize: 5, concurrency: 3 }, async ({ data, signal }) => {
    begun.push(data.ms);
    await sleep(data.ms, undefined, { signal });
    ended.push(data.ms);
  });
  const work = [{ ms: 50 }, { ms: 600_000 }, { ms: 600_001 }];
  await leaving.enqueueMany(
    knex,
    'handed-over',
    work.map((data) => ({ data })),
  );
  await until(() => begun.length === 3);
  await until(() => ended.length === 1);
  await leaving.stop({ graceMs: 300 });
  assert.deepEqual(ended, [50], 'it did not wait for the others');
  const states = await knex('pgboss.job')
    .where({ name: 'handed-over' })
    .whereRaw(`data->>'ms' like '60000%'`)
    .pluck('state');
  assert.equal(states.filter((state) => state === 'active').length, 0, 'given back at once');
  const rest: { ms: number; tries: number }[] = [];
  const staying = await worker();
  await staying.work<{ ms: number }>('handed-over', {}, async ({ data }) => void rest.push({ ...data, tries: 1 }));
  await until(() => rest.length === 2);
  assert.deepEqual(rest.map(({ ms }) => ms).sort(), [600_000, 600_001]);
  const rows = await knex('pgboss.job').where({ name: 'handed-over' }).whereRaw(`data->>'ms' like '60000%'`);
  assert.ok(rows.every((row) => row.retry_limit - row.retry_count === 10));
});

test('a process exits although it started a queue twice, or stopped it during its start', async () => {
  const program = fileURLToPath(new URL('./processes/starting.js', import.meta.url));
  const child = spawn(process.execPath, [program, url], { stdio: 'inherit', timeout: 60_000, killSignal: 'SIGKILL' });
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a job of a worker killed with kill -9 is taken over by another worker', async (context) => {
  const { seconds, retried } = await takeover;
  context.diagnostic(`taken over after ${seconds.toFixed(1)} s`);
  assert.equal(retried, 1);
  assert.deepEqual(faults, []);
});
