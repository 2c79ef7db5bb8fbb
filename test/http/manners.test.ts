import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AddressInfo, Server } from 'node:net';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import request from 'supertest';
import { createPostgresArtefacts } from '../../src/adapters/artefacts/postgres-artefacts.ts';
import type { AppDeps } from '../../src/app.ts';
import { databaseReady, openDatabase } from '../../src/platform/database/database.ts';
import { createHttpServer } from '../../src/platform/http/http-server.ts';
import { currentStep } from '../../src/platform/trace.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, CALLBACK_SECRET, seedCertificate, tokenFor } from './harness.ts';

let database: TestDatabase;
let server: Server;
let port: number;
let token: string;
const { lines } = { lines: [] as { fields: Record<string, unknown>; text: string }[] };

before(async () => {
  database = await testDatabase();
  token = (await tokenFor(database.knex, 'coordinator')).header;
  const { app, overheard } = appOver(database.knex, { readiness: { database: async () => true }, trustProxy: '1' });
  overheard.lines = lines;
  server = createHttpServer(app, randomUUID).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as AddressInfo).port;
});
after(async () => {
  await new Promise((resolve) => server.close(resolve));
  await database.drop();
});

/** Sends raw bytes and reads until the connection ends. */
function raw(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(part));
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
    socket.on('error', reject);
    socket.setTimeout(120_000, () => socket.destroy(new Error('no answer')));
  });
}

test('every HTTP response has an X-Request-Id: the caller’s if it is well-formed, else a new one', async () => {
  for (const path of ['/healthz', '/nothing', '/api/batches', '/c/x']) {
    assert.equal(
      (await request(server).get(path).set('X-Request-Id', 'caller:42')).headers['x-request-id'],
      'caller:42',
    );
    for (const bad of ['', 'a b', 'x'.repeat(129), '<x>']) {
      assert.match(
        (await request(server).get(path).set('X-Request-Id', bad)).headers['x-request-id'] ?? '',
        /^[0-9a-f-]{36}$/,
      );
    }
  }
});

test('a method that is not allowed gets 405 with Allow; OPTIONS lists the allowed methods', async () => {
  for (const [method, path, allow] of [
    ['delete', '/api/batches', 'GET, HEAD, POST, OPTIONS'],
    ['put', '/c/x', 'GET, HEAD, OPTIONS'],
    ['get', '/webhooks/lms', 'POST, OPTIONS'],
    ['post', '/healthz', 'GET, HEAD, OPTIONS'],
    ['patch', '/certificates/lookup', 'GET, HEAD, OPTIONS'],
  ] as const) {
    const answer = await request(server)[method](path).set('Authorization', token);
    assert.equal(answer.status, 405, path);
    assert.equal(answer.headers['allow'], allow);
    assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
    const options = await request(server).options(path).set('Authorization', token);
    assert.deepEqual([options.status, options.headers['allow']], [204, allow]);
  }
});

