import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DIFFERENCE_KINDS } from '../../src/domain/student-group/difference.ts';
import { recordDrift, selectDrift } from '../../src/records/student-groups/drift.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const at = (day: string) => new Date(`${day}T10:00:00Z`);

describe('the daily count of differences', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  it('is stored once a day, zeros too, and not again by later calls of that day', async () => {
    const { knex } = database;
    await recordDrift(knex, at('2026-11-28'));
    await knex('drift').where({ kind: 'missed-change' }).update({ count: 3 });
    await Promise.all([1, 2].map(() => recordDrift(knex, at('2026-11-28'))));
    await recordDrift(knex, at('2026-11-29'));
    assert.equal((await knex('drift')).length, 2 * DIFFERENCE_KINDS.length);
    assert.deepEqual(await selectDrift(knex, at('2026-11-01')), [
      { day: '2026-11-28', total: 3, kinds: [{ kind: 'missed-change', count: 3 }] },
      { day: '2026-11-29', total: 0, kinds: [] },
    ]);
    assert.equal((await selectDrift(knex, at('2026-11-29'))).length, 1, 'only the days asked for');
  });

  it('is deleted after 400 days', async () => {
    const { knex } = database;
    await recordDrift(knex, at('2028-06-01'));
    assert.deepEqual(
      (await selectDrift(knex, at('2026-01-01'))).map(({ day }) => day),
      ['2028-06-01'],
    );
  });
});
