import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, beforeEach, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import { createGate, installGate, penalise } from '../../src/platform/gate.ts';
import { testDatabase } from '../support/database.ts';

const run = promisify(execFile);
const { knex, url, drop } = await testDatabase();
after(drop);
beforeEach(() => knex.raw('truncate gate_rate, gate_slot'));

const program = fileURLToPath(new URL('./processes/gated.js', import.meta.url));
const settings = { name: 'service', ratePerSecond: 75, concurrency: 5, leaseSeconds: 30 };
const pause = (ms: number) => sleep(ms);
const since = (start: number) => performance.now() - start;
async function untilBlocked(): Promise<void> {
  const blocked = () =>
    knex('pg_stat_activity').whereRaw('datname = current_database()').where({ wait_event_type: 'Lock' }).first('pid');
  while (!(await blocked())) await pause(5);
}

/** Two processes with six callers each make so many calls. */
async function crowd(context: TestContext, calls: number): Promise<void> {
  const outputs = await Promise.all([1, 2].map(() => run(process.execPath, [program, url, String(calls)])));
  const spans = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as [number, number][]);
  const begins = spans.map(([begin]) => begin).sort((a, b) => a - b);
  const peak = Math.max(...begins.map((at) => spans.filter(([from, to]) => from <= at && at < to).length));
  const busiest = Math.max(...begins.map((at) => begins.filter((other) => other >= at && other < at + 1000).length));
  context.diagnostic(`peak ${peak} at once, ${busiest} in the busiest second`);
  assert.equal(spans.length, calls * 2);
  assert.ok(peak <= 5, `${peak} at once`);
  assert.ok(busiest <= 80, `${busiest} in one second`);
}

test('the rate limiter keeps two processes with six callers each below 5 concurrent calls and 80 calls in any second', (context) =>
  crowd(context, 110));

test('the rate limiter keeps its limits when commits are slow', async (context) => {
  await knex.raw(`
    create function slow_commit() returns trigger language plpgsql as $$
      begin if random() < 0.03 then perform pg_sleep(0.2); end if; return null; end $$;
    create constraint trigger slow_commit after update on gate_slot deferrable initially deferred
      for each row execute function slow_commit()`);
  try {
    await crowd(context, 110);
  } finally {
    await knex.raw('drop function slow_commit cascade');
  }
});

test('the rate limiter takes all slots in one statement that calls of this process wait for, and gives all back in one that are over', async () => {
  const other = openDatabase({ url, poolMax: 2, applicationName: 'counted' });
  try {
    const gate = createGate(other, { ...settings, ratePerSecond: 10_000, concurrency: 10 });
    await gate(async () => undefined);
    let statements = 0;
    other.on('query', () => {
      statements += 1;
    });
    let begun = 0;
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const calls = Array.from({ length: 10 }, () =>
      gate(async () => {
        begun += 1;
        await over;
      }),
    );
    while (begun < 10) await pause(5);
    assert.equal(statements, 1);
    end();
    await Promise.all(calls);
    assert.equal(statements, 2);
    assert.deepEqual(await knex('gate_slot').whereNotNull('holder'), []);
  } finally {
    await other.destroy();
  }
});

test('a process that always has calls gives a slot up for another process that has none', async () => {
  const other = openDatabase({ url, poolMax: 4, applicationName: 'greedy' });
  let running = true;
  try {
    const one = { ...settings, ratePerSecond: 10_000, concurrency: 1 };
    const greedy = createGate(other, one);
    const modest = createGate(knex, { ...one, maxWaitSeconds: 30 });
    let calls = 0;
    const callers = Array.from({ length: 4 }, async () => {
      while (running)
        await greedy(async () => {
          calls += 1;
          await pause(2);
        });
    });
    while (calls < 10) await pause(5);
    for (let turn = 0; turn < 3; turn += 1) await modest(async () => undefined);
    const before = calls;
    while (calls === before) await pause(5);
    running = false;
    await Promise.all(callers);
  } finally {
    running = false;
    await other.destroy();
  }
});

