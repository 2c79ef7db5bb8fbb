import { randomUUID } from 'node:crypto';
import { listStudentGroups, StudentGroupList } from '../../src/coordinate/student-group-list.ts';
import { selectBatchCounts } from '../../src/records/batches/batch-counts.ts';
import { selectByCode } from '../../src/records/certificates/lookup.ts';
import type { Db } from '../../src/records/rows.ts';
import { NO_ITEM_FILTER, selectBatchItems } from '../../src/records/student-groups/standing.ts';
import { NO_FILTER } from '../../src/records/student-groups/student-group-filter.ts';
import { countStudentGroups } from '../../src/records/student-groups/student-group-search.ts';
import { CERTIFICATE_STEPS } from '../../test/support/certificate-steps.ts';
import { BIG_RELEASE } from '../../test/support/many-student-groups.ts';

/** What is measured, by name; `run` is called with 0, 1, 2 … */
export type Step = [name: string, run: (n: number) => Promise<unknown>];

/** Times that each step runs unmeasured: plans are made, caches are filled. */
export const WARM = 30;
/** Found in the smallest database too, so that each search has as many rows to show in all of them. */
const COMMON = ['айгул', 'anna', 'аба', 'yu'];
const SAMPLE = 500;
const BATCH = 1000;

/** The stages of a certificate, then what people ask for; over a database that `seedManyStudentGroups` has filled. */
export async function stepsOver(db: Db): Promise<Step[]> {
  const { CERTIFICATE_STEPS: steps, people } = { CERTIFICATE_STEPS, people: await samplePeople(db) };
  const batchId = await insertBatchLike(db);
  const person = (n: number) => people[n % people.length] as Person;
  // Those that are awarded here: earlier ones have no whole facts.
  let codes: string[] | undefined;
  const codeOf = async (n: number) => {
    codes ??= await db('certificate').whereLike('student_group_id', 'sg_new_%').limit(WARM).pluck('code');
    return codes[n % codes.length] ?? '';
  };
  const find = (q: string) => listStudentGroups(db, StudentGroupList.parse({ q }));
  return [
    ['pull and judge', (n) => db.transaction((trx) => steps.pullAndJudge(trx, `sg_new_${n}`))],
    ['award and draw', (n) => db.transaction((trx) => steps.awardAndDraw(trx, `sg_new_${n}`))],
    ['send, track, look up', (n) => db.transaction((trx) => steps.sendAndTrack(trx, `sg_new_${n}`))],
    ['look up', async (n) => selectByCode(db, await codeOf(n))],
    ['search: a number', (n) => find(person(n).number)],
    ['search: an address', (n) => find(`${person(n).student}@mail.example`)],
    ['search: a whole name', (n) => find(person(n).name)],
    ['search: a common name', (n) => find(COMMON[n % COMMON.length] ?? '')],
    ['search: nobody', () => find('нет такого имени')],
    ['list by state, counted', () => listAndCount(db)],
    ['list of a rare state', () => listStudentGroups(db, StudentGroupList.parse({ state: 'uncertain' }))],
    ['count of a state', () => countStudentGroups(db, { ...NO_FILTER, state: 'sent' }, 1000)],
    [`a batch of ${BATCH}, counted`, () => selectBatchCounts(db, batchId, false)],
    ['page of a batch', () => selectBatchItems(db, batchId, { ...NO_ITEM_FILTER, after: null, limit: 51 })],
  ];
}

interface Person {
  number: string;
  student: string;
  name: string;
}

async function samplePeople(db: Db): Promise<Person[]> {
  const { rows } = await db.raw<{ rows: Person[] }>(
    `select c.number, g.student_id as student, g.snapshot #>> '{student,fullName}' as name
     from certificate as c join student_group as g on g.id = c.student_group_id order by md5(c.number) limit ${SAMPLE}`,
  );
  return rows;
}

async function listAndCount(db: Db): Promise<void> {
  await listStudentGroups(db, StudentGroupList.parse({ state: 'sent' }));
  await countStudentGroups(db, { ...NO_FILTER, state: 'sent' }, 1000);
}

/** A batch of the same size in each database, over the first student groups of the largest release. */
async function insertBatchLike(db: Db): Promise<string> {
  const id = randomUUID();
  const at = new Date();
  await db('batch').insert({
    id,
    release_id: BIG_RELEASE,
    dry_run: false,
    actor: 'ada',
    request_hash: 'h',
    created_at: at,
    started_at: at,
    pulled_at: at,
  });
  await db.raw(
    `insert into batch_item (batch_id, student_group_id, release_id, decision_id, evaluated_at)
     select ?, student_group_id, release_id, decision_id, evaluated_at from batch_item
     where release_id = ? order by student_group_id limit ${BATCH}`,
    [id, BIG_RELEASE],
  );
  await db.raw('analyze batch, batch_item');
  return id;
}
