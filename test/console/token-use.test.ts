import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import request from 'supertest';
import { message, translate } from '../../src/domain/messages/message.ts';
import { selectTokens } from '../../src/records/tokens.ts';
import { appOver, tokenFor } from '../http/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const HOST = '127.0.0.1:8080';
const OWN = { 'Sec-Fetch-Site': 'same-origin' };
const BEGIN = Date.parse('2026-11-29T09:00:00Z');

describe('a token', () => {
  let database: TestDatabase;
  let app: ReturnType<typeof appOver>['app'];
  let now = BEGIN;
  before(async () => {
    database = await testDatabase();
    ({ app } = appOver(database.knex, { clock: { now: () => new Date(now) } as never }));
  });
  after(() => database.drop());
  beforeEach(async () => {
    now = BEGIN;
    await database.knex('lookup_limit').del();
  });

  const signIn = (token: string) =>
    request(app)
      .post('/console/session')
      .set({ Host: HOST, ...OWN })
      .type('form')
      .send({ token });
  const cookieOf = (response: request.Response) => String(response.headers['set-cookie']?.[0]).split(';')[0] ?? '';
  const open = (path: string, Cookie: string) => request(app).get(path).set({ Host: HOST, Cookie });
  const ask = (header: string) => request(app).get('/api/batches').set('Authorization', header);
  const create = (Cookie: string, fields: object) =>
    request(app)
      .post('/console/access/tokens')
      .set({ Host: HOST, Cookie, ...OWN })
      .type('form')
      .send({ name: 'Audit program', role: 'coordinator', ...fields });

  it('is valid through the day that was chosen; afterwards the API, the sign-in and its sessions say that it expired', async () => {
    const admin = cookieOf(await signIn((await tokenFor(database.knex, 'admin', 'Olga')).token));
    const page = await create(admin, { expires: '2026-11-29' });
    assert.equal(page.status, 200, page.text);
    const token = /gr_[\w-]{43}/.exec(page.text)?.[0] ?? '';
    const session = cookieOf(await signIn(token));
    now = Date.parse('2026-11-29T20:59:59Z'); // one second before midnight in Moscow
    await database.knex('console_session').update({ seen_at: new Date(now) });
    assert.equal((await ask(`Bearer ${token}`)).status, 200);
    assert.equal((await open('/console', session)).status, 200);
    now += 1000;
    const refused = await ask(`Bearer ${token}`).set('Accept-Language', 'en');
    const detail = translate(message('http.token-expired', { at: '2026-11-29T21:00:00.000Z' }), 'en');
    assert.equal(refused.status, 401);
    assert.equal(refused.body.detail, detail);
    assert.match(String(refused.headers['www-authenticate']), /Bearer/);
    assert.equal((await open('/console', session)).status, 303, 'its session is over');
    const again = await signIn(token);
    assert.equal(again.status, 401);
    assert.ok(again.text.includes(translate(message('http.token-expired', { at: '2026-11-29T21:00:00.000Z' }), 'ru')));
  });

  it('is refused when its expiry is no date, or is over already', async () => {
    const admin = cookieOf(await signIn((await tokenFor(database.knex, 'admin', 'Olga')).token));
    for (const expires of ['tomorrow', '2026-02-30', '2026-11-28']) {
      const page = await create(admin, { expires });
      assert.equal(page.status, 400, expires);
      assert.match(page.text, /name="expires"[^>]*aria-invalid/, 'the field is named');
      assert.match(page.text, new RegExp(`value="${expires}"`), 'what was typed stays');
    }
  });

  it('notes its use, also by its sessions, at most once a minute', async () => {
    const { id, token, header } = await tokenFor(database.knex, 'coordinator', 'Program');
    const lastUse = async () => (await selectTokens(database.knex)).find((one) => one.id === id)?.lastUsedAt?.getTime();
    const written = async () =>
      Number((await database.knex('api_token').where({ id }).first(database.knex.raw('xmin::text as x'))).x);
    assert.equal(await lastUse(), undefined);
    await Promise.all(Array.from({ length: 8 }, () => ask(header)));
    assert.equal(await lastUse(), BEGIN);
    const version = await written();
    now += 59_000;
    await ask(header);
    assert.equal(await written(), version, 'nothing is written within the minute');
    now += 1000;
    await ask(header);
    assert.equal(await lastUse(), now);
    const session = cookieOf(await signIn(token));
    now += 61_000;
    await open('/console/batches', session);
    assert.equal(await lastUse(), now);
  });

  it('is listed with expiry and last use, without its secret, to administrators alone', async () => {
    const admin = await tokenFor(database.knex, 'admin', 'Olga');
    const other = await tokenFor(database.knex, 'coordinator', 'Nobody');
    const { body } = await request(app).get('/api/tokens').set('Authorization', admin.header).expect(200);
    const items = new Map(body.items.map((one: { id: string }) => [one.id, one]));
    assert.deepEqual(items.get(other.id), {
      id: other.id,
      name: 'Nobody',
      role: 'coordinator',
      state: 'active',
      createdAt: (items.get(other.id) as { createdAt: string }).createdAt,
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
    });
    assert.equal((items.get(admin.id) as { lastUsedAt: string }).lastUsedAt, new Date(now).toISOString());
    assert.doesNotMatch(JSON.stringify(body), /gr_|hash/);
    assert.equal((await request(app).get('/api/tokens').set('Authorization', other.header)).status, 403);
    const page = await open('/console/access', cookieOf(await signIn(admin.token)));
    assert.match(page.text, /29\.11\.2026 12:00/, 'the last use, in the school’s zone');
  });
});
