import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { releaseReport, reportCsv } from '../../src/coordinate/release-report.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { revoke, seedCertificate, seedDecision, seedGroup, seedRelease } from './harness.ts';

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => database.drop());

test('the report of a release has counts by state, country and template, all unfinished items, and every number', async () => {
  const { knex } = database;
  await seedRelease(knex);
  await knex('number_series').where({ prefix: 'INT-26' }).update({ last_number: 3 });
  const drawn = await seedCertificate(knex, { number: 'INT-26-000001' });
  const revoked = await seedCertificate(knex, { number: 'INT-26-000003' });
  await revoke(knex, revoked.id);
  await seedDecision(knex, await seedGroup(knex, 'sg_held'), 'held', {
    code: 'country-unknown',
    detail: '=HYPERLINK("x")',
  });
  await seedDecision(knex, await seedGroup(knex, '@sg_refused'), 'not-met', { code: 'criteria', detail: 'score' });
  await seedGroup(knex, 'sg_elsewhere', { release_id: 'rel_other' });

  const report = await releaseReport(knex, 'rel_test');
  assert.ok(report);
  assert.equal(report.total, 4);
  assert.deepEqual(report.byState, { 'not-met': 1, rendered: 1, revoked: 1, held: 1 });
  assert.deepEqual(report.byCountry, { KZ: report.byState });
  assert.deepEqual(report.byTemplate, { none: { 'not-met': 1, held: 1 }, 'teacher-kk': { rendered: 1, revoked: 1 } });
  assert.deepEqual(
    report.unresolved.map(({ studentGroupId, state, reason }) => [studentGroupId, state, reason?.code]).sort(),
    [
      ['sg_held', 'held', 'country-unknown'],
      [drawn.studentGroupId, 'rendered', undefined],
    ].sort(),
  );
  assert.deepEqual(
    report.numbers.issued.map(({ number, state }) => [number, state]),
    [
      ['INT-26-000001', 'rendered'],
      ['INT-26-000003', 'revoked'],
    ],
  );
  assert.deepEqual(report.numbers.missing, ['INT-26-000002']);

  const csv = reportCsv(report);
  assert.ok(csv.startsWith('\uFEFFsection,key,state,count,studentGroupId,reasonCode,reasonDetail,nextAt\r\n'));
  assert.ok(csv.includes(`unresolved,sg_held,held,,sg_held,country-unknown,"'=HYPERLINK(""x"")",\r\n`));
  assert.ok(csv.includes('number,INT-26-000002,missing,,,,,\r\n'));
  for (const line of csv.slice(1).split('\r\n')) assert.doesNotMatch(line, /(^|,)"?[=+@-]/);
  assert.equal(await releaseReport(knex, 'rel_nowhere'), null);
});
