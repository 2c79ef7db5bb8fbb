import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { recordPulls } from '../../src/records/student-groups/student-groups.ts';
import { seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { ended, until } from '../support/world.ts';
import { type Expected, FAULTY, file, known, LAST, ODD } from './import-rows.ts';
import { type ImportItem, type Importing, importing } from './importing.ts';
import { WHY } from './overriding.ts';

const WORKER = fileURLToPath(new URL('./processes/applying.js', import.meta.url));

describe('a registration file of 500 rows with 40 faults of 20 kinds', () => {
  let database: TestDatabase;
  let on: Importing;
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
    on = await importing(database.knex);
  });
  after(async () => {
    await on.close();
    await database.drop();
  });

  let id: string;
  let items: ImportItem[];
  before(async () => {
    const groups = Array.from({ length: LAST - 1 }, (_, at) => {
      const { group, student, email, fullName } = known(at + 2);
      const told = studentGroup(group, student);
      Object.assign(told.student, { email, fullName });
      if (at + 2 === 65) told.student.country = 'KZ';
      if (at + 2 === 49) told.student.email = 'shared@school.example';
      return { ok: true as const, studentGroup: told, etag: null };
    });
    const ofRelease = { releaseId: 'rel_test', unreadable: 0 };
    await recordPulls(database.knex, groups, new Date(), (email) => email, ofRelease);
    await on.api.pulled('sg_shared', (told) => {
      told.student.email = 'shared@school.example';
    });
    await on.api.pulled('sg_again', (told) => {
      Object.assign(told.student, {
        id: known(50).student,
        email: 'again@school.example',
        fullName: known(50).fullName,
      });
      told.group.id = 'gr_2';
    });
    assert.equal((await on.api.patch(on.app, known(47).group, { country: 'UZ', ...WHY })).status, 200);
    assert.equal((await on.api.patch(on.app, known(48).group, { latinName: 'Hanna Piatrova', ...WHY })).status, 200);
    const answer = await on.upload(await file());
    assert.equal(answer.status, 202, answer.text);
    assert.equal(answer.headers['location'], `/api/imports/${answer.body.id}`);
    id = answer.body.id;
    items = await on.all(id);
  });

  it('gives every row the verdict of the table, with cell, value and mend', () => {
    const expectedOf = (row: number): Expected => (FAULTY[row] ?? ODD[row])?.expected ?? ['found', null, null];
    const rows = Array.from({ length: LAST - 1 }, (_, at) => at + 2);
    // The row that another one names by its student id is right by itself.
    assert.deepEqual(
      items.map(({ row, verdict, problems: [one] }) => [row, verdict, one?.code ?? null, one?.cell ?? null]),
      rows.map((row) => [row, ...expectedOf(row)]),
    );
    for (const { problems } of items)
      for (const { value, detail, mend } of problems) {
        assert.ok(detail.length > 5 && mend.length > 5);
        if (value !== null && value.length > 2) assert.ok(!`${detail} ${mend}`.includes(value), 'no personal data');
      }
    assert.equal(Object.keys(FAULTY).length, 40);
    assert.ok(new Set(Object.values(FAULTY).map(({ expected }) => expected[1])).size >= 15);
  });

  it('counts the rows by verdict, and tells which columns were not read', async () => {
    const { body } = await on.page(id);
    const { found, same, unknown, twice, conflict, fault } = body.counts;
    assert.equal(found + same + unknown + twice + conflict + fault, LAST - 1);
    assert.deepEqual([unknown, twice, conflict, same], [2, 2, 6, 1]);
    assert.deepEqual([body.unusedHeadings, body.headingRow, body.state], [['Отметка времени'], 1, 'checked']);
    const { body: twins } = await on.page(id, 'verdict=twice&limit=1');
    assert.deepEqual(
      [twins.items[0].row, twins.items[0].problems[0].detail],
      [42, 'other rows name the same student group: 43'],
    );
  });

  it('answers in Russian where Russian is preferred', async () => {
    const { body } = await on.page(id, 'verdict=twice&limit=1').set('Accept-Language', 'ru');
    assert.equal(body.items[0].problems[0].mend, 'оставьте одну из этих строк');
  });

  it('changes nothing before it is applied; then each good row once, although its workers are killed three times', async () => {
    const { knex, url } = database;
    assert.equal(await knex('override').where('field', 'like', 'file%').first(), undefined);
    assert.equal((await on.apply(id)).status, 202);
    const { body: start } = await on.page(id);
    const good = start.counts.found + start.counts.same;
    const settled = async () => Object.values<number>((await on.page(id)).body.results).reduce((a, b) => a + b, 0);
    for (const share of [0.2, 0.4, 0.6]) {
      const worker = spawn(process.execPath, [WORKER, url, id], { stdio: 'inherit' });
      await until('some rows to be applied', async () => (await settled()) >= good * share || worker.exitCode !== null);
      await ended(worker, 'SIGKILL');
    }
    assert.ok((await settled()) < good, 'each of the three was killed before the end');
    await until('the last worker to find nothing locked', async () => {
      await on.work(id);
      return (await on.page(id)).body.state === 'applied';
    });
    assert.deepEqual(
      (await on.all(id)).map(({ row, result }) => [row, result]),
      items.map(({ row, verdict }) => [row, verdict === 'found' || verdict === 'same' ? 'applied' : null]),
    );
    const written = await knex('override').where('field', 'like', 'file%').groupBy('student_group_id', 'field').count();
    assert.ok(
      written.every(({ count }) => Number(count) === 1),
      'no value is written twice',
    );
    const [acts] = await knex('act').where({ verb: 'student-group.import' }).count();
    assert.equal(Number(acts?.['count']), good);
  });
});