test('a request body of another media type gets 415, a too large one 413, an invalid one 400', async () => {
  const post = () => request(server).post('/api/batches').set('Authorization', token);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16', 'json']) {
    assert.equal((await post().set('Content-Type', type).send('{}')).status, 415, type);
  }
  const json = () => post().set('Content-Type', 'application/json');
  assert.equal((await json().set('Content-Encoding', 'gzip').send('{}')).status, 415);
  assert.equal((await json().send(`"${'x'.repeat(1_100_000)}"`)).status, 413);
  for (const broken of ['', '{', '{"a":1}}', '['.repeat(500_000), 'NaN', '\u0000']) {
    assert.equal((await json().send(broken)).status, 400, broken.slice(0, 10));
  }
  const invalid = Buffer.concat([Buffer.from('{"releaseId":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
  const answer = await raw(
    Buffer.concat([
      Buffer.from(
        `POST /api/batches HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${token}\r\nContent-Type: application/json\r\nContent-Length: ${invalid.length}\r\n\r\n`,
      ),
      invalid,
    ]),
  );
  assert.match(answer, /^HTTP\/1\.1 400 /);
});

test('a request that cannot be parsed gets a problem document too', async () => {
  for (const [bytes, status] of [
    ['nonsense\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`, 431],
    ['GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 200],
    ['GET http://[::1/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['GET http://x:99999/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['GET http://other.example/healthz?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 200],
    ['OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['GET //evil.example/%2e%2e HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404],
    ['GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n', 200],
  ] as const) {
    const answer = await raw(bytes);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), bytes.slice(0, 60));
    assert.match(answer, /\r\nX-Request-Id: \S+\r\n/i);
    if (status >= 400) assert.match(answer, /application\/problem\+json/);
  }
});

test('no invalid input causes a 5xx response', async () => {
  const segment = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }).map(encodeLoosely),
    fc.constantFrom('%00', '%', '%C3%28', '..', '%2F', '__proto__', '*'),
  );
  const prefix = fc.constantFrom(
    '/',
    '/c/',
    '/c/x/',
    '/api/',
    '/api/batches/',
    '/certificates/',
    '/certificates/lookup?code=',
    '/certificates/lookup?number=1&surname=',
    '/api/batches?cursor=',
    `/webhooks/sendsay/${CALLBACK_SECRET}/`,
    '/webhooks/',
  );
  const body = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.json().map((text) => `{"releaseId":"r","studentGroupIds":${text}}`),
  );
  const seen = new Set<number>();
  let sender = 0;
  await fc.assert(
    fc.asyncProperty(
      prefix,
      segment,
      fc.constantFrom('GET', 'POST', 'PATCH', 'HEAD', 'OPTIONS', 'DELETE'),
      body,
      fc.constantFrom('*/*', 'text/html', ';;', 'a/b;q=x'),
      async (start, end, method, text, accept) => {
        const bytes = Buffer.from(method === 'GET' || method === 'HEAD' ? '' : text);
        sender += 1;
        const head = `${method} ${start}${end} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: ${sender}\r\nAuthorization: ${token}\r\nAccept: ${accept}\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`;
        const answer = await raw(Buffer.concat([Buffer.from(head, 'latin1'), bytes]));
        const status = Number(answer.slice(9, 12));
        seen.add(status);
        assert.ok(status >= 200 && status < 500, answer.slice(0, 200));
      },
    ),
    { numRuns: 400 },
  );
  assert.ok(seen.has(404) && seen.has(400) && !seen.has(429));
});

/** Latin letters and digits stay; some bytes are escaped and some are not, as browsers and scripts send them. */
function encodeLoosely(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      byte > 0x7f && byte % 3 === 0 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}

test('the log contains route patterns, never codes, secrets or query strings', async () => {
  const { facts } = await seedCertificate(database.knex);
  lines.length = 0;
  await request(server).get(`/c/${facts.code}?from=query-string`);
  await request(server).get(`/c/${facts.code}/diploma.pdf`);
  await request(server).get(`/certificates/lookup?number=${facts.number}&surname=Query`);
  await request(server).post(`/webhooks/sendsay/${CALLBACK_SECRET}`);
  await request(server).get('/some/where?private=1');
  assert.deepEqual(
    lines.map(({ fields }) => [fields['method'], fields['route'], fields['status']]),
    [
      ['GET', '/c/:code', 200],
      ['GET', '/c/:code/diploma.pdf', 200],
      ['GET', '/certificates/lookup', 404],
      ['POST', '/webhooks/sendsay/:secret', 400],
      ['GET', '(none)', 404],
    ],
  );
  assert.doesNotMatch(
    JSON.stringify(lines),
    new RegExp(`${facts.code}|${CALLBACK_SECRET}|query|private|${facts.number}`, 'i'),
  );
  assert.ok(lines.every(({ fields }) => typeof fields['ms'] === 'number' && typeof fields['requestId'] === 'string'));
});

