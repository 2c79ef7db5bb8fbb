import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Knex } from 'knex';
import { openDatabase } from '../../src/platform/database/database.ts';
import { createStatementNames } from '../../src/platform/database/named-statements.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

describe('prepared statements', () => {
  let database: TestDatabase;
  let db: Knex;
  before(async () => {
    database = await testDatabase();
    db = openDatabase({ url: database.url, poolMax: 1, applicationName: 'test', prepared: true });
    await db.raw(`create table thing (id integer primary key, name text); insert into thing values (1, 'one')`);
  });
  after(async () => {
    await db.destroy();
    await database.drop();
  });

  const one = (client: Knex) => client('thing').where({ id: 1 }).first();
  const prepared = async () =>
    (await db.raw<{ rows: { statement: string }[] }>('select statement from pg_prepared_statements')).rows;

  it('are prepared at the second use of a text', async () => {
    await one(db);
    assert.deepEqual(await prepared(), []);
    await one(db);
    await one(db);
    assert.deepEqual(await prepared(), [{ statement: 'select * from "thing" where "id" = $1 limit $2' }]);
  });

  it('survive a migration that adds a column', async () => {
    await one(db);
    await one(db);
    await db.raw('alter table thing add column colour text');
    assert.deepEqual(await one(db), { id: 1, name: 'one', colour: null });
    assert.deepEqual(await one(db), { id: 1, name: 'one', colour: null });
  });

  it('fail once inside a transaction after a migration, and no more when the transaction is repeated', async () => {
    await one(db);
    await one(db);
    await db.raw('alter table thing add column size integer');
    await assert.rejects(db.transaction(one), /cached plan must not change result type/);
    assert.equal((await db.transaction(one))?.size, null);
  });

  it('do not read a whole table because they were planned while it was empty', async () => {
    await db.raw('create table grown (id integer, kind integer) with (autovacuum_enabled = off)');
    await db.raw('create index on grown (kind)');
    const wanted = () =>
      db.raw('select grown.* from unnest(?::integer[]) as i (id) join grown on grown.kind = i.id', [[1, 2, 3]]);
    for (let use = 0; use < 3; use += 1) await wanted();
    await db.raw('insert into grown select n, n from generate_series(1, 10000) as n');
    const read = await db.transaction(async (trx) => {
      assert.equal((await wanted().transacting(trx)).rows.length, 3);
      const { rows } = await trx.raw(
        `select seq_tup_read::int as n from pg_stat_xact_user_tables where relname = 'grown'`,
      );
      return rows[0].n;
    });
    assert.equal(read, 0);
  });

  it('are no more than a connection may hold', () => {
    const names = createStatementNames(2);
    for (const text of ['a', 'b', 'c']) for (let use = 0; use < 3; use += 1) names.nameOf(text);
    const named = ['a', 'b', 'c'].map((text) => names.nameOf(text));
    assert.deepEqual(
      named.map((name) => name !== undefined),
      [true, true, false],
    );
    assert.notEqual(named[0], named[1]);
  });
});
