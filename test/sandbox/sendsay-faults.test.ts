import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fetch } from 'undici';
import { AUTH, type Call, errorsOf, letter, startClient } from './sendsay-client.ts';

describe('stand-in Sendsay at its worst', () => {
  let sendsay: Awaited<ReturnType<typeof startClient>>;

  before(async () => {
    sendsay = await startClient();
  });
  after(() => sendsay.close());
  afterEach(() => sendsay.command('/sandbox/reset', {}));

  test('fails on command; after accepting, too', async () => {
    for (const kind of ['reset-after-accept', 'reset-before']) {
      await sendsay.faults({ kind, match: { action: 'issue.send' } });
      await assert.rejects(sendsay.post(letter()));
    }
    await sendsay.faults({ kind: 'timeout-after-accept', ms: 50 });
    await assert.rejects(sendsay.post(letter()));
    await sendsay.faults({ kind: 'status', status: 502, executed: true }, { kind: 'status', status: 500 });
    assert.equal((await sendsay.post(letter())).status, 502);
    assert.equal((await sendsay.letters()).length, 3);
    await sendsay.faults({ kind: 'rate-limit', times: 1 }, { kind: 'error', id: 'e', explain: { a: 1 }, times: 1 });
    assert.deepEqual(errorsOf(await sendsay.call(letter())), ['rate_limit']);
    assert.deepEqual((await sendsay.call(letter()))['errors'], [{ id: 'e', explain: { a: 1 } }]);
    await sendsay.faults({ kind: 'garbage' });
    await assert.rejects(async () => (await sendsay.post({ action: 'pong' })).json());
    assert.equal((await sendsay.letters()).length, 3);
  });

  test('redirects by status and by body to addresses that then answer', async () => {
    await sendsay.faults(
      { kind: 'redirect', times: 1, status: 302 },
      { kind: 'body-redirect', times: 1, location: '/n7' },
    );
    const moved = await sendsay.post({ action: 'pong' });
    assert.equal(moved.status, 302);
    const location = moved.headers.get('location') ?? '';
    const again = await fetch(sendsay.origin + location, {
      method: 'POST',
      body: '{"action":"pong"}',
      headers: { ...AUTH, 'content-type': 'application/json' },
    });
    assert.deepEqual(await again.json(), { REDIRECT: '/n7' });
    assert.equal(typeof (await sendsay.call({ action: 'pong' }, AUTH, '/school/n7'))['ping'], 'string');
  });

  test('limits changing calls, all calls and the rolling second, by error and by 503 in turn', async () => {
    const small = await startClient({ ratePerSecond: 80, concurrency: 5, latencyMs: 40 });
    try {
      const outcomes = async (bodies: Call[]) => {
        const answers = await Promise.all(bodies.map((body) => small.post(body)));
        const texts = await Promise.all(answers.map((answer) => answer.text()));
        return texts.map((text, index) =>
          answers[index]?.status === 503 ? '503' : /rate_limit/.test(text) ? 'error' : 'ok',
        );
      };
      const count = (list: string[], what: string) => list.filter((one) => one === what).length;
      const sends = await outcomes(Array.from({ length: 7 }, () => letter()));
      assert.deepEqual([count(sends, 'ok'), count(sends, 'error'), count(sends, '503')], [5, 1, 1]);
      const reads = await outcomes(Array.from({ length: 12 }, () => ({ action: 'pong' })));
      assert.deepEqual([count(reads, 'ok'), count(reads, 'error'), count(reads, '503')], [10, 1, 1]);
      const rows: string[] = [];
      for (let i = 0; i < 8; i += 1)
        rows.push(...(await outcomes(Array.from({ length: 9 }, () => ({ action: 'pong' })))));
      assert.ok(count(rows, 'ok') < rows.length, 'more than 80 requests within a second');
      const record = await small.look('/sandbox/record');
      assert.equal(record['letters'], 5);
      assert.ok(Number(record['peakChanging']) > 5);
      assert.ok(Number(record['peakPerRollingSecond']) > 80);
      assert.deepEqual(record['byAction'], { 'issue.send': 7, pong: 84 });
    } finally {
      await small.close();
    }
  });

  test('tells the end of trackers in bundles, in both formats', async () => {
    const bodies: string[] = [];
    const receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      response.writeHead(200).end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const callback = { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/` };
    const small = await startClient({ trackerSeconds: 0, callback });
    try {
      for (let bundle = 1; bundle <= 2; bundle += 1) {
        await small.call(letter());
        await small.call(letter());
        for (let turn = 0; turn < 200 && bodies.length < bundle; turn += 1) await setTimeout(20);
      }
      assert.equal((JSON.parse(bodies[0] ?? '') as { events: Call[] }).events.length, 2);
      assert.equal(bodies[1]?.split('\n').map((line) => JSON.parse(line) as Call).length, 2);
    } finally {
      await small.close();
      receiver.close();
      receiver.closeAllConnections();
    }
  });
});
