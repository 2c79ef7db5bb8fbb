import assert from 'node:assert/strict';
import { request as ask, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import request from 'supertest';
import { FRAME_WORDS } from '../../src/console/frame/frame-words.ts';
import { fill } from '../../src/console/frame/words.ts';
import { appOver, seedBatch, seedGroup, seedRelease, tokenFor } from '../http/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { FOR_ADMINS, OPEN_TO_ALL, type Registered, registeredPages } from './console-routes.ts';

const HOST = '127.0.0.1:8080';
const OWN = { 'Sec-Fetch-Site': 'same-origin' };
describe('the console', () => {
  let database: TestDatabase;
  let app: ReturnType<typeof appOver>['app'];
  let overheard: ReturnType<typeof appOver>['overheard'];
  before(async () => {
    database = await testDatabase();
    ({ app, overheard } = appOver(database.knex, { sleep: (ms) => new Promise((done) => setTimeout(done, ms)) }));
    await seedRelease(database.knex);
    await seedGroup(database.knex, 'sg_1');
  });
  after(() => database.drop());
  beforeEach(() => database.knex('lookup_limit').del());

  const protectedRoutes = () => [
    ...new Map(
      registeredPages(app)
        .map((one) => [`${one.method} ${one.path}`, one] as const)
        .filter(([name]) => !OPEN_TO_ALL.test(name)),
    ).entries(),
  ];
  const addressOf = (path: string) => path.replace(/:\w+/g, '019ac0de-0f00-7000-8000-000000000001');
  const sessionOf = async (token: string) => {
    const response = await request(app)
      .post('/console/session')
      .set({ Host: HOST, ...OWN })
      .type('form')
      .send({ token });
    return String(response.headers['set-cookie']?.[0]).split(';')[0] ?? '';
  };
  const send = ({ method, path }: Registered, headers: Record<string, string>) => {
    const asked =
      method === 'GET' ? request(app).get(addressOf(path)) : request(app).post(addressOf(path)).type('form');
    return asked.set({ Host: HOST, ...headers });
  };

  it('has pages and acts to be walked over', () => {
    const all = protectedRoutes();
    assert.ok(all.length > 50, String(all.length));
    for (const name of FOR_ADMINS)
      assert.ok(
        all.some(([one]) => one === name),
        name,
      );
  });

  it('shows and does nothing without a session: every page leads to the sign-in, every act asks for it', async () => {
    for (const [name, route] of protectedRoutes()) {
      const response = await send(route, OWN);
      assert.equal(response.status, route.method === 'GET' ? 303 : 401, name);
      if (route.method === 'GET')
        assert.match(String(response.headers['location']), /^\/console\/sign-in\?next=/, name);
    }
  });

  it('refuses every act that another site sends, with a session or without', async () => {
    const { token } = await tokenFor(database.knex, 'admin', 'csrf');
    const Cookie = await sessionOf(token);
    for (const [name, route] of protectedRoutes().filter(([, { method }]) => method === 'POST'))
      for (const headers of [
        { Cookie, 'Sec-Fetch-Site': 'cross-site', Origin: `http://${HOST}` },
        { Cookie, Origin: 'https://evil.example' },
        { Cookie },
        { 'Sec-Fetch-Site': 'cross-site' },
      ])
        assert.equal((await send(route, headers)).status, 403, `${name} ${JSON.stringify(headers)}`);
  });

  it('lets a coordinator do everything but what is for administrators, and a viewer nothing', async () => {
    const coordinator = await tokenFor(database.knex, 'coordinator', 'roles');
    const Cookie = await sessionOf(coordinator.token);
    const ends = /\/session\//;
    for (const [name, route] of protectedRoutes().filter(([one]) => !ends.test(one) && !one.endsWith('/live'))) {
      const { status } = await send(route, { Cookie, ...OWN });
      if (FOR_ADMINS.includes(name)) assert.equal(status, 403, name);
      else assert.ok(![401, 403].includes(status) && status < 500, `${name}: ${status}`);
    }
    await database.knex('api_token').where({ id: coordinator.id }).update({ role: 'viewer' });
    for (const [name, route] of protectedRoutes().filter(([one]) => !ends.test(one)))
      assert.equal((await send(route, { Cookie, ...OWN })).status, route.method === 'GET' ? 303 : 401, name);
  });

  it('leads from the address of an act, opened again as a page, to the page that the act belongs to', async () => {
    const { token } = await tokenFor(database.knex, 'coordinator', 'again');
    const Cookie = await sessionOf(token);
    const id = await seedBatch(database.knex);
    for (const [act, page] of [
      [`/console/batches/${id}/pause?state=held`, `/console/batches/${id}?state=held`],
      ['/console/student-groups/sg_1/override', '/console/student-groups/sg_1'],
      ['/console/reconciliation/repair', '/console/reconciliation'],
      ['/console/access/tokens', '/console/access'],
      ['/console/language', '/console'],
    ] as const) {
      const response = await request(app).get(act).set({ Host: HOST, Cookie });
      assert.equal(response.status, 303, act);
      assert.equal(response.headers['location'], page);
    }
  });

  it('leads nowhere but to its own pages after the sign-in', async () => {
    const { token } = await tokenFor(database.knex, 'coordinator', 'next');
    for (const next of [
      '//evil.example',
      '///evil.example',
      '/\\evil.example',
      '/console\\@evil.example',
      '/console/../c/x',
      '/console/%2e%2e/c/x',
      '/console/.%2E/c/x',
      '/console/..//evil.example',
      '/console/%2e%2e//evil.example',
      '/console\t/../x',
      'javascript:alert(1)',
      '/console.evil.example',
      '/console@evil.example',
      'http:/console',
      '%2f%2fevil.example',
    ]) {
      const response = await request(app)
        .post('/console/session')
        .set({ Host: HOST, ...OWN })
        .type('form')
        .send({ token, next });
      assert.equal(response.headers['location'], '/console', next);
    }
  });

  it('puts no query, name, token or typed value into the log', async () => {
    const { token } = await tokenFor(database.knex, 'coordinator', 'logged');
    const Cookie = await sessionOf(token);
    await request(app).get('/console/people?q=Secretova').set({ Host: HOST, Cookie });
    await request(app)
      .post('/console/student-groups/sg_1/override')
      .set({ Host: HOST, Cookie, ...OWN })
      .type('form')
      .send({ fullName: 'Secretova', reason: '' });
    await request(app).get('/console/Secretova?next=Secretova').set({ Host: HOST, Cookie });
    const logged = JSON.stringify(overheard.lines);
    assert.ok(overheard.lines.length > 3);
    assert.doesNotMatch(logged, /Secretova|gr_|sg_1/);
  });

  it('says why a form is refused: it is too large, its fields occur twice, or a value is wrong, which it keeps', async () => {
    const { token } = await tokenFor(database.knex, 'coordinator', 'large');
    const Cookie = await sessionOf(token);
    const post = (body: string) =>
      request(app)
        .post('/console/student-groups/sg_1/override')
        .set({ Host: HOST, Cookie, ...OWN })
        .type('form')
        .send(body);
    const large = await post(`reason=${'x'.repeat(600_000)}`);
    assert.equal(large.status, 413);
    assert.ok(large.text.includes(fill(FRAME_WORDS.ru.tooLarge, { limit: 512 })), 'the page says why');
    const twice = await post('reason=a&reason=b&country=KZ&country=UZ&__proto__=1&constructor=2');
    assert.ok(twice.status < 500);
    const rows = Array.from({ length: 20_000 }, (_, row) => `row=sg_${row}`).join('&');
    assert.ok((await post(rows)).status < 500);
    const faulty = await post('form=country&country=Narnia&reason=Because+of+%3Cb%3E');
    assert.equal(faulty.status, 400);
    assert.match(faulty.text, /value="Narnia"/);
    assert.match(faulty.text, /Because of &lt;b&gt;/);
  });

  it('shows the typed values with a button to send them again when the database is away', async () => {
    const own = await testDatabase();
    const { app: lonely } = appOver(own.knex);
    const { token } = await tokenFor(own.knex, 'coordinator', 'away');
    const response = await request(lonely)
      .post('/console/session')
      .set({ Host: HOST, ...OWN })
      .type('form')
      .send({ token });
    const Cookie = String(response.headers['set-cookie']?.[0]).split(';')[0] ?? '';
    await own.drop();
    const failed = await request(lonely)
      .post('/console/student-groups/sg_1/override')
      .set({ Host: HOST, Cookie, ...OWN })
      .type('form')
      .send({ country: 'KZ', reason: 'On the telephone' });
    assert.equal(failed.status, 503);
    assert.match(failed.text, /name="country" value="KZ"/);
    assert.match(failed.text, /action="\/console\/student-groups\/sg_1\/override"/);
    assert.equal((await request(lonely).get('/console').set({ Host: HOST, Cookie })).status, 503);
  });

  describe('open streams', () => {
    let server: Server;
    before(async () => {
      server = createServer(app);
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });
    const openStream = (path: string, Cookie: string) =>
      new Promise<{ status: number; ended: Promise<number> }>((opened) => {
        const { port } = server.address() as AddressInfo;
        ask({ port, path, headers: { Cookie, Host: HOST } }, (res) => {
          const ended = new Promise<number>((done) => {
            res.once('close', () => done(performance.now()));
          });
          res.resume();
          opened({ status: res.statusCode ?? 0, ended });
        }).end();
      });

    it('end within a second after the token of their session is revoked', async () => {
      const { token, id } = await tokenFor(database.knex, 'coordinator', 'stream');
      const Cookie = await sessionOf(token);
      const batch = await seedBatch(database.knex);
      const stream = await openStream(`/console/batches/${batch}/live`, Cookie);
      assert.equal(stream.status, 200);
      await database.knex('api_token').where({ id }).update({ revoked_at: new Date() });
      const begun = performance.now();
      assert.ok((await stream.ended) - begun < 1000);
    });

    it('are limited for a token, however many sessions it has', async () => {
      const { token } = await tokenFor(database.knex, 'coordinator', 'many');
      const batch = await seedBatch(database.knex);
      const statuses: number[] = [];
      for (let session = 0; session < 3; session += 1) {
        const Cookie = await sessionOf(token);
        for (let n = 0; n < 10; n += 1)
          statuses.push((await openStream(`/console/batches/${batch}/live`, Cookie)).status);
      }
      assert.equal(statuses.filter((status) => status === 200).length, 20);
      assert.equal(statuses.filter((status) => status === 429).length, 10);
    });
  });
});