test('an unexpected error gives 500 without the error message, which may contain personal data', async () => {
  const { app, overheard } = appOver(
    database.knex,
    {
      artefacts: {
        ...createPostgresArtefacts(database.knex),
        get: () => Promise.reject(new TypeError('secret@example.kz')),
      },
    },
    [500],
  );
  const { facts } = await seedCertificate(database.knex);
  const answer = await request(app).get(`/c/${facts.code}/diploma.pdf`);
  assert.equal(answer.status, 500);
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
  assert.doesNotMatch(answer.text + JSON.stringify(overheard.lines), /secret@/);
  assert.ok(overheard.lines.some(({ fields }) => fields['error'] === 'TypeError'));
});

test('every route that needs the database gives 503 with Retry-After during a database outage; liveness does not need it', async () => {
  const down = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', poolMax: 2, applicationName: 'test' });
  const { app } = appOver(down, {
    readiness: { database: () => databaseReady(down), queue: async () => true },
  });
  for (const path of ['/c/x', '/certificates/lookup?code=x', '/api/batches', '/readyz', '/c/x/diploma.pdf']) {
    const answer = await request(app).get(path).set('Authorization', token);
    assert.equal(answer.status, 503, path);
    assert.ok(Number(answer.headers['retry-after']) > 0);
    assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
  }
  assert.match((await request(app).get('/readyz')).body.detail, /database/);
  assert.equal((await request(app).get('/healthz')).status, 200);
  assert.equal((await request(app).get('/metrics')).status, 200);
  await down.destroy();
});

test('/metrics answers requests with a token, and without TRUST_PROXY also requests from the same host', async () => {
  const { app } = appOver(database.knex);
  await request(app).get('/healthz');
  const local = await request(app).get('/metrics');
  assert.equal(local.status, 200);
  assert.match(local.text, /gramota_student_groups\{state="rendered"\} \d/);
  assert.match(local.text, /gramota_http_request_seconds_count\{method="GET",route="\/healthz",status="200"\}/);
  const proxied = request(server).get('/metrics').set('X-Forwarded-For', '127.0.0.1');
  assert.equal((await proxied).status, 401);
  assert.equal((await request(app).get('/metrics').set('X-Forwarded-For', '127.0.0.1')).status, 401);
  assert.equal((await request(server).get('/metrics')).status, 401, 'behind a proxy every request seems local');
  const viewer = (await tokenFor(database.knex, 'viewer')).header;
  const withToken = await request(server)
    .get('/metrics')
    .set({ 'X-Forwarded-For': '192.0.2.1', Authorization: viewer });
  assert.equal(withToken.status, 200);
});

test('log lines of a lookup, of its failure, and of a request to the API name the trace of their caller', async () => {
  const told: unknown[] = [];
  const note = (_fields: object, text?: string) => void told.push([text, currentStep()?.traceId]);
  const log = { debug: note, info: note, warn: note, error: note } as AppDeps['log'];
  const { app } = appOver(database.knex, { log });
  const gone = openDatabase({ url: 'postgres://127.0.0.1:9/none', poolMax: 1, applicationName: 'gone' });
  const without = appOver(gone, { log }).app;
  const ask = async (to: typeof app, path: string, digit: string) => {
    await request(to)
      .get(path)
      .set({ traceparent: `00-${digit.repeat(32)}-${'1'.repeat(16)}-01`, Authorization: token });
  };
  await Promise.all([
    ask(app, '/c/0000000000000000000000000', 'a'),
    ask(without, '/c/0000000000000000000000000', 'b'),
    ask(app, '/api/releases', 'c'),
  ]);
  await gone.destroy();
  const trace = (text: string, digit: string) => [text, digit.repeat(32)];
  assert.deepEqual(
    told.map((one) => String(one)).sort(),
    [trace('request', 'a'), trace('dependency down', 'b'), trace('request', 'b'), trace('request', 'c')]
      .map((one) => String(one))
      .sort(),
  );
});
