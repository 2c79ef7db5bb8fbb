import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { listActs } from '../../src/coordinate/act-routes.ts';
import { listReleases } from '../../src/coordinate/release-list.ts';
import { listStudentGroups, StudentGroupList } from '../../src/coordinate/student-group-list.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { selectBatchCounts } from '../../src/records/batches/batch-counts.ts';
import type { Db } from '../../src/records/rows.ts';
import {
  ITEM_STATE,
  NO_ITEM_FILTER,
  STANDING_OF_ITEM,
  selectBatchItems,
} from '../../src/records/student-groups/standing.ts';
import { NO_FILTER } from '../../src/records/student-groups/student-group-filter.ts';
import {
  countStudentGroups,
  type StudentGroupPlace,
  selectStudentGroupIds,
  selectStudentGroupPage,
} from '../../src/records/student-groups/student-group-search.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { explained } from '../support/explained.ts';
import { seedManyStudentGroups } from '../support/many-student-groups.ts';

const GROUPS = 10_000;

/** Filters with rare, common and no matches. */
const FILTERS: Record<string, string>[] = [
  {},
  { state: 'sent' },
  { state: 'held', country: 'KZ' },
  { reason: 'country-unknown', template: 'teacher-kk' },
  { release: 'rel_big', needsReissue: 'true' },
  { q: 'sg_0000077' },
  { q: 'st_77@mail.example' },
  { q: 'якуше' },
  { q: 'аигул', state: 'delivered' },
  { q: 'nobody' },
];

describe('the cost of lists', () => {
  let database: TestDatabase;
  /** Its planner avoids reading tables from end to end, as it does where they are large. */
  let db: Db;
  let batchId: string;
  before(async () => {
    database = await testDatabase();
    batchId = await seedManyStudentGroups(database.knex, GROUPS);
    const name = new URL(database.url).pathname.slice(1);
    await database.knex.raw('alter database ?? set enable_seqscan = off', [name]);
    db = openDatabase({ url: database.url, poolMax: 1, applicationName: 'gramota-test' });
  });
  after(async () => {
    await db.destroy();
    await database.drop();
  });

  /** A page of at most 51 rows may look at so many rows and pages of so many student groups. */
  const isCheap = async (what: string, ask: () => Promise<unknown>, most = { rows: 3000, pages: 6000 }) => {
    const plans = await explained(db, ask);
    const scanned = new Set(plans.flatMap((plan) => plan.scanned));
    // One row, and what was counted just now.
    for (const small of ['send_brake', 'find_total_change', 'batch_count_change']) scanned.delete(small);
    assert.deepEqual([...scanned], [], `${what} reads a table from end to end`);
    const [rows, pages] = [
      plans.reduce((sum, plan) => sum + plan.rows, 0),
      plans.reduce((sum, plan) => sum + plan.pages, 0),
    ];
    assert.ok(
      rows <= most.rows && pages <= most.pages,
      `${what}: ${rows} rows, ${pages} pages of ${GROUPS} student groups`,
    );
  };

  for (const filter of FILTERS) {
    it(`does not grow with the number of student groups: ${JSON.stringify(filter)}`, () =>
      isCheap('the list', () => listStudentGroups(db, StudentGroupList.parse(filter))));
  }

  for (const words of [['аба'], ['а'], ['абаба', 'аигул'], ['аигул', 'а'], ['нет']]) {
    it(`does not grow with the number of names that begin with ${words.join(' and ')}`, () =>
      isCheap('the list', () => selectStudentGroupPage(db, { ...NO_FILTER, words }, { after: null, limit: 50 })));
  }

  for (const narrowing of [
    {},
    { countries: ['KZ'] },
    { releaseId: 'rel_big', state: 'sent' as const },
    { countries: ['RS'] },
  ]) {
    it(`does not grow with the number of student groups, whose names share words: ${JSON.stringify(narrowing)}`, () =>
      isCheap('the list', () =>
        selectStudentGroupPage(db, { ...NO_FILTER, words: ['аигул'], ...narrowing }, { after: null, limit: 50 }),
      ));
  }

  for (const narrowing of [{}, { countries: ['RS'] }]) {
    it(`shows everyone with a common name once, page by page: ${JSON.stringify(narrowing)}`, async () => {
      const filter = { ...NO_FILTER, words: ['аигул'], ...narrowing };
      const shown: string[] = [];
      for (let after: StudentGroupPlace | null = null; ; ) {
        const page = await selectStudentGroupPage(db, filter, { after, limit: 50 });
        shown.push(...page.rows.map(({ studentGroupId }) => studentGroupId));
        after = page.next;
        if (after === null) break;
      }
      assert.deepEqual(shown, (await selectStudentGroupIds(db, filter, GROUPS)).sort());
      assert.ok(shown.length > 0);
    });
  }

  it('does not grow for releases, acts and items of a batch', async () => {
    const page = { limit: 50, cursor: null };
    await isCheap('the list of releases', () => listReleases(db, page));
    await isCheap('the list of acts', () => listActs(db, page));
    await isCheap('the list of acts', () => listActs(db, { ...page, actor: 'ada', verb: 'certificate.revoke' }));
    await isCheap('the list of items', () =>
      selectBatchItems(db, batchId, { ...NO_ITEM_FILTER, after: null, limit: 51 }),
    );
  });

  it('does not grow with the items of a batch that is counted, nor with all student groups that are', async () => {
    await isCheap('the counts of a batch', () => selectBatchCounts(db, batchId, false), { rows: 100, pages: 20 });
    const counted = { ...NO_FILTER, state: 'sent' as const };
    await isCheap('the count of a state', () => countStudentGroups(db, counted, 1000), { rows: 1000, pages: 50 });
  });

  it('counts a batch as a recount by the view does, whatever became of its items', async () => {
    const recount = async (trx: Db) => {
      const { rows } = await trx.raw<{ rows: { state: string; n: number }[] }>(
        `select ${ITEM_STATE} as state, count(*)::int as n from batch_item as b
         left join decision as own on own.id = b.decision_id
         cross join lateral (select s.* from (select b.student_group_id) as i join ${STANDING_OF_ITEM} offset 0) as s
         where b.batch_id = ? group by 1`,
        [batchId],
      );
      return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
    };
    const counted = async (trx: Db) => (await selectBatchCounts(trx, batchId, false)).byState;
    const trx = await database.knex.transaction();
    try {
      const before = await recount(trx);
      assert.ok(Object.keys(before).length > 10, 'items in many states');
      assert.deepEqual(await counted(trx), before);
      const every = (n: number) => `mod(substr(student_group_id, 4)::int, 20) = ${n}`;
      const changes: [string, string][] = [
        ['batch_item', `cancelled_at = now() where ${every(1)}`],
        ['batch_item', `skipped_code = 'not-in-batch' where ${every(2)}`],
        ['batch_item', `evaluated_at = null where ${every(3)}`],
        ['student_group', `release_id = 'rel_0002' where ${every(4).replace('student_group_id', 'id')}`],
        ['student_group', `gone_at = now() where ${every(5).replace('student_group_id', 'id')}`],
      ];
      for (const [table, change] of changes) await trx.raw(`update ${table} set ${change}`);
      await trx.raw('set constraints all immediate');
      const after = await recount(trx);
      assert.notDeepEqual(after, before);
      assert.deepEqual(await counted(trx), after);
    } finally {
      await trx.rollback();
    }
  });
});
