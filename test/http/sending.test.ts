import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import request from 'supertest';
import { runBatchShow } from '../../src/commands/batch.ts';
import { readConfig } from '../../src/config.ts';
import { insertOrReturnBatch } from '../../src/records/batches/batches.ts';
import { countUnknown } from '../../src/records/letters/send-brake.ts';
import { told } from '../commands/command-line.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, tokenFor } from './harness.ts';

let database: TestDatabase;
let viewer: string;
let batchId: string;

before(async () => {
  database = await testDatabase();
  viewer = (await tokenFor(database.knex, 'viewer')).header;
  batchId = randomUUID();
  const asked = { releaseId: 'rel_test', studentGroupIds: null, countries: null, dryRun: false, template: null };
  const by = { note: null, actor: 'tester', idempotencyKey: null, requestHash: 'r' };
  await insertOrReturnBatch(database.knex, { id: batchId, ...asked, ...by }, new Date());
});
after(() => database.drop());

async function said() {
  const { app } = appOver(database.knex);
  const [ready, metrics, batch] = await Promise.all([
    request(app).get('/readyz'),
    request(app).get('/metrics'),
    request(app).get(`/api/batches/${batchId}`).set('Authorization', viewer),
  ]);
  const gauges = metrics.text.split('\n').filter((line) => /^gramota_send/.test(line));
  const shown = await told((say) =>
    runBatchShow(readConfig({ DATABASE_URL: database.url }, []), batchId, { language: 'en' }, say),
  );
  return { status: ready.status, sending: ready.body.sending, gauges, notice: batch.body.notice, lines: shown.out };
}

test('readiness, metrics and batch report no fault while Sendsay accepts letters', async () => {
  const { status, sending, gauges, notice, lines } = await said();
  assert.deepEqual([status, sending, notice], [200, { state: 'open' }, null]);
  assert.deepEqual(gauges, ['gramota_sending_stopped 0', 'gramota_sends_unknown_in_a_row 0']);
  assert.equal(lines.length, 2);
});

test('after five unknown outcomes in a row, readiness, metrics, batch and command line report that sending has stopped', async () => {
  const at = new Date('2026-11-28T10:00:00Z');
  const unknown = { count: 1, detail: 'HTTP 404', firstTry: new Date('2026-11-28T10:00:30Z') };
  for (let calls = 1; calls <= 5; calls += 1) {
    assert.equal(await countUnknown(database.knex, unknown, at), calls === 5, 'told by the fifth alone');
  }
  const { status, sending, gauges, notice, lines } = await said();
  assert.equal(status, 200, 'requests are answered all the same');
  assert.deepEqual(sending, {
    state: 'stopped',
    since: at.toISOString(),
    unknownInARow: 5,
    nextTry: '2026-11-28T10:00:30.000Z',
    detail: 'HTTP 404',
  });
  assert.deepEqual(gauges, ['gramota_sending_stopped 1', 'gramota_sends_unknown_in_a_row 5']);
  assert.match(
    notice,
    /^No letter has been sent since 2026-11-28T10:00:00.000Z: 5 calls .*HTTP 404.*its address in the settings/,
  );
  assert.equal(lines.at(-1), notice);
});
