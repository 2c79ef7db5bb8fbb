import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, tokenFor } from './harness.ts';

const letter = { subject: 'Diploma of {{name}}', html: '<html lang="en"><p>{{name}}</p></html>', text: 'To {{name}}' };

describe('GET /api/letters/{id}/preview', () => {
  let database: TestDatabase;
  let app: ReturnType<typeof appOver>['app'];
  let authorization: string;
  before(async () => {
    database = await testDatabase();
    const languages = new Map([
      ['en', letter],
      ['ru', { ...letter, text: 'Кому: {{name}}' }],
    ]);
    const issuer = { name: { en: 'School' }, url: 'https://school.example' };
    ({ app } = appOver(database.knex, { letters: { letters: new Map([['diploma', languages]]), issuer } }));
    authorization = (await tokenFor(database.knex, 'viewer')).header;
  });
  after(() => database.drop());
  const get = (path: string) => request(app).get(`/api/letters/${path}`).set('Authorization', authorization);

  it('gives HTML with headers that forbid scripts, links and loading', async () => {
    const answer = await get('diploma/preview');
    assert.deepEqual([answer.status, answer.type, answer.headers['content-language']], [200, 'text/html', 'en']);
    assert.match(answer.text, /<p>Alex Sample \(sample\)<\/p>/);
    const policy = String(answer.headers['content-security-policy']);
    assert.match(policy, /^sandbox; default-src 'none';/);
    assert.ok(!/allow-|unsafe-eval|script/.test(policy), policy);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal(answer.headers['cache-control'], 'no-store');
  });

  it('gives plain text on request, in the requested language', async () => {
    const answer = await get('diploma/preview?language=ru&format=text&extreme=true');
    assert.deepEqual([answer.status, answer.type, answer.headers['content-language']], [200, 'text/plain', 'ru']);
    assert.match(answer.text, /^Subject: Diploma of .*\n\nКому: .*\(образец\)$/);
  });

  it('gives the valid names for an unknown letter or language', async () => {
    const unknown = await get('nope/preview?format=pdf');
    assert.deepEqual([unknown.status, unknown.type], [404, 'application/problem+json']);
    assert.match(unknown.body.detail, /known letters: diploma\./);
    const language = await get('diploma/preview?language=fr');
    assert.equal(language.status, 404);
    assert.match(language.body.detail, /its languages: en, ru\./);
    const format = await get('diploma/preview?format=pdf');
    assert.equal(format.status, 400);
    assert.deepEqual(format.body.errors, [{ pointer: '/format', detail: 'expected one of html, text' }]);
    assert.equal((await get('diploma/preview?language=a&language=b')).status, 400);
    for (const odd of ['%00', '..%2f..%2fdiploma', 'constructor', '__proto__', 'a'.repeat(5000)])
      assert.equal((await get(`${odd}/preview`)).status, 404, odd);
  });

  it('needs a viewer token and accepts only GET', async () => {
    assert.equal((await request(app).get('/api/letters/diploma/preview')).status, 401);
    assert.equal((await get('diploma/preview')).status, 200);
    const post = await request(app).post('/api/letters/diploma/preview').set('Authorization', authorization);
    assert.deepEqual([post.status, post.headers['allow']], [405, 'GET, HEAD, OPTIONS']);
  });
});