test('the rate limiter frees the slot of a failing call and passes the error on', async () => {
  const gate = createGate(knex, { ...settings, concurrency: 1 });
  await assert.rejects(
    gate(async () => {
      throw new Error('refused');
    }),
    /refused/,
  );
  assert.equal(await gate(async () => 'next'), 'next');
});

test('the rate limiter keeps the slot of a dead process until its lease expires, and then gives the slot to another call', async () => {
  const gate = createGate(knex, { ...settings, concurrency: 1 });
  await installGate(knex, { ...settings, concurrency: 1 });
  const start = performance.now();
  await knex('gate_slot').update({
    holder: '00000000-0000-4000-8000-000000000000',
    leased_until: knex.raw(`clock_timestamp() + interval '700 ms'`),
  });
  await gate(async () => undefined);
  assert.ok(since(start) >= 690, `taken over after ${since(start)} ms`);
});

test('the rate limiter aborts a call before its lease expires, counted from the time when the slot was acquired', async (context) => {
  const gate = createGate(knex, { ...settings, leaseSeconds: 4 });
  await gate(async () => undefined);
  const given: number[] = [];
  const timeout = context.mock.method(AbortSignal, 'timeout', (milliseconds: number) => {
    given.push(milliseconds);
    timeout.mock.restore();
    return AbortSignal.timeout(1);
  });
  // The slot is acquired by a statement that has to wait; this time counts too.
  const blocker = await knex.transaction();
  await blocker('gate_rate').forUpdate();
  const call = gate(
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
  const aborted = assert.rejects(call, { name: 'TimeoutError' });
  await untilBlocked();
  const blocked = performance.now();
  await pause(50);
  const waited = since(blocked);
  await blocker.rollback();
  await aborted;
  const [left = Number.NaN] = given;
  // A quarter of the lease is the margin for a busy machine.
  assert.ok(left <= 3000 - waited, `aborts after ${left} ms, the lease began ${waited} ms earlier`);
});

test('a rate limiter without slots shares the calls per second with the rate limiter of the same name', async () => {
  const changing = createGate(knex, { ...settings, ratePerSecond: 20 });
  const reading = createGate(knex, { ...settings, ratePerSecond: 20, concurrency: null });
  const start = performance.now();
  await Promise.all(Array.from({ length: 11 }, (_, i) => (i % 2 === 0 ? changing : reading)(async () => undefined)));
  assert.ok(since(start) >= 490, `11 calls at 20/s in ${since(start)} ms`);
});

test('rate-limiter groups with the same name have separate slots', async () => {
  const changing = createGate(knex, { ...settings, concurrency: 1 });
  const reading = createGate(knex, { ...settings, concurrency: 1, group: 'reading' });
  await changing(async () => assert.equal(await reading(async () => 'read'), 'read'));
});

test('a penalty of the rate limiter stops all callers for its time', async () => {
  const gate = createGate(knex, settings);
  await gate(async () => undefined);
  const start = performance.now();
  await penalise(knex, 'service', 1);
  await gate(async () => undefined);
  assert.ok(since(start) >= 990, `a call began after ${since(start)} ms`);
});

test('callers use no slot during a penalty of the rate limiter; waiting can be cancelled', async () => {
  let rests = 0;
  const gate = createGate(knex, {
    ...settings,
    async sleep(milliseconds, signal) {
      rests += 1;
      await sleep(Math.min(milliseconds, 5), undefined, signal && { signal });
    },
  });
  await gate(async () => undefined);
  await penalise(knex, 'service', 3600);
  const cancelled = new AbortController();
  let begun = false;
  const waiting = gate(async () => {
    begun = true;
  });
  const given = assert.rejects(
    gate(async () => undefined, cancelled.signal),
    { name: 'AbortError' },
  );
  while (rests < 5) await pause(5);
  cancelled.abort();
  await given;
  assert.deepEqual(await knex('gate_slot').whereNotNull('holder'), []);
  assert.ok(!begun);
  await knex('gate_rate').update({ next_at: knex.raw('clock_timestamp()') });
  await waiting;
});

test('a rate-limiter penalty in one process stops the other processes, also under full load', async () => {
  const other = openDatabase({ url, poolMax: 8, applicationName: 'another-process' });
  const gates = [createGate(knex, settings), createGate(other, settings)];
  const begins: number[] = [];
  let running = true;
  const callers = gates.flatMap((gate) =>
    Array.from({ length: 4 }, async () => {
      while (running)
        await gate(async () => {
          begins.push(performance.now());
          await pause(10);
        });
    }),
  );
  while (begins.length < 20) await pause(20);
  const from = performance.now();
  await penalise(other, 'service', 1.5);
  const taken = performance.now();
  while (!begins.some((at) => at >= from + 1450)) await pause(20);
  running = false;
  await Promise.all(callers);
  await other.destroy();
  // The holder of a slot may already have its sending time when the penalty comes: with five slots at most five calls,
  // at any speed.
  const within = begins.filter((at) => at > taken && at < from + 1450);
  assert.ok(within.length <= 5, `${within.length} calls began`);
});

test('a changed limit of the rate limiter applies to slots and to calls per second', async () => {
  await installGate(knex, settings);
  await installGate(knex, { ...settings, concurrency: 2, ratePerSecond: 10 });
  assert.deepEqual(await knex('gate_slot').pluck('slot').orderBy('slot'), [0, 1]);
  assert.equal((await knex('gate_rate').first()).interval_us, 100_000);
});

test('after refused calls the rate limiter calls half as often, once for calls that were refused together, and recovers', async () => {
  const gate = createGate(knex, { ...settings, ratePerSecond: 20, concurrency: null, sleep: async () => undefined });
  await gate(async () => undefined);
  /** By how many microseconds one call moves the next moment. Counted from a moment ahead, at any speed of the machine. */
  const step = async () => {
    await knex('gate_rate').update({ next_at: knex.raw(`clock_timestamp() + interval '0.9 seconds'`) });
    const moment = async () => (await knex('gate_rate').first(knex.raw('extract(epoch from next_at) * 1e6 as us'))).us;
    const before = Number(await moment());
    await gate(async () => undefined);
    return Math.round(Number(await moment()) - before);
  };
  const refusedAt = (interval: string) =>
    knex('gate_rate').update({ slowed_at: knex.raw('clock_timestamp() + ?::interval', [interval]) });
  assert.equal(await step(), 50_000);
  await Promise.all([1, 2, 3].map(() => penalise(knex, 'service', 0.01)));
  assert.equal((await knex('gate_rate').first()).slow_us, 50_000);
  await refusedAt('1 hour');
  assert.equal(await step(), 100_000);
  await refusedAt('-2 seconds');
  const recovering = await step();
  assert.ok(recovering <= 75_000 && recovering > 50_000, String(recovering));
  await refusedAt('-2 minutes');
  assert.equal(await step(), 50_000);
  await penalise(knex, 'service', 0.01);
  const again = (await knex('gate_rate').first()).slow_us;
  assert.ok(again >= 50_000 && again < 50_100, String(again));
});

test('a service that refuses everything slows the rate limiter to one call in ten seconds at most', async () => {
  await installGate(knex, settings);
  for (let refusal = 0; refusal < 30; refusal += 1) {
    await penalise(knex, 'service', 0);
    await knex('gate_rate').update({ slowed_at: knex.raw(`slowed_at - interval '1.1 seconds'`) });
  }
  assert.ok((await knex('gate_rate').first()).slow_us <= 10_000_000);
  await knex('gate_rate').update({
    slowed_at: knex.raw(`clock_timestamp() + interval '1 hour'`),
    next_at: new Date(0),
  });
  await createGate(knex, settings)(async () => undefined);
});
