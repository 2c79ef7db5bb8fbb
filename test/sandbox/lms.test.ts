import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { fetch } from 'undici';
import { startLmsSandbox } from '../../src/sandbox/lms-server.ts';
import { until } from './sendsay-client.ts';

const SECRET = `whsec_${Buffer.from('sandbox webhook secret').toString('base64')}`;
const AUTH = { authorization: 'Bearer right' };
const MERGE = 'application/merge-patch+json';
const PASSED = { certTemplate: 'teacher-kk', status: 'criteria met' };

interface Received {
  headers: Record<string, string>;
  body: string;
}

describe('the stand-in LMS', () => {
  const received: Received[] = [];
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    received.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(202).end();
  });
  let lms: Awaited<ReturnType<typeof startLmsSandbox>>;

  before(async () => {
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const webhook = { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`, secret: SECRET };
    lms = await startLmsSandbox({ port: 0, token: 'right', webhook, ratePerSecond: 1000 });
  });
  after(async () => {
    await lms.close();
    receiver.close();
    receiver.closeAllConnections();
  });
  afterEach(async () => {
    received.length = 0;
    await command('/sandbox/reset', {});
  });

  const get = (path: string, headers: Record<string, string> = AUTH) => fetch(lms.url + path, { headers });
  const command = async (path: string, body: unknown) => {
    const response = await fetch(lms.url + path, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const json = async (path: string) => (await (await get(path)).json()) as Record<string, unknown>;
  const etagOf = async (id: string) => (await get(`/student-groups/${id}`)).headers.get('etag') ?? '';
  const patch = (id: string, body: unknown, headers: Record<string, string>) =>
    fetch(`${lms.url}/student-groups/${id}`, {
      method: 'PATCH',
      headers: { ...AUTH, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  test('refuses a missing or wrong token with a problem document', async () => {
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'Basic right' }]) {
      const response = await get('/student-groups', headers as Record<string, string>);
      assert.equal(response.status, 401);
      assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
    }
  });

  test('lists a release page by page, each record once, even while records change', async () => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const tail: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = (await json(`/student-groups?releaseId=rel_2026a&limit=7${tail}`)) as {
        items: { id: string }[];
        nextCursor: string | null;
      };
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      await command('/sandbox/student-groups/sg_0002?quiet=1', { certTemplate: String(ids.length) });
    } while (cursor !== null);
    assert.equal(ids.length, 61);
    assert.equal(new Set(ids).size, 61);
    assert.deepEqual((await json('/student-groups?releaseId=rel_other'))['items'], []);
  });

  test('refuses invalid list requests', async () => {
    const { nextCursor } = await json('/student-groups?limit=1');
    const queries = ['limit=0', 'limit=501', 'limit=x', 'limit=1.5', 'cursor=zzz', 'updatedSince=2026-11-20'];
    for (const query of [...queries, 'updatedSince=2026-11-20T10:00:00', `releaseId=rel_2026a&cursor=${nextCursor}`]) {
      assert.equal((await get(`/student-groups?${query}`)).status, 400, query);
    }
    assert.equal((await get('/student-groups?limit=500')).status, 200);
  });

  test('lists changes since a given time', async () => {
    await command('/sandbox/student-groups/sg_0003?quiet=1', { student: { fullName: 'Changed' } });
    const since = new Date(Date.now() - 60_000).toISOString();
    const items = (await json(`/student-groups?updatedSince=${since}`))['items'] as { id: string }[];
    assert.deepEqual(
      items.map(({ id }) => id),
      ['sg_0003'],
    );
  });

  test('answers 404 to unknown addresses and 405 to wrong methods', async () => {
    for (const path of ['/student-groups/none', '/releases/none', '/elsewhere', '/student-groups/a/b']) {
      assert.equal((await get(path)).status, 404, path);
    }
    assert.equal((await fetch(`${lms.url}/releases/rel_2026a`, { method: 'PUT', headers: AUTH })).status, 405);
    assert.equal((await json('/releases/rel_2026a'))['numberPrefix'], 'INT-26');
  });

  test('accepts a PATCH only in its exact form', async () => {
    const etag = await etagOf('sg_0001');
    const right = { 'content-type': MERGE, 'if-match': etag };
    const cases: [number, unknown, Record<string, string>][] = [
      [415, PASSED, { ...right, 'content-type': 'application/json' }],
      [428, PASSED, { 'content-type': MERGE }],
      [412, PASSED, { ...right, 'if-match': '"other"' }],
      [412, PASSED, { ...right, 'if-match': `W/${etag}` }],
      [422, { ...PASSED, note: 'x' }, right],
      [422, { status: 'criteria met' }, right],
      [422, { ...PASSED, status: 'criteria_met' }, right],
      [422, { ...PASSED, certTemplate: 7 }, right],
      [422, '{not json', right],
    ];
    for (const [status, body, headers] of cases) assert.equal((await patch('sg_0001', body, headers)).status, status);
    assert.equal((await patch('none', PASSED, right)).status, 404);
    assert.equal(await etagOf('sg_0001'), etag);

    const before = (await json('/student-groups/sg_0001')) as Record<string, unknown>;
    const applied = await patch('sg_0001', PASSED, right);
    assert.equal(applied.status, 200);
    const after = (await applied.json()) as Record<string, unknown>;
    assert.notEqual(after['updatedAt'], before['updatedAt']);
    assert.deepEqual({ ...after, updatedAt: '' }, { ...before, ...PASSED, updatedAt: '' });
    const fresh = applied.headers.get('etag') ?? '';
    assert.notEqual(fresh, etag);

    const repeated = await patch('sg_0001', PASSED, { ...right, 'if-match': fresh });
    assert.equal(repeated.status, 200);
    assert.equal(repeated.headers.get('etag'), fresh);
    const patches = (await json('/sandbox/record'))['patches'] as { status: number; body: unknown; ifMatch: string }[];
    assert.deepEqual(
      patches.map(({ status }) => status),
      [415, 428, 412, 412, 422, 422, 422, 422, 422, 404, 200, 200],
    );
    assert.deepEqual(patches.at(-1)?.body, PASSED);
    assert.equal(patches.at(-1)?.ifMatch, fresh);
  });

  test('answers 409 to a PATCH of a group with a later status', async () => {
    for (const status of ['expelled', 'certificate issued']) {
      await command('/sandbox/student-groups/sg_0001?quiet=1', { status });
      const headers = { 'content-type': MERGE, 'if-match': await etagOf('sg_0001') };
      assert.equal((await patch('sg_0001', PASSED, headers)).status, 409);
    }
  });

  test('answers 412 to a PATCH after any change, even one without effect', async () => {
    const etag = await etagOf('sg_0001');
    await command('/sandbox/student-groups/sg_0001?quiet=1', {});
    assert.equal((await patch('sg_0001', PASSED, { 'content-type': MERGE, 'if-match': etag })).status, 412);
  });

  test('stores broken records, and replaces and deletes records', async () => {
    await command('/sandbox/student-groups/sg_0002?quiet=1', {
      student: null,
      updatedAt: 7,
      progress: { score: 'many' },
    });
    const broken = (await json('/student-groups/sg_0002')) as Record<string, unknown>;
    assert.equal(broken['student'], null);
    assert.equal(broken['updatedAt'], 7);
    await command('/sandbox/student-groups/sg_0002?quiet=1&replace=1', { id: 'sg_0002' });
    assert.deepEqual(Object.keys(await json('/student-groups/sg_0002')).sort(), ['id', 'updatedAt']);
    assert.equal(((await json('/student-groups?releaseId=rel_2026a&limit=500'))['items'] as unknown[]).length, 61);
    await fetch(`${lms.url}/sandbox/student-groups/sg_0002`, { method: 'DELETE' });
    assert.equal((await get('/student-groups/sg_0002')).status, 404);
  });

  test('sends signed webhooks about changes', async () => {
    await command('/sandbox/student-groups/sg_0001', { certTemplate: 'x' });
    await command('/sandbox/student-groups/sg_0001', { status: 'active' });
    await command('/sandbox/student-groups/sg_0001', { status: 'completed' });
    await command('/sandbox/student-groups/sg_0001?quiet=1', { certTemplate: 'y' });
    await fetch(`${lms.url}/sandbox/student-groups/sg_0001`, { method: 'DELETE' });
    const sent = await command('/sandbox/webhooks', { type: 'release.closed', releaseId: 'rel_2026a', id: 'msg_1' });
    assert.deepEqual(sent.body, { id: 'msg_1', status: 202 });
    const events = received.map(({ headers, body }) => new Webhook(SECRET).verify(body, headers)) as {
      type: string;
      data: object;
    }[];
    assert.deepEqual(
      events.map(({ type }) => type),
      [
        'student-group.updated',
        'student-group.updated',
        'student-group.completed',
        'student-group.deleted',
        'release.closed',
      ],
    );
    assert.deepEqual(events[0]?.data, { studentGroupId: 'sg_0001', releaseId: 'rel_2026a' });
    assert.deepEqual(events[4]?.data, { releaseId: 'rel_2026a' });
  });

  test('fails on command, also with a response lost after the change was made', async () => {
    const set = (fault: object) => command('/sandbox/faults', { faults: [fault] });
    await set({ match: { pathPrefix: '/releases', nth: 2 }, kind: 'status', status: 503, retryAfter: 3 });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await get('/releases/rel_2026a')).status);
    assert.deepEqual(statuses, [200, 503, 200]);

    await set({ match: { method: 'PATCH' }, times: 1, kind: 'reset-after-apply' });
    const headers = { 'content-type': MERGE, 'if-match': await etagOf('sg_0001') };
    await assert.rejects(patch('sg_0001', PASSED, headers));
    assert.equal((await json('/student-groups/sg_0001'))['status'], 'criteria met');

    await set({ kind: 'reset-before', match: { method: 'PATCH' } });
    await assert.rejects(patch('sg_0002', PASSED, { 'content-type': MERGE, 'if-match': await etagOf('sg_0002') }));
    assert.equal((await json('/student-groups/sg_0002'))['status'], 'completed');

    await set({ kind: 'garbage' });
    await assert.rejects(async () => (await get('/releases/rel_2026a')).json());
    await set({ kind: 'hang' });
    await assert.rejects(fetch(`${lms.url}/releases/rel_2026a`, { headers: AUTH, signal: AbortSignal.timeout(100) }));
    await set({ kind: 'slow', ms: 80 });
    const began = performance.now();
    assert.equal((await get('/releases/rel_2026a')).status, 200);
    assert.ok(performance.now() - began >= 75);
    assert.equal((await command('/sandbox/faults', { faults: [{ kind: 'redirect' }] })).status, 400);
  });

  test('limits rate and concurrency with 429 and Retry-After', async () => {
    // The clock does not move and calls stay in progress until the test releases them, so no limit depends on speed.
    let release = (): void => undefined;
    let held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const small = await startLmsSandbox({
      port: 0,
      token: 't',
      size: 1,
      ratePerSecond: 20,
      concurrency: 3,
      monotonicMs: () => 0,
      hold: () => held,
    });
    const seen = async () => (await (await fetch(`${small.url}/sandbox/record`)).json()) as Record<string, number>;
    try {
      const ask = () => fetch(`${small.url}/releases/rel_2026a`, { headers: { authorization: 'Bearer t' } });
      const crowd = Array.from({ length: 6 }, ask);
      const refused = await Promise.any(crowd);
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get('retry-after'), '1');
      await until(async () => (await seen())['requests'] === 6);
      release();
      const statuses = (await Promise.all(crowd)).map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === 200).length, 3);
      held = Promise.resolve();
      const row = [];
      for (let i = 0; i < 18; i += 1) row.push((await ask()).status);
      assert.ok(row.includes(429), 'sequential requests also fill the rolling second');
      const record = await seen();
      assert.ok((record['peakConcurrent'] ?? 0) > 3);
      assert.ok((record['peakPerSecond'] ?? 0) > 20);
    } finally {
      await small.close();
    }
  });
});
