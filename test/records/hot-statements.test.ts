import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { listActs } from '../../src/coordinate/act-routes.ts';
import { listReleases } from '../../src/coordinate/release-list.ts';
import { listStudentGroups, StudentGroupList } from '../../src/coordinate/student-group-list.ts';
import { selectBatchCounts } from '../../src/records/batches/batch-counts.ts';
import { selectBatches } from '../../src/records/batches/batches.ts';
import { selectBuckets } from '../../src/records/open-work.ts';
import type { Db } from '../../src/records/rows.ts';
import { countHeldByReason } from '../../src/records/student-groups/held-counts.ts';
import { NO_ITEM_FILTER, selectBatchItems } from '../../src/records/student-groups/standing.ts';
import { NO_FILTER } from '../../src/records/student-groups/student-group-filter.ts';
import { countStudentGroups } from '../../src/records/student-groups/student-group-search.ts';
import { countAlarming, selectWaitingThings } from '../../src/records/waiting-for-people.ts';
import { seedRelease } from '../support/award.ts';
import { CERTIFICATE_STEPS } from '../support/certificate-steps.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { seedManyStudentGroups } from '../support/many-student-groups.ts';

const GROUPS = 2000;
/** A step may fetch so many rows of one table by its indexes: more than all letters under way here, less than all letters. */
const MOST_ROWS = 200;
/** What people ask for may compare so many names, or show a page of which each row is looked up: less than all student groups. */
const MOST_ROWS_OF_PAGE = 1200;
/** The counts of a batch are few rows: less than its items. */
const MOST_COUNTS = 50;
/** One row for an installation, a release, a receiver of events or a combination of what lists count; or what was counted just now. */
const SMALL = [
  'batch_count_change',
  'find_total',
  'find_total_change',
  'number_series',
  'privacy_key',
  'release',
  'release_fault',
  'send_brake',
  'subscriber',
];

/** What the stages ask for each certificate, with everything that functions, triggers and foreign keys do for it. */
describe('statements that run for each certificate, and what people ask for', () => {
  let database: TestDatabase;
  let batchId: string;
  before(async () => {
    database = await testDatabase();
    batchId = await seedManyStudentGroups(database.knex, GROUPS);
    await seedRelease(database.knex);
  });
  after(() => database.drop());

  /** Runs a step as workers do, plans that do not look at values included, and finds tables that it read from end to end. */
  async function scannedBy(step: (trx: Db) => Promise<unknown>, most = MOST_ROWS): Promise<string[]> {
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
        return scans > known.scans || fetched - known.fetched > most ? [relname] : [];
      });
    } finally {
      await trx.rollback();
    }
  }
  const readsOf = async (trx: Db) => {
    const { rows } = await trx.raw<{ rows: { relname: string; scans: number; fetched: number }[] }>(
      `select relname, seq_scan::int as scans, greatest(idx_tup_fetch,
         -- also entries of indexes whose rows need not be fetched
         (select sum(pg_stat_get_xact_tuples_returned(indexrelid)) from pg_index where indrelid = relid), 0)::int as fetched
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
    const counted = await scannedBy((trx) => trx.raw('select count(*) from find_entry where bucket_id is not null'));
    assert.deepEqual(counted, ['find_entry'], 'by an index alone');
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

  const list = (narrowing: Record<string, string>) => (trx: Db) =>
    listStudentGroups(trx, StudentGroupList.parse(narrowing));
  const page = { limit: 50, cursor: null };
  const ASKED: [string, (trx: Db) => Promise<unknown>][] = [
    ['a search by a number', list({ q: 'INT-26-0001000' })],
    ['a search by an address', list({ q: 'st_1000@mail.example' })],
    ['a search by an id', list({ q: 'sg_0001000' })],
    ['a search by a whole name', list({ q: 'Кабибаев Айгүл' })],
    ['a search by a common name', list({ q: 'айгул' })],
    ['a search for nobody', list({ q: 'нет такого имени' })],
    ['a list of all', list({})],
    ['a list of a common state', list({ state: 'sent' })],
    ['a list of a rare state', list({ state: 'uncertain' })],
    ['a list of a reason', list({ reason: 'country-unknown' })],
    ['a list of those that need a reissue', list({ needsReissue: 'true' })],
    ['a list of a release and a country', list({ release: 'rel_big', country: 'KZ' })],
    ['a count of all', (trx) => countStudentGroups(trx, NO_FILTER, 1000)],
    ['a count of a state', (trx) => countStudentGroups(trx, { ...NO_FILTER, state: 'sent' }, 1000)],
    ['a count of a release', (trx) => countStudentGroups(trx, { ...NO_FILTER, releaseId: 'rel_big' }, 1000)],
    ['a page of a batch', (trx) => selectBatchItems(trx, batchId, { ...NO_ITEM_FILTER, after: null, limit: 51 })],
    ['the list of batches', (trx) => selectBatches(trx, 51, null)],
    ['the list of releases', (trx) => listReleases(trx, page)],
    ['the list of acts', (trx) => listActs(trx, page)],
    ['the list of acts of one kind', (trx) => listActs(trx, { ...page, verb: 'certificate.revoke' })],
    ['the reasons of held ones', (trx) => countHeldByReason(trx)],
    ['the states that metrics tell', (trx) => selectBuckets(trx)],
    ['what alarms', (trx) => countAlarming(trx, { states: ['refused'], reasons: ['outcome-unknown'] })],
    ['what waits for a person', (trx) => selectWaitingThings(trx)],
  ];
  it('read few rows when a batch is counted', async () =>
    assert.deepEqual(await scannedBy((trx) => selectBatchCounts(trx, batchId, false), MOST_COUNTS), []));
  for (const [what, ask] of ASKED)
    it(`find the way by indexes for ${what}`, async () =>
      assert.deepEqual(await scannedBy(ask, MOST_ROWS_OF_PAGE), []));
});
