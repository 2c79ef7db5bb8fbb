import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import request from 'supertest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, seedCertificate } from './harness.ts';

const BROWSER = { Accept: 'text/html,*/*;q=0.8' };
let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => database.drop());

test('the lookup is limited to 30 requests a minute for one address, over all processes; /c is free', async () => {
  const { facts } = await seedCertificate(database.knex);
  const one = appOver(database.knex, { trustProxy: '1' }).app;
  const other = appOver(database.knex, { trustProxy: '127.0.0.1' }).app;
  const from = (address: string, turn: number) =>
    request(turn % 2 === 0 ? one : other)
      .get('/certificates/lookup')
      .query({ code: facts.code })
      .set('X-Forwarded-For', address);
  for (let turn = 0; turn < 30; turn += 1) assert.equal((await from('192.0.2.1', turn)).status, 200, String(turn));
  for (const turn of [0, 1]) {
    const refused = await from('192.0.2.1', turn);
    assert.equal(refused.status, 429);
    const wait = Number(refused.headers['retry-after']);
    assert.ok(wait >= 1 && wait <= 60);
  }
  assert.equal((await from('192.0.2.2', 0)).status, 200);
  const page = await from('192.0.2.1', 0).set(BROWSER);
  assert.equal(page.status, 429);
  assert.match(page.text, /<form/);
  assert.equal((await request(one).get(`/c/${facts.code}`).set('X-Forwarded-For', '192.0.2.1')).status, 200);
  const stored: { key: string }[] = await database.knex('lookup_limit').select('key');
  assert.ok(stored.every(({ key }) => !key.includes('192.0.2')));
});

test('the limit believes X-Forwarded-For only where a proxy is declared', async () => {
  const { app } = appOver(database.knex);
  await database.knex('lookup_limit').delete();
  const statuses = new Set<number>();
  for (let turn = 0; turn < 31; turn += 1) {
    const answer = await request(app).get('/certificates/lookup?code=x').set('X-Forwarded-For', `192.0.2.${turn}`);
    statuses.add(answer.status);
  }
  assert.deepEqual([...statuses], [404, 429]);
});
