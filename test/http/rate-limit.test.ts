import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import request from 'supertest';
import { makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, seedCertificate } from './harness.ts';

const BROWSER = { Accept: 'text/html,*/*;q=0.8' };
let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => database.drop());

test('the lookup allows 30 requests a minute per client address, counted over all processes; /c is not limited', async () => {
  const { facts } = await seedCertificate(database.knex);
  const one = appOver(database.knex, { trustProxy: '1' }).app;
  const other = appOver(database.knex, { trustProxy: '127.0.0.1' }).app;
  const from = (address: string, turn: number) =>
    request(turn % 2 === 0 ? one : other)
      .get('/certificates/lookup')
      .query({ code: facts.code })
      .set('X-Forwarded-For', address);
  for (let turn = 0; turn < 30; turn += 1) {
    const { status, headers } = await from('192.0.2.1', turn);
    assert.equal(status, 200, String(turn));
    assert.equal(headers['ratelimit-policy'], '"lookup";q=30;w=60');
    assert.match(headers['ratelimit'] ?? '', new RegExp(`^"lookup";r=${29 - turn};t=\\d+$`));
  }
  for (const turn of [0, 1]) {
    const refused = await from('192.0.2.1', turn);
    assert.equal(refused.status, 429);
    const wait = Number(refused.headers['retry-after']);
    assert.ok(wait >= 1 && wait <= 60);
    assert.equal(refused.headers['ratelimit'], `"lookup";r=0;t=${wait}`);
  }
  assert.equal((await from('192.0.2.2', 0)).status, 200);
  const page = await from('192.0.2.1', 0).set(BROWSER);
  assert.equal(page.status, 429);
  assert.match(page.text, /<form/);
  assert.equal((await request(one).get(`/c/${facts.code}`).set('X-Forwarded-For', '192.0.2.1')).status, 200);
  const stored: { key: string }[] = await database.knex('lookup_limit').select('key');
  assert.ok(stored.every(({ key }) => !key.includes('192.0.2')));
});

test('the rate limit of the lookup uses X-Forwarded-For only when a proxy is configured', async () => {
  const { app } = appOver(database.knex);
  await database.knex('lookup_limit').delete();
  const statuses = new Set<number>();
  for (let turn = 0; turn < 31; turn += 1) {
    const answer = await request(app).get('/certificates/lookup?code=x').set('X-Forwarded-For', `192.0.2.${turn}`);
    statuses.add(answer.status);
  }
  assert.deepEqual([...statuses], [404, 429]);
});

test('two instances together answer thirty lookups of one client; a forged X-Forwarded-For changes nothing', async () => {
  const other = openDatabase({ url: database.url, poolMax: 4, applicationName: 'gramota-test' });
  const { app: one } = appOver(database.knex, { trustProxy: '1' });
  const { app: two } = appOver(other, { trustProxy: '1' });
  const press = async (count: number, address: (turn: number) => string) => {
    const asked = Array.from({ length: count }, (_, turn) =>
      request(turn % 2 === 0 ? one : two)
        .get('/certificates/lookup?code=x')
        .set('X-Forwarded-For', address(turn)),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    return [404, 429].map((status) => statuses.filter((one) => one === status).length);
  };
  // The proxy appends the address it saw; everything before it came from the client.
  assert.deepEqual(await press(40, (turn) => `198.51.100.${turn}, 203.0.113.1`), [30, 10]);
  assert.deepEqual(await press(1, () => '::ffff:203.0.113.1'), [0, 1]);
  // Hosts choose addresses within their IPv6 network; another network counts separately.
  assert.deepEqual(await press(40, (turn) => `2001:db8:0:${turn % 2 ? '' : '0'}1::${turn.toString(16)}`), [30, 10]);
  assert.deepEqual(await press(1, () => '2001:0DB8:0000:0001:ffff::1'), [0, 1]);
  assert.deepEqual(await press(1, () => '2001:db8:0:2::1'), [1, 0]);
  await other.destroy();
});

test('three hundred guessed codes find nothing, cost at most one select each, and get equal answers and headers', async () => {
  const { facts } = await seedCertificate(database.knex);
  const { facts: notDrawn } = await seedCertificate(database.knex, {}, false);
  const near = Array.from(facts.code, (symbol, at) => {
    return facts.code.slice(0, at) + (symbol === '0' ? '1' : '0') + facts.code.slice(at + 1);
  });
  const guesses = [notDrawn.code, ...near, ...Array.from({ length: 274 }, () => makeCode(randomInt))];
  const server = appOver(database.knex).app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const statements: string[] = [];
  database.knex.on('query', ({ sql }: { sql: string }) => statements.push(sql));
  const answers = new Set<string>();
  for (let from = 0; from < guesses.length; from += 20) {
    const asked = guesses.slice(from, from + 20).map(async (code) => {
      const answer = await fetch(`http://127.0.0.1:${port}/c/${code}`, { headers: { Accept: 'application/json' } });
      const lasting = [...answer.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
      answers.add(JSON.stringify([answer.status, lasting, await answer.text()]));
    });
    await Promise.all(asked);
  }
  database.knex.removeAllListeners('query');
  server.close();
  server.closeAllConnections();
  assert.equal(answers.size, 1);
  assert.match([...answers][0] ?? '', /^\[404,/);
  assert.ok(statements.length <= 300, `${statements.length} statements`);
  assert.deepEqual([...new Set(statements.map((sql) => sql.trim().slice(0, 7)))], ['select ']);
});
