import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { finishErasure } from '../../src/records/privacy/erasures.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

describe('statistics of a table that an erasure has emptied', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  const ended = (id: string) =>
    finishErasure(database.knex, { remove: async () => undefined }, { id, files: [] }, new Date());
  const sampled = async () => {
    const { rows } = await database.knex.raw<{ rows: { values: string }[] }>(
      `select coalesce(histogram_bounds::text, most_common_vals::text) as values from pg_stats
       where tablename = 'find_word' and attname = 'word'`,
    );
    return rows.map(({ values }) => values);
  };

  it('hold no name of the person any more, and the table is as it was', async () => {
    const { knex } = database;
    const described = async () =>
      (await knex('information_schema.columns').where({ table_name: 'find_word' })) as unknown;
    const before = await described();
    await knex('find_word').insert(['канарейкина', 'анна'].map((word) => ({ word, student_group_id: 'sg_one' })));
    await knex.raw('analyze find_word');
    assert.deepEqual(await sampled(), ['{анна,канарейкина}']);
    await knex('find_word').del();
    await ended(randomUUID());
    assert.deepEqual(await sampled(), []);
    assert.deepEqual(await described(), before);
  });

  it('stay where others have rows, without the person', async () => {
    const { knex } = database;
    await knex('find_word').insert(['анна', 'борис'].map((word) => ({ word, student_group_id: 'sg_two' })));
    await knex('find_word').insert({ word: 'канарейкина', student_group_id: 'sg_one' });
    await knex.raw('analyze find_word');
    await knex('find_word').where({ student_group_id: 'sg_one' }).del();
    await ended(randomUUID());
    assert.deepEqual(await sampled(), ['{анна,борис}']);
    await knex('find_word').del();
  });
});
