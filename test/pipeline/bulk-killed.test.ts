import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { award, seedRelease } from '../support/award.ts';
import { bulkWorker, countRevocations, startRevocation } from '../support/bulk-world.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const ROWS = 60;
/** After how many writes each worker is killed: at other statements of a row each time. */
const POINTS = [3, 47, 62, 75, 90];

describe('a bulk act whose workers are killed', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
  });
  after(() => database.drop());

  it('handles each row once: one act, one audit entry and one result', async () => {
    const { knex, url } = database;
    const ids = [];
    for (let n = 0; n < ROWS; n += 1) ids.push((await award(knex, `sg_${n}`)).id);
    const bulk = await startRevocation(knex, { ids });
    const left = async () => Number((await knex('bulk_act_row').whereNull('result').count('* as n').first())?.['n']);
    let before = ROWS;
    for (const point of POINTS) {
      const [code, signal] = await once(bulkWorker(url, bulk, point), 'exit');
      assert.deepEqual([code, signal], [null, 'SIGKILL']);
      const now = await left();
      assert.ok(now > 0 && now <= before, `${now} of ${before} rows left`);
      before = now;
    }
    assert.ok(before < ROWS, 'the killed workers have handled some rows');
    const [code] = await once(bulkWorker(url, bulk), 'exit');
    assert.equal(code, 0);
    assert.deepEqual(await countRevocations(knex, bulk), { certificates: ROWS, wrong: 0 });
    const { finished_at, counts } = await knex('bulk_act').where({ id: bulk }).first();
    assert.ok(finished_at);
    assert.equal(counts.done, ROWS);
  });

  it('the table refuses a second result of a row', async () => {
    const { knex } = database;
    await assert.rejects(
      knex('bulk_act_row').where({ position: 1 }).update({ result: 'refused', reason_code: 'x' }),
      /already has a result/,
    );
  });
});
