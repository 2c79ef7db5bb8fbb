import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Db } from '../../src/records/rows.ts';
import { seedRelease } from '../support/award.ts';
import { CERTIFICATE_STEPS } from '../support/certificate-steps.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { seedManyStudentGroups } from '../support/many-student-groups.ts';

const GROUPS = 2000;
/** A step may fetch so many rows of one table by its indexes: more than all letters under way here, less than all letters. */
const MOST_ROWS = 200;
/** One row for an installation, a release or a receiver of events. */
const SMALL = ['number_series', 'privacy_key', 'release', 'release_fault', 'send_brake', 'subscriber'];

/** What the stages ask for each certificate, with everything that functions, triggers and foreign keys do for it. */
describe('statements that run for each certificate', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
    await seedManyStudentGroups(database.knex, GROUPS);
    await seedRelease(database.knex);
  });
  after(() => database.drop());

  /** Runs a step as workers do, plans that do not look at values included, and finds tables that it read from end to end. */
  async function scannedBy(step: (trx: Db) => Promise<unknown>): Promise<string[]> {
    const trx = await database.knex.transaction();
    try {
      await trx.raw('set local enable_seqscan = off');
      await trx.raw('set local plan_cache_mode = force_generic_plan');
      // What earlier transactions of the connection did may still be in it.
      const before = new Map((await readsOf(trx)).map((row) => [row.relname, row]));
      await step(trx);
      await trx.raw('set constraints all immediate');
      const after = await readsOf(trx);
      return after.flatMap(({ relname, scans, fetched }) => {
        const known = before.get(relname) ?? { scans: 0, fetched: 0 };
        return scans > known.scans || fetched - known.fetched > MOST_ROWS ? [relname] : [];
      });
    } finally {
      await trx.rollback();
    }
  }
  const readsOf = async (trx: Db) => {
    const { rows } = await trx.raw<{ rows: { relname: string; scans: number; fetched: number }[] }>(
      `select relname, seq_scan::int as scans, coalesce(idx_tup_fetch, 0)::int as fetched
       from pg_stat_xact_user_tables where relname <> all(?) order by 1`,
      [SMALL],
    );
    return rows;
  };
  const readsNoTable = async (step: (trx: Db) => Promise<unknown>) => assert.deepEqual(await scannedBy(step), []);

  it('are seen when they read a table from end to end', async () => {
    assert.deepEqual(await scannedBy((trx) => trx('certificate').where({ letter: 'none' })), ['certificate']);
    const all = await scannedBy((trx) =>
      trx('certificate')
        .orderBy('id')
        .limit(2 * MOST_ROWS),
    );
    assert.deepEqual(all, ['certificate'], 'by an index, but from end to end');
  });

  it('find the way by indexes when a student group is pulled and judged', () =>
    readsNoTable((trx) => CERTIFICATE_STEPS.pullAndJudge(trx, 'sg_judged')));

  it('find the way by indexes when a certificate is awarded, reported and drawn', () =>
    readsNoTable((trx) => CERTIFICATE_STEPS.awardAndDraw(trx, 'sg_awarded')));

  it('find the way by indexes when a letter is sent, tracked and looked up', () =>
    readsNoTable(async (trx) => {
      await CERTIFICATE_STEPS.awardAndDraw(trx, 'sg_sent');
      await CERTIFICATE_STEPS.sendAndTrack(trx, 'sg_sent');
    }));
});
