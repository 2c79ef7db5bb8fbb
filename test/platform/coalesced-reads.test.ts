import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { coalescedRead, groupedStatement } from '../../src/platform/database/coalesced-reads.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

describe('reads of the same moment', () => {
  let database: TestDatabase;
  const statements: number[][] = [];
  /** A row that cannot be read makes the statement fail that contains it. */
  const half = coalescedRead(async (db, keys: number[]) => {
    statements.push(keys);
    const { rows } = await db.raw<{ rows: { key: number; half: number }[] }>(
      'select key, 100 / key as half from unnest(?::int[]) as k(key) where key < 100',
      [keys as never],
    );
    const byKey = new Map(rows.map((row) => [row.key, row.half]));
    return keys.map((key) => byKey.get(key));
  });
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  it('go to the database in one statement, and each gets its own row or none', async () => {
    statements.length = 0;
    const found = await Promise.all([1, 2, 1, 500].map((key) => half(database.knex, key)));
    assert.deepEqual(found, [100, 50, 100, undefined]);
    assert.deepEqual(statements, [[1, 2, 1, 500]]);
  });

  it('are begun anew for each later question', async () => {
    statements.length = 0;
    await half(database.knex, 1);
    await half(database.knex, 1);
    assert.deepEqual(statements, [[1], [1]]);
  });

  it('do not fail because of another one', async () => {
    const found = await Promise.allSettled([half(database.knex, 4), half(database.knex, 0), half(database.knex, 5)]);
    assert.deepEqual(
      found.map((one) => (one.status === 'fulfilled' ? one.value : 'failed')),
      [25, 'failed', 20],
    );
  });

  it('are not repeated alone when the database is gone', async () => {
    let times = 0;
    const read = coalescedRead(async (): Promise<number[]> => {
      times += 1;
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    });
    const found = await Promise.allSettled([read(database.knex, 1), read(database.knex, 2)]);
    assert.deepEqual(
      found.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(times, 1);
  });

  it('stay in their transaction', async () => {
    statements.length = 0;
    await database.knex.transaction((trx) => Promise.all([half(trx, 1), half(database.knex, 2)]));
    assert.deepEqual(statements, [[1], [2]]);
  });
});

describe('statements that are transactions of their own', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
    await database.knex.raw('create table counted (key integer primary key, times integer not null default 0)');
    await database.knex('counted').insert([1, 2, 3, 4].map((key) => ({ key })));
  });
  after(() => database.drop());

  it('wait for no other one that waits for a lock: neither beside it, when both are repeated alone, nor after it', async () => {
    const count = groupedStatement<number, number>(
      async (db, keys) => {
        if (keys.length > 1) throw new Error('together they fail');
        await db('counted').whereIn('key', keys).increment('times');
        return keys;
      },
      { patienceMs: 50 },
    );
    const over: number[] = [];
    const counting = (key: number) =>
      count(database.knex, key).then(
        () => over.push(key),
        () => over.push(-key),
      );
    const holder = await database.knex.transaction();
    await holder('counted').where({ key: 1 }).forUpdate();
    const [locked, beside] = [counting(1), counting(2)];
    // Where one waits, the time of the lock ends first.
    await beside;
    await counting(3);
    await holder.commit();
    await locked;
    assert.deepEqual(over, [2, 3, 1]);
  });
});
