import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { fetch } from 'undici';
import { AUTH, type Call, errorsOf, letter, startClient, until } from './sendsay-client.ts';

describe('faults of the stand-in Sendsay', () => {
  let sendsay: Awaited<ReturnType<typeof startClient>>;

  before(async () => {
    sendsay = await startClient();
  });
  after(() => sendsay.close());
  afterEach(() => sendsay.command('/sandbox/reset', {}));

  test('can be switched on by a test, also after the letter was accepted', async () => {
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

  test('include redirects by status and by body to addresses that then answer', async () => {
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

  test('include limits of changing calls, all calls and calls per second, answered with the API error and 503 in turn', async () => {
    // The clock does not move and calls stay in progress until the test releases them, so no limit depends on speed.
    let now = 0;
    let release = (): void => undefined;
    let held: Promise<void> = Promise.resolve();
    const small = await startClient({
      ratePerSecond: 80,
      concurrency: 5,
      monotonicMs: () => now,
      hold: () => held,
    });
    const kindOf = async (answer: Awaited<ReturnType<typeof small.post>>): Promise<'ok' | 'error' | '503'> => {
      const text = await answer.text();
      return answer.status === 503 ? '503' : /rate_limit/.test(text) ? 'error' : 'ok';
    };
    const count = (list: string[]) => ['ok', 'error', '503'].map((what) => list.filter((one) => one === what).length);
    const seen = async () => (await small.look('/sandbox/record')) as { requests: number; underWay: number };
    /**
     * Runs these calls concurrently; returns how many succeeded, how many got an API error, and how many got HTTP 503.
     */
    async function together(bodies: Call[], fit: number): Promise<number[]> {
      await until(async () => (await seen()).underWay === 0);
      const { requests } = await seen();
      held = new Promise((resolve) => {
        release = resolve;
      });
      const answers = bodies.map(async (body) => kindOf(await small.post(body)));
      await until(async () => {
        const now = await seen();
        return now.requests === requests + bodies.length && now.underWay === fit;
      });
      release();
      return count(await Promise.all(answers));
    }
    try {
      assert.deepEqual(
        await together(
          Array.from({ length: 7 }, () => letter()),
          5,
        ),
        [5, 1, 1],
      );
      const pongs = (length: number) => Array.from({ length }, () => ({ action: 'pong' }));
      assert.deepEqual(await together(pongs(12), 10), [10, 1, 1]);
      const rows: string[] = [];
      for (const body of pongs(62)) rows.push(await kindOf(await small.post(body)));
      assert.deepEqual(count(rows), [61, 1, 0], '80 requests, and one more within the second');
      now = 1001;
      assert.equal(await kindOf(await small.post({ action: 'pong' })), 'ok');
      const record = await small.look('/sandbox/record');
      assert.equal(record['letters'], 5);
      assert.ok(Number(record['peakChanging']) > 5);
      assert.equal(record['peakPerRollingSecond'], 81);
      assert.deepEqual(record['byAction'], { 'issue.send': 7, pong: 75 });
    } finally {
      release();
      await small.close();
    }
  });

  test('include callbacks about the end of trackers in bundles, in both formats', async () => {
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
        await until(async () => bodies.length >= bundle);
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
