import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createBatchStreams } from '../../src/coordinate/batch-streams.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { insertSession } from '../../src/records/console-sessions.ts';
import { seedBatch, seedRelease, tokenFor } from '../http/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { until } from '../support/world.ts';

describe('the streams of a batch', () => {
  let database: TestDatabase;
  const stopping = new AbortController();
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
  });
  after(async () => {
    stopping.abort();
    await database.drop();
  });

  const owner = async () => {
    const { id: account } = await tokenFor(database.knex, 'coordinator', 'Olga');
    const id = randomUUID();
    const session = { id, hash: id, language: 'ru', tokenId: account };
    await insertSession(database.knex, session, new Date());
    return { kind: 'session', id, account } as const;
  };
  /** A follower that counts what it is told. */
  const counting = async () => {
    const told = { views: 0, ends: 0 };
    return {
      told,
      owner: await owner(),
      onView() {
        told.views += 1;
      },
      onEnd() {
        told.ends += 1;
      },
    };
  };

  it('do not end one that was opened while it is looked for ended sessions', async () => {
    const batch = await seedBatch(database.knex);
    const streams = createBatchStreams({
      db: database.knex,
      clock: systemClock,
      sleep: systemClock.sleep,
      stopping: stopping.signal,
    });
    const [first, second] = [await counting(), await counting()];
    const leave = [streams.follow(batch, first)];
    await until('a first view', async () => first.told.views > 0);
    await database.knex.transaction(async (trx) => {
      await trx.raw('lock table console_session in access exclusive mode');
      await until('the look for ended sessions to wait', async () => {
        // Not by the transaction, which would see the same list of sessions each time.
        const { rows } = await database.knex.raw(`select count(*)::int as n from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%console_session%'`);
        return rows[0].n > 0;
      });
      leave.push(streams.follow(batch, second));
    });
    await until('a view of the second', async () => second.told.views > 0 || second.told.ends > 0);
    assert.equal(second.told.ends, 0);
    assert.ok(second.told.views > 0);
    for (const one of leave) one();
  });

  it('read a batch once a second for all who follow it', async () => {
    const batch = await seedBatch(database.knex);
    const asked: string[] = [];
    const note = ({ sql }: { sql: string }) => void asked.push(sql);
    const streams = createBatchStreams({
      db: database.knex,
      clock: systemClock,
      sleep: systemClock.sleep,
      stopping: stopping.signal,
    });
    const statements = async (count: number) => {
      const followers = await Promise.all(Array.from({ length: count }, counting));
      const leave = followers.map((one) => streams.follow(batch, one));
      await until('everybody to have a view', async () => followers.every(({ told }) => told.views > 0));
      const before = followers.map(({ told }) => told.views);
      database.knex.on('query', note);
      asked.length = 0;
      await until('two more views', async () => followers.every(({ told }, n) => told.views >= (before[n] ?? 0) + 2));
      database.knex.off('query', note);
      for (const one of leave) one();
      return asked.filter((sql) => sql.includes('from batch_count_change')).length;
    };
    const [one, fifteen] = [await statements(1), await statements(15)];
    assert.ok(one >= 1 && fifteen <= one + 1, `${one} and ${fifteen}`);
  });
});
