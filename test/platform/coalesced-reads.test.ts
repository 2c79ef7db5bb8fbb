import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { coalescedRead } from '../../src/platform/database/coalesced-reads.ts';
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

  it('stay in their transaction', async () => {
    statements.length = 0;
    await database.knex.transaction((trx) => Promise.all([half(trx, 1), half(database.knex, 2)]));
    assert.deepEqual(statements, [[1], [2]]);
  });
});
