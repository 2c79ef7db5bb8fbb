import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { databaseReady, openDatabase, transaction } from '../../src/platform/database/database.ts';
import { isDatabaseDown, isDatabaseOutage } from '../../src/platform/database/database-down.ts';
import { createJobs } from '../../src/platform/jobs/jobs.ts';
import { emptyDatabase } from '../support/database.ts';

const { knex, url, drop } = await emptyDatabase();
after(drop);

test('database values are read exactly: int8 as number, date as text, timestamptz as Date', async () => {
  const { rows } = await knex.raw(
    `select 7::int8 as count, 9007199254740993::int8 as big, date '2026-11-20' as day,
            timestamptz '2026-11-20 09:15+00' as instant, 12.50::numeric as score`,
  );
  assert.deepEqual(rows, [
    { count: 7, big: '9007199254740993', day: '2026-11-20', instant: new Date('2026-11-20T09:15:00Z'), score: '12.50' },
  ]);
});

test('a database transaction with a deadlock is retried, and both transactions commit', async () => {
  await knex.raw('create table pair (id int primary key, n int not null); insert into pair values (1, 0), (2, 0)');
  let runs = 0;
  let holding = 0;
  let bothHold = (): void => undefined;
  const met = new Promise<void>((resolve) => {
    bothHold = resolve;
  });
  const add = (first: number, second: number) =>
    transaction(knex, async (trx) => {
      runs++;
      await trx('pair').where({ id: first }).increment('n', 1);
      // Each transaction locks its first row before the other's row; the retry then succeeds.
      holding += 1;
      if (holding === 2) bothHold();
      await met;
      await trx('pair').where({ id: second }).increment('n', 1);
    });
  await Promise.all([add(1, 2), add(2, 1)]);
  assert.deepEqual(await knex('pair').orderBy('id'), [
    { id: 1, n: 2 },
    { id: 2, n: 2 },
  ]);
  // At least three attempts: the retried transaction may lock its first row again before the other has continued.
  assert.ok(runs >= 3);
});

test('a database transaction with an ordinary error is not retried', async () => {
  let runs = 0;
  const broken = transaction(knex, async (trx) => {
    runs++;
    await trx.raw('select 1/0');
  });
  await assert.rejects(broken, /division by zero/);
  assert.equal(runs, 1);
});

/** The names of the settings with which the next connection begins, as its first packet says them. */
async function firstPacket(connect: (url: string) => Promise<unknown>): Promise<string[]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const refused = connect(`postgres://u:p@127.0.0.1:${address.port}/d`).catch(() => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [packet] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  server.close();
  await refused;
  return packet
    .subarray(8)
    .toString()
    .split('\0')
    .filter((part, index) => index % 2 === 0 && part !== '');
}

test('database connections begin with no setting that PgBouncer refuses, and have time limits of their own', async () => {
  const known = ['user', 'database', 'application_name', 'client_encoding'];
  const begun = await firstPacket((at) => {
    const knexThere = openDatabase({ url: at, poolMax: 1, applicationName: 'test' });
    return databaseReady(knexThere).finally(() => knexThere.destroy());
  });
  assert.ok(begun.includes('user'));
  assert.deepEqual(
    begun.filter((name) => !known.includes(name)),
    [],
  );
  const log = { warn: () => undefined, error: () => undefined };
  const begunByJobs = await firstPacket((databaseUrl) => createJobs({ databaseUrl, queues: [], log }).start());
  assert.deepEqual(
    begunByJobs.filter((name) => !known.includes(name)),
    [],
  );
  const { rows } = await knex.raw(
    `select name, setting from pg_settings where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') order by name`,
  );
  assert.deepEqual(
    rows.map(({ setting }: { setting: string }) => setting),
    ['60000', '25000', '30000'],
  );
});

test('a wait for a lock is told from a statement that takes too long, and only the wait is an outage', async () => {
  const short = openDatabase({ url, poolMax: 2, applicationName: 'test', statementTimeoutSeconds: 6 });
  await knex.raw('create table locked (id int)');
  try {
    await short.transaction(async (trx) => {
      await trx.raw('lock table locked');
      const waits: unknown = await short('locked').then(
        () => null,
        (error) => error,
      );
      assert.equal((waits as { code?: string }).code, '55P03');
      assert.deepEqual([isDatabaseDown(waits), isDatabaseOutage(waits)], [true, true]);
    });
    const slow: unknown = await short.raw(`set statement_timeout to 1; select pg_sleep(60)`).then(
      () => null,
      (error) => error,
    );
    assert.equal((slow as { code?: string }).code, '57014');
    assert.deepEqual([isDatabaseDown(slow), isDatabaseOutage(slow)], [true, false]);
  } finally {
    await short.destroy();
  }
});

test('database connections cut by the server are replaced; an unreachable server gives an error, not a crash', async () => {
  await Promise.all([1, 2, 3].map(() => knex.raw('select pg_sleep(0.05)')));
  await knex.raw(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  // Until the pool has noticed all three lost connections, the answer is "not ready", but never an exception.
  let answers: boolean[];
  do answers = await Promise.all([1, 2, 3].map(() => databaseReady(knex)));
  while (answers.includes(false));
  const nowhere = openDatabase({ url: url.replace(/:\d+\//, ':1/'), poolMax: 1, applicationName: 'test' });
  assert.equal(await databaseReady(nowhere), false);
  await nowhere.destroy();
});
