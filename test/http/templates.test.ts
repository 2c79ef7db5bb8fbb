import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { createPreviews } from '../../src/diploma/preview/create-previews.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import type { Previews } from '../../src/ports/previews.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, tokenFor } from './harness.ts';

describe('sample diplomas and field lists of templates over HTTP', () => {
  let database: TestDatabase;
  let previews: Previews;
  let get: (path: string) => request.Test;
  before(async () => {
    database = await testDatabase();
    previews = createPreviews(await loadTemplates(resolve('templates')));
    const { app } = appOver(database.knex, { previews });
    const { header } = await tokenFor(database.knex, 'viewer');
    get = (path) => request(app).get(path).set('Authorization', header);
  });
  after(async () => {
    await previews.close();
    await database.drop();
  });

  it('are listed page by page', async () => {
    const all = await get('/api/templates');
    assert.equal(all.status, 200);
    const ids = all.body.items.map((item: { id: string }) => item.id);
    assert.deepEqual(ids, [...ids].sort());
    assert.ok(ids.includes('teacher-ru'));
    const [first] = all.body.items;
    assert.match(first.hash, /^[0-9a-f]{64}$/);
    assert.ok(first.samples.includes('arabic'));
    const page = await get('/api/templates?limit=1');
    assert.deepEqual([page.body.items.length, page.body.items[0].id], [1, ids[0]]);
    const next = await get(`/api/templates?limit=200&cursor=${page.body.nextCursor}`);
    assert.deepEqual([next.body.items.length, next.body.nextCursor], [ids.length - 1, null]);
  });

  it('are available as PDF and PNG, with strict security headers', async () => {
    for (const [ending, type, magic] of [
      ['pdf', 'application/pdf', '%PDF'],
      ['png', 'image/png', '\x89PNG'],
    ] as const) {
      const answer = await get(`/api/templates/teacher-ru/preview.${ending}?sample=thai`).buffer(true);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['content-type'], type);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.match(answer.headers['content-security-policy'] ?? '', /sandbox; default-src 'none'/);
      assert.equal(answer.headers['content-disposition'], `inline; filename="teacher-ru-sample.${ending}"`);
      assert.equal((answer.body as Buffer).subarray(0, 4).toString('latin1'), magic);
    }
  });

  it('include the fields of a template', async () => {
    const { status, body } = await get('/api/templates/teacher-ru/fields');
    assert.equal(status, 200);
    const name = body.items.find((item: { name: string }) => item.name === 'holderName');
    assert.deepEqual([name.type, name.required, name.sample], ['name', true, 'Анна Примерова']);
    assert.ok(name.maxLength > 20);
  });

  it('give 404 with the valid names for an unknown template or sample, 400 for an invalid query', async () => {
    for (const path of ['fields', 'preview.pdf', 'preview.png']) {
      const { status, body } = await get(`/api/templates/none/${path}`);
      assert.equal(status, 404);
      assert.match(body.detail, /known templates: .*teacher-ru/);
    }
    const sample = await get('/api/templates/teacher-ru/preview.pdf?sample=runes');
    assert.deepEqual([sample.status, /georgian/.test(sample.body.detail)], [404, true]);
    for (const query of ['extreme=maybe', 'extreme=true&sample=thai', 'sample=', 'sample=a&sample=b'])
      assert.equal((await get(`/api/templates/teacher-ru/preview.pdf?${query}`)).status, 400, query);
    assert.equal((await get('/api/templates?limit=0')).status, 400);
    assert.equal((await get('/api/templates/teacher-ru/preview.gif')).status, 404);
  });

  it('are limited: only a few requests wait, and more are refused', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => get('/api/templates/teacher-ru/preview.pdf')));
    const counts = new Map<number, number>();
    for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
    assert.deepEqual([...counts.keys()].sort(), [200, 503]);
    assert.ok((counts.get(200) ?? 0) >= 28);
    assert.equal(answers.find(({ status }) => status === 503)?.headers['retry-after'], '2');
  });

  it('require a token', async () => {
    const { app } = appOver(database.knex, { previews });
    for (const path of ['', '/teacher-ru/fields', '/teacher-ru/preview.pdf', '/teacher-ru/preview.png'])
      assert.equal((await request(app).get(`/api/templates${path}`)).status, 401);
  });
});
