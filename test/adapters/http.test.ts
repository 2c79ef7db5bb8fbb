import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { bodyJson, HttpFailure, type HttpFailureReason, retryAfterOf } from '../../src/platform/http/http.ts';
import {
  clientFor,
  closedPort,
  cutAfterHeaders,
  cutBeforeHeaders,
  dribbles,
  endless,
  json,
  neverAnswers,
  raw,
  serve,
} from './scripted-server.ts';

const request = (url: string, more: { deadlineMs?: number; signal?: AbortSignal } = {}) => ({
  method: 'POST' as const,
  url: new URL(url),
  headers: { 'content-type': 'text/plain' },
  body: 'secret body',
  deadlineMs: more.deadlineMs ?? 30_000,
  ...(more.signal === undefined ? {} : { signal: more.signal }),
});

async function failureOf(
  promise: Promise<unknown>,
): Promise<{ reason: HttpFailureReason; sent: string; message: string }> {
  const error = await promise.then(
    () => assert.fail('an answer came'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof HttpFailure, String(error));
  return { reason: error.reason, sent: error.sent, message: error.message };
}

describe('an HTTP request', () => {
  it('returns status, headers and body of any response, also of a redirect', async (t) => {
    const server = await serve(t, raw('moved', 302, { location: '/elsewhere' }));
    const answer = await clientFor(t).exchange(request(`${server.url}/a?b=c`));
    assert.equal(answer.status, 302);
    assert.equal(answer.headers['location'], '/elsewhere');
    assert.equal(answer.body.toString(), 'moved');
    assert.deepEqual(
      server.seen.map(({ method, url, body }) => ({ method, url, body })),
      [{ method: 'POST', url: '/a?b=c', body: 'secret body' }],
    );
  });

  it('is reported as "not sent" when no connection is possible', async (t) => {
    const failure = await failureOf(
      clientFor(t).exchange(request(`http://127.0.0.1:${await closedPort()}/x?q=private`)),
    );
    assert.equal(failure.reason, 'connect');
    assert.equal(failure.sent, 'not-sent');
    assert.match(failure.message, /ECONNREFUSED/);
    assert.doesNotMatch(failure.message, /private|secret|\/x/);
  });

  it('is reported as "not sent" when the TLS handshake fails', async (t) => {
    const server = await serve(t, json({}));
    const failure = await failureOf(clientFor(t).exchange(request(server.url.replace('http:', 'https:'))));
    assert.deepEqual([failure.reason, failure.sent], ['connect', 'not-sent']);
    assert.equal(server.seen.length, 0);
  });

  it('fails at its deadline while connecting, and is not sent afterwards', async (t) => {
    // A TLS server that never answers: the socket connects, but the request cannot be sent.
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => {
      mute.listen(0, '127.0.0.1', resolve);
    });
    t.after(() => mute.close());
    const address = mute.address();
    assert.ok(typeof address === 'object' && address !== null);
    const http = clientFor(t, { connectTimeoutMs: 60_000 });
    const failure = await failureOf(http.exchange(request(`https://127.0.0.1:${address.port}`, { deadlineMs: 100 })));
    assert.deepEqual([failure.reason, failure.sent], ['timeout', 'not-sent']);
    for (const socket of sockets) socket.destroy();
  });

  it('is not sent when the connection opens only after the deadline', async (t) => {
    const server = await serve(t, json({}));
    let found = (): void => undefined;
    const http = clientFor(t, {
      lookup: (_host, _options, callback) => {
        found = () => callback(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    const failure = await failureOf(http.exchange(request(`http://slow.example:${server.port}/`, { deadlineMs: 80 })));
    assert.deepEqual([failure.reason, failure.sent], ['timeout', 'not-sent']);
    found();
    // The server answered a later request, so it would have read the first one before.
    await clientFor(t).exchange(request(`${server.url}/later`));
    assert.deepEqual(
      server.seen.map(({ url }) => url),
      ['/later'],
    );
  });

  for (const [name, step, reason] of [
    ['cut before the headers', cutBeforeHeaders, 'cut'],
    ['cut within the body', cutAfterHeaders, 'cut'],
    ['garbage instead of HTTP', (_r, _q, socket) => socket.end('220 smtp ready\r\n\r\n'), 'cut'],
    ['no answer', neverAnswers, 'timeout'],
    ['a body that dribbles', dribbles, 'timeout'],
    ['an endless body', endless, 'too-large'],
  ] as [string, Parameters<typeof serve>[1], HttpFailureReason][]) {
    it(`is reported as "maybe sent" for ${name}`, async (t) => {
      const server = await serve(t, json({}), step);
      const http = clientFor(t, { maxAnswerBytes: 256 * 1024 });
      // Opens the connection first, so that a short deadline is not spent on connecting.
      await http.exchange(request(server.url));
      const deadlineMs = reason === 'timeout' ? 200 : 30_000;
      const failure = await failureOf(http.exchange(request(`${server.url}/path?q=private`, { deadlineMs })));
      assert.deepEqual([failure.reason, failure.sent], [reason, 'maybe-sent']);
      assert.doesNotMatch(failure.message, /private|secret|path/);
      await server.read(2);
    });
  }

  it('is aborted when its rate-limit slot is lost, before or after sending', async (t) => {
    const server = await serve(t, neverAnswers);
    const http = clientFor(t);
    const before = await failureOf(http.exchange(request(server.url, { signal: AbortSignal.abort() })));
    assert.deepEqual([before.reason, before.sent, server.seen.length], ['aborted', 'not-sent', 0]);
    const turn = new AbortController();
    const exchange = failureOf(http.exchange(request(server.url, { deadlineMs: 30_000, signal: turn.signal })));
    await server.read(1);
    turn.abort();
    const after = await exchange;
    assert.deepEqual([after.reason, after.sent, server.seen.length], ['aborted', 'maybe-sent', 1]);
  });

  it('tries all IP addresses of a host until one connects', async (t) => {
    const server = await serve(t, json({ ok: true }));
    const http = clientFor(t, {
      lookup: (_host, options, callback) => {
        assert.equal(options.all, true);
        callback(null, [
          { address: '127.0.0.2', family: 4 },
          { address: '::1', family: 6 },
          { address: '127.0.0.3', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]);
      },
    });
    const answer = await http.exchange(request(`http://many.example:${server.port}/`));
    assert.deepEqual(bodyJson(answer), { ok: true });
    assert.equal(server.seen.length, 1);
  });

  it('succeeds after earlier requests failed', async (t) => {
    const server = await serve(t, cutBeforeHeaders, json({ ok: 1 }));
    const http = clientFor(t);
    await failureOf(http.exchange(request(server.url)));
    assert.equal((await http.exchange(request(server.url))).status, 200);
  });
});

describe('a compressed response body', () => {
  const content = Buffer.from(JSON.stringify({ name: 'Әсел Үлгі', filler: 'x'.repeat(5000) }));
  const codings: [string, Buffer][] = [
    ['gzip', gzipSync(content)],
    ['X-GZIP', gzipSync(content)],
    ['deflate', deflateSync(content)],
    ['deflate', deflateRawSync(content)],
    ['br', brotliCompressSync(content)],
    ['gzip, br', brotliCompressSync(gzipSync(content))],
    ['identity', content],
  ];
  for (const [coding, body] of codings) {
    it(`is decompressed: ${coding}, ${body.length} bytes`, async (t) => {
      const server = await serve(t, raw(body, 200, { 'content-encoding': coding }));
      const answer = await clientFor(t).exchange(request(server.url));
      assert.deepEqual(answer.body, content);
      assert.equal(answer.codingFault, undefined);
      assert.equal(server.seen[0]?.headers['accept-encoding'], 'identity');
    });
  }

  it('is returned unchanged with the reason when it cannot be decompressed', async (t) => {
    const whole = gzipSync(content);
    for (const [coding, body, fault] of [
      ['gzip', whole.subarray(0, whole.length - 20), /^its compressed data \(gzip\) ends too early$/],
      ['gzip', Buffer.from('{"a":1}'), /^its compressed data \(gzip\) is damaged$/],
      ['br', brotliCompressSync(content).subarray(0, 10), /^its compressed data \(br\) ends too early$/],
      ['compress', content, /^its content encoding is "compress"; supported: gzip, .*br/],
      ['gzip, gzip, gzip, gzip', whole, /^it has more than 3 content encodings$/],
    ] as const) {
      const server = await serve(t, raw(body, 200, { 'content-encoding': coding }));
      const answer = await clientFor(t).exchange(request(server.url));
      assert.match(answer.codingFault ?? '', fault);
      assert.equal(bodyJson(answer), undefined);
      assert.equal(answer.status, 200);
    }
  });

  it('with no content is not decompressed', async (t) => {
    const server = await serve(t, raw('', 200, { 'content-encoding': 'gzip' }));
    const answer = await clientFor(t).exchange(request(server.url));
    assert.deepEqual([answer.body.length, answer.codingFault], [0, undefined]);
  });

  it('is limited by its decompressed size, and a decompression bomb uses no more memory than this limit', async (t) => {
    const fits = gzipSync(Buffer.alloc(256 * 1024, 0x20));
    const bomb = gzipSync(Buffer.alloc(128 * 1024 * 1024));
    const server = await serve(
      t,
      raw(fits, 200, { 'content-encoding': 'gzip' }),
      raw(bomb, 200, { 'content-encoding': 'gzip' }),
      raw(gzipSync(bomb), 200, { 'content-encoding': 'gzip, gzip' }),
    );
    const http = clientFor(t, { maxAnswerBytes: 1024 * 1024 });
    assert.equal((await http.exchange(request(server.url))).body.length, 256 * 1024);
    const before = process.memoryUsage().rss;
    for (const _ of [1, 2]) {
      const answer = await http.exchange(request(server.url));
      assert.equal(answer.codingFault, 'after decompression (gzip) it is longer than 1048576 bytes');
    }
    assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024);
  });
});

describe('the HTTP response reader', () => {
  const answer = (body: Buffer, headers = {}) => ({ status: 200, headers, body });
  it('accepts only JSON in UTF-8', () => {
    assert.deepEqual(bodyJson(answer(Buffer.from('\uFEFF{"a":"ә"}'))), { a: 'ә' });
    assert.equal(bodyJson(answer(Buffer.from([0x22, 0xff, 0x22]))), undefined);
    assert.equal(bodyJson(answer(Buffer.from('<html>'))), undefined);
    assert.equal(bodyJson(answer(Buffer.alloc(0))), undefined);
  });
  const now = new Date('2026-11-20T10:00:00Z');
  const read = (value: string) => retryAfterOf(answer(Buffer.alloc(0), { 'retry-after': value }), now);
  it('reads Retry-After as seconds, as a date or as Unix time', () => {
    assert.equal(read('17'), 17);
    assert.equal(read('0.2'), 1);
    assert.equal(read('Fri, 20 Nov 2026 10:02:00 GMT'), 120);
    assert.equal(read('Fri, 20 Nov 2026 09:00:00 GMT'), 0);
    const epoch = now.getTime() / 1000;
    assert.equal(read(String(epoch + 30)), 30);
    assert.equal(read(`${epoch + 30}.25`), 31);
    assert.equal(read(String(now.getTime() + 30_000)), 30);
    assert.equal(read(String(epoch - 30)), 0);
    for (const bad of ['', 'soon', '-5', '1e3', '2026-11-20', 'Xxx, 99 GMT']) assert.equal(read(bad), null, bad);
    assert.equal(retryAfterOf(answer(Buffer.alloc(0)), now), null);
  });
  it('limits Retry-After to 15 minutes', () => {
    const told = ['901', '999999999', '1000000000000000', '9'.repeat(400), 'Sat, 21 Nov 2026 10:00:00 GMT'];
    for (const value of [...told, String(now.getTime() / 1000 + 86_400)]) assert.equal(read(value), 900, value);
    fc.assert(
      fc.property(fc.oneof(fc.nat().map(String), fc.bigInt(0n, 10n ** 30n).map(String), fc.string()), (value) => {
        const seconds = read(value);
        assert.ok(seconds === null || (Number.isInteger(seconds) && seconds >= 0 && seconds <= 900), value);
      }),
    );
  });
});
