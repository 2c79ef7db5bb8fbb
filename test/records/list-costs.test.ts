import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { listActs } from '../../src/coordinate/act-routes.ts';
import { listReleases } from '../../src/coordinate/release-list.ts';
import { listStudentGroups, StudentGroupList } from '../../src/coordinate/student-group-list.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import type { Db } from '../../src/records/rows.ts';
import { NO_ITEM_FILTER, selectBatchItems } from '../../src/records/student-groups/standing.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { explained } from '../support/explained.ts';
import { seedManyStudentGroups } from '../support/many-student-groups.ts';

const FEW = 1000;
const MANY = 10_000;

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

interface Filled {
  database: TestDatabase;
  /** Its planner avoids reading tables from end to end, as it does where they are large. */
  db: Db;
  batchId: string;
}

describe('the cost of lists', () => {
  const filled: Filled[] = [];
  before(async () => {
    for (const groups of [FEW, MANY]) {
      const database = await testDatabase();
      const batchId = await seedManyStudentGroups(database.knex, groups);
      const name = new URL(database.url).pathname.slice(1);
      await database.knex.raw('alter database ?? set enable_seqscan = off', [name]);
      filled.push({
        database,
        batchId,
        db: openDatabase({ url: database.url, poolMax: 1, applicationName: 'gramota-test' }),
      });
    }
  });
  after(async () => {
    for (const { database, db } of filled) {
      await db.destroy();
      await database.drop();
    }
  });

  /** Pages that an answer reads of few and of many. */
  const read = async (
    ask: (one: Filled) => Promise<unknown>,
  ): Promise<{ few: number; many: number; scanned: string[] }> => {
    const plans = [];
    for (const one of filled) plans.push(await explained(one.db, () => ask(one)));
    const [few = 0, many = 0] = plans.map((own) => own.reduce((sum, { pages }) => sum + pages, 0));
    const scanned = plans.flat().flatMap((plan) => plan.scanned);
    return { few, many, scanned: [...new Set(scanned)].filter((table) => !['send_brake'].includes(table)) };
  };
  const isFlat = async (what: string, ask: (one: Filled) => Promise<unknown>) => {
    const { few, many, scanned } = await read(ask);
    assert.deepEqual(scanned, [], `${what} reads a table from end to end`);
    // Ten times the rows: trees are higher by a level, and small answers are full pages. What grows with the table is beyond.
    assert.ok(many <= 3 * few + 1000, `${what}: ${few} pages of ${FEW}, ${many} of ${MANY}`);
  };

  for (const filter of FILTERS) {
    it(`does not grow with the number of student groups: ${JSON.stringify(filter)}`, () =>
      isFlat('the list', ({ db }) => listStudentGroups(db, StudentGroupList.parse(filter))));
  }

  it('does not grow for releases, acts and items of a batch', async () => {
    const page = { limit: 50, cursor: null };
    await isFlat('the list of releases', ({ db }) => listReleases(db, page));
    await isFlat('the list of acts', ({ db }) => listActs(db, page));
    await isFlat('the list of acts', ({ db }) => listActs(db, { ...page, actor: 'ada', verb: 'certificate.revoke' }));
    await isFlat('the list of items', ({ db, batchId }) =>
      selectBatchItems(db, batchId, { ...NO_ITEM_FILTER, after: null, limit: 51 }),
    );
  });
});
