import assert from 'node:assert/strict';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import request from 'supertest';
import { verifyLmsWebhook } from '../../src/adapters/lms/webhook.ts';
import type { AppDeps } from '../../src/app.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, CALLBACK_SECRET, CALLBACKS } from './harness.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => database.drop());

const over = (changes: Partial<AppDeps> = {}) =>
  appOver(database.knex, {
    verifyLmsWebhook: (input) => verifyLmsWebhook({ secrets: [secret], ...input }),
    ...changes,
  });

function sign(body: string, { id = randomUUID(), at = new Date() } = {}): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
    'content-type': 'application/json',
  };
}

function event(type = 'student-group.completed'): string {
  return JSON.stringify({
    type,
    timestamp: new Date().toISOString(),
    data: { studentGroupId: 'sg_1', releaseId: 'rel_1' },
  });
}

test('a signed LMS event is stored with its job before the response 202; the same event again has no effect', async () => {
  const { app, overheard } = over();
  const body = event();
  const headers = sign(body);
  for (const _ of [1, 2]) assert.equal((await request(app).post('/webhooks/lms').set(headers).send(body)).status, 202);
  const id = headers['webhook-id'];
  assert.deepEqual(overheard.jobs, [{ queue: 'pull', job: { id: 'sg_1' }, options: { singletonKey: 'sg_1' } }]);
  const [stored] = await database.knex('lms_event').where({ id });
  assert.deepEqual(
    [stored.type, stored.student_group_id, stored.release_id],
    ['student-group.completed', 'sg_1', 'rel_1'],
  );
});

test('an LMS event whose job could not be enqueued is not stored, so that the LMS sends it again', async () => {
  const { app } = over({ enqueue: () => Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' })) });
  const body = event();
  const headers = sign(body);
  const answer = await request(app).post('/webhooks/lms').set(headers).send(body);
  assert.equal(answer.status, 503);
  assert.ok(answer.headers['retry-after']);
  assert.equal(await database.knex('lms_event').where({ id: headers['webhook-id'] }).first(), undefined);
});

test('an LMS event of an unknown type is stored and counted', async () => {
  const { app } = over();
  const body = event('course.renamed');
  assert.equal((await request(app).post('/webhooks/lms').set(sign(body)).send(body)).status, 202);
  assert.match((await request(app).get('/metrics')).text, /gramota_webhooks_total\{source="lms",type="unknown"\} 1/);
});

test('a webhook with a wrong or old signature gets 401, a malformed body 400, a too large one 413', async () => {
  const { app, overheard } = over();
  const body = event();
  const send = (headers: Record<string, string>, text: string) =>
    request(app).post('/webhooks/lms').set(headers).send(text);
  assert.equal((await send({}, body)).status, 401);
  assert.equal((await send(sign(`${body} `), body)).status, 401);
  assert.equal((await send(sign(body, { at: new Date(Date.now() - 301_000) }), body)).status, 401);
  for (const bad of [
    '{',
    '[]',
    'null',
    '{"type":"student-group.updated","data":{}}',
    '{"type":"student-group.updated","data":{"studentGroupId":1e3}}',
    `{"type":${'['.repeat(50_000)}`,
  ]) {
    const answer = await send(sign(bad), bad);
    assert.equal(answer.status, 400, bad.slice(0, 40));
    assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
  }
  const huge = 'x'.repeat(300_000);
  assert.equal((await send(sign(huge), huge)).status, 413);
  assert.deepEqual(overheard.jobs, []);
});

test('each fault of a signed body is told with its own JSON pointer; the whole body has the empty one', async () => {
  const { app } = over();
  const faults = async (body: string) => {
    const answer = await request(app).post('/webhooks/lms').set(sign(body)).send(body);
    assert.equal(answer.status, 400, body);
    return answer.body.errors;
  };
  assert.deepEqual(await faults('[]'), [{ pointer: '', detail: 'expected a JSON object' }]);
  assert.deepEqual(await faults('{"type":5,"timestamp":"yesterday","data":{"studentGroupId":"sg"}}'), [
    { pointer: '/type', detail: 'expected text of 1 to 200 characters' },
    { pointer: '/timestamp', detail: 'expected a time such as 2026-11-01T00:00:00Z' },
  ]);
  assert.deepEqual(await faults('{"type":"student-group.updated","data":[]}'), [
    { pointer: '/data', detail: 'expected a JSON object' },
  ]);
  assert.deepEqual(await faults('{"type":"release.closed"}'), [
    { pointer: '/data/releaseId', detail: 'required for release.closed' },
  ]);
});

test('a webhook whose signed bytes are not UTF-8 gets 400 with that reason; numeric ids are read as text', async () => {
  const { app, overheard } = over();
  const key = Buffer.from(secret.slice(6), 'base64');
  const send = (body: Buffer) => {
    const [id, seconds] = [randomUUID(), String(Math.floor(Date.now() / 1000))];
    const mac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64');
    return request(app)
      .post('/webhooks/lms')
      .set({ 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${mac}` })
      .set('content-type', 'application/octet-stream')
      .send(body);
  };
  const latin = await send(Buffer.from('{"type":"student-group.updated","data":{"studentGroupId":"\xe9"}}', 'latin1'));
  assert.equal(latin.status, 400);
  assert.deepEqual(latin.body.errors, [{ pointer: '', detail: 'body: expected UTF-8' }]);
  const numeric = await send(Buffer.from('{"type":"release.closed","data":{"releaseId":17}}'));
  assert.equal(numeric.status, 202);
  assert.deepEqual(overheard.jobs, [{ queue: 'pull-release', job: { id: '17' }, options: { singletonKey: '17' } }]);
});

test('a callback of Sendsay only makes the next query for letters and delivery results start earlier', async () => {
  const { app, overheard } = over();
  const path = `/webhooks/sendsay/${CALLBACK_SECRET}`;
  for (const body of ['{"events":[{"track.id":"7"}]}', '{"track.id":"7"}{"track.id":"8"}']) {
    assert.equal((await request(app).post(path).set('Content-Type', 'text/plain').send(body)).status, 202);
  }
  assert.deepEqual(
    overheard.jobs.map(({ queue, job }) => [queue, job]),
    [1, 2].flatMap(() => [
      ['track', {}],
      ['delivery', { hastened: true }],
    ]),
  );
  for (const { options } of overheard.jobs) {
    assert.equal((options as { singletonKey: string }).singletonKey, 'hastened');
  }
  assert.equal((await request(app).post(path).send('nothing')).status, 400);
});

test('without its secret the address for Sendsay callbacks does not exist', async () => {
  const { app, overheard } = over();
  const send = (path: string, on = app) => request(on).post(path).send('{"events":[{}]}');
  for (const wrong of ['x', `${CALLBACK_SECRET}x`, CALLBACK_SECRET.slice(1), '%00', '%ff', '__proto__']) {
    assert.equal((await send(`/webhooks/sendsay/${wrong}`)).status, 404, wrong);
  }
  const { app: closed } = over({ callbacks: { ...CALLBACKS, secret: undefined } });
  for (const any of ['', 'undefined', CALLBACK_SECRET])
    assert.equal((await send(`/webhooks/sendsay/${any}`, closed)).status, 404);
  assert.equal((await request(app).get(`/webhooks/sendsay/${CALLBACK_SECRET}`)).status, 405);
  assert.deepEqual(overheard.jobs, []);
});
