import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { applyRetention, type RetentionDays } from '../../src/pipeline/apply-retention.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { seedDecision } from '../http/harness.ts';
import { award, seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { findStored } from '../support/stored-texts.ts';

const DAY_MS = 86_400_000;
const DEFAULTS: RetentionDays = { events: 30, importRows: 30, dryRuns: null, unawarded: null };

describe('the retention job', () => {
  let database: TestDatabase;
  let now = new Date('2026-11-29T10:00:00Z');
  const said: object[] = [];
  const log = { info: (fields: object) => void said.push(fields) };
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const run = (days: Partial<RetentionDays> = {}) =>
    applyRetention(
      { db: database.knex, clock: { now: () => now }, newId: randomUUID, log } as unknown as Parameters<
        typeof applyRetention
      >[0],
      { ...DEFAULTS, ...days },
    );
  const knows = (id: string, fullName: string, at: Date) => {
    const record = studentGroup(id);
    const pulled = {
      ok: true as const,
      studentGroup: { ...record, student: { ...record.student, fullName } },
      etag: null,
    };
    return recordPull(database.knex, pulled, at, (raw) => raw);
  };
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
  });
  after(() => database.drop());
  beforeEach(() => {
    now = new Date(now.getTime() + DAY_MS);
    said.length = 0;
  });

  it('empties nothing by default, and runs once a day', async () => {
    await knows('sg_never', 'Давняя Память', daysAgo(4000));
    await Promise.all([run(), run()]);
    assert.equal((await database.knex('retention_run')).length, 1);
    assert.notDeepEqual(await findStored(database.knex, ['Память']), []);
    await run({ unawarded: 30 });
    assert.notDeepEqual(await findStored(database.knex, ['Память']), [], 'tomorrow');
  });

  it('empties teachers without a certificate who were not met by a pull for so long, and leaves a receipt', async () => {
    await knows('sg_old', 'Ветхая Запись', daysAgo(200));
    await knows('sg_new', 'Свежая Запись', daysAgo(100));
    await award(database.knex, 'sg_owner');
    await database
      .knex('student_group')
      .where({ id: 'sg_owner' })
      .update({ pulled_at: daysAgo(4000) });
    await run({ unawarded: 180 });
    assert.deepEqual(await findStored(database.knex, ['Ветхая']), []);
    assert.notDeepEqual(await findStored(database.knex, ['Свежая']), []);
    const left = await database.knex('student_group').whereIn('id', ['sg_old', 'sg_owner']).orderBy('id');
    assert.deepEqual(
      left.map(({ id, snapshot }) => [id, snapshot === null]),
      [
        ['sg_old', true],
        ['sg_owner', false],
      ],
    );
    const receipts = await database.knex('erasure').pluck('receipt');
    assert.deepEqual(receipts, [{ unawarded: 2 }], 'with the one of the test before');
    assert.deepEqual(said, [{ event: 'retention', dryRuns: 0, unawarded: 2 }]);
    await knows('sg_old', 'Ветхая Запись', now);
    assert.notDeepEqual(await findStored(database.knex, ['Ветхая']), [], 'the LMS names the group again');
  });

  it('empties the judged data of old dry runs and of nothing else', async () => {
    const [dry, real] = [
      await seedDecision(database.knex, 'sg_new', 'met'),
      await seedDecision(database.knex, 'sg_new', 'met'),
    ];
    await database.knex.raw('alter table decision disable trigger decision_frozen');
    await database
      .knex('decision')
      .whereIn('id', [dry, real])
      .update({ decided_at: daysAgo(60), inputs: '{"a":1}' });
    await database.knex('decision').where({ id: dry }).update({ dry_run: true });
    await database.knex.raw('alter table decision enable trigger decision_frozen');
    await run({ dryRuns: 30 });
    const inputs = async (id: string) => (await database.knex('decision').where({ id }).first('inputs')).inputs;
    assert.deepEqual([await inputs(dry), await inputs(real)], [null, { a: 1 }]);
  });
});
