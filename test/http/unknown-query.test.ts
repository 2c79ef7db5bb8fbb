import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import request from 'supertest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, seedCertificate, tokenFor } from './harness.ts';

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => database.drop());

it('an unknown query parameter gets 400 at every address under /api; an unknown resource still gets 404', async () => {
  const db = database.knex;
  const { app } = appOver(db);
  const { header } = await tokenFor(db, 'coordinator');
  const { id, studentGroupId } = await seedCertificate(db);
  const ask = (method: 'get' | 'post' | 'patch', path: string, body: object = {}) =>
    method === 'get'
      ? request(app).get(path).set('Authorization', header)
      : request(app)[method](path).set('Authorization', header).send(body);
  const made = await ask('post', '/api/batches', { studentGroupIds: [studentGroupId], dryRun: true });
  assert.equal(made.status, 202);
  const batch = `/api/batches/${made.body.id}`;
  const gets = [
    '/api/exceptions',
    '/api/flags',
    '/api/certificates',
    `/api/certificates/${id}`,
    `/api/student-groups/${studentGroupId}`,
    '/api/batches',
    '/api/templates',
    '/api/reconciliation',
    batch,
    `${batch}/items`,
    `${batch}/events`,
  ];
  for (const path of gets) {
    const answer = await ask('get', `${path}?stat=held&stte=x`);
    assert.equal(answer.status, 400, path);
    assert.deepEqual(
      answer.body.errors,
      [
        { pointer: '/stat', detail: 'unknown field' },
        { pointer: '/stte', detail: 'unknown field' },
      ],
      path,
    );
  }
  const reason = { reason: 'fictional' };
  const posts = ['resend', 'resolve', 'reissue', 'revoke', 'reinstate'].map(
    (verb) => `/api/certificates/${id}/${verb}`,
  );
  for (const path of [...posts, '/api/batches', '/api/reconciliation/repair'])
    assert.deepEqual(
      (await ask('post', `${path}?dryRun=true`, reason)).body.errors,
      [{ pointer: '/dryRun', detail: 'unknown field' }],
      path,
    );
  assert.equal(
    (await ask('patch', `/api/student-groups/${studentGroupId}?excluded=true`, { excluded: true, ...reason })).status,
    400,
  );
  assert.equal(Number((await db('validity_act').count({ n: '*' }).first())?.['n']), 0);
  assert.equal(Number((await db('override').count({ n: '*' }).first())?.['n']), 0);

  for (const path of [
    `/api/certificates/${randomUUID()}`,
    `/api/batches/${randomUUID()}`,
    '/api/templates/none/fields',
    '/api/none',
  ])
    assert.equal((await ask('get', `${path}?x=1`)).status, 404, path);
  assert.equal((await request(app).get('/api/batches?x=1')).status, 401);
  const viewer = await tokenFor(db, 'viewer', 'looks on');
  assert.equal((await request(app).post('/api/batches?x=1').set('Authorization', viewer.header).send({})).status, 403);
});

it('public pages, health and webhooks ignore unknown query parameters, because shared links have additional ones', async () => {
  const { facts } = await seedCertificate(database.knex);
  const { app } = appOver(database.knex);
  const statusOf = async (path: string, accept = 'application/json') =>
    (await request(app).get(path).set('Accept', accept)).status;
  for (const path of [
    `/c/${facts.code}`,
    `/c/${facts.code}/diploma.pdf`,
    `/certificates/lookup?code=${facts.code}`,
    '/healthz',
  ])
    assert.equal(await statusOf(`${path}${path.includes('?') ? '&' : '?'}fbclid=x&utm_source=y`), 200, path);
  assert.equal(await statusOf('/?fbclid=x', 'text/html'), 200);
  assert.equal((await request(app).post('/webhooks/lms?x=1').send({})).status, 401);
});
