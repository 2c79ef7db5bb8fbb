import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import request from 'supertest';
import type { AppDeps } from '../../src/app.ts';
import { type Lms, LmsUnavailable, LmsUnreadable } from '../../src/ports/lms.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, seedCertificate, seedDecision, seedGroup, seedRelease, tokenFor } from './harness.ts';

let database: TestDatabase;
let coordinator: string;
let viewer: string;

before(async () => {
  database = await testDatabase();
  await seedRelease(database.knex);
  coordinator = (await tokenFor(database.knex, 'coordinator')).header;
  viewer = (await tokenFor(database.knex, 'viewer')).header;
});
after(() => database.drop());

const RELEASE = { ok: true, release: { id: 'rel_test' } } as Awaited<ReturnType<Lms['pullRelease']>>;
const lms: AppDeps['lms'] = {
  pullOne: async () => null,
  async pullRelease(id) {
    if (id === 'rel_unreadable') return { ok: false, detail: '/issueDate: expected a date' };
    if (id === 'rel_garbled')
      throw new LmsUnreadable(
        'GET /releases/{id}',
        'status 200, content type text/html: it is HTML or XML, expected JSON',
      );
    if (id === 'rel_down') throw new LmsUnavailable('LMS GET /releases/{id} answered 503', 17);
    return id === 'rel_test' ? RELEASE : null;
  },
};
const over = (changes: Partial<AppDeps> = {}, foreseen: number[] = []) =>
  appOver(database.knex, { lms, ...changes }, foreseen);

function post(app: ReturnType<typeof over>['app'], body: unknown, header = coordinator) {
  return request(app)
    .post('/api/batches')
    .set('Authorization', header)
    .send(body as object);
}

test('POST /api/batches gives 202 with Location and the batch, and stores one audit entry and one job', async () => {
  const { app, overheard } = over();
  const answer = await post(app, { releaseId: 'rel_test', countries: ['KZ', 'UZ'], note: 'autumn' });
  assert.equal(answer.status, 202);
  const { id, ...rest } = answer.body;
  assert.equal(answer.headers['location'], `/api/batches/${id}`);
  assert.deepEqual(
    { ...rest, createdAt: typeof rest.createdAt },
    {
      state: 'running',
      dryRun: false,
      releaseId: 'rel_test',
      counts: { total: 0 },
      note: 'autumn',
      createdAt: 'string',
      startedAt: null,
      finishedAt: null,
      etaSeconds: null,
      notice: null,
    },
  );
  assert.deepEqual(overheard.jobs, [{ queue: 'ingest', job: { kind: 'batch', id }, options: undefined }]);
  const act = await database.knex('act').where({ subject: id }).first();
  assert.equal(act.verb, 'batch.create');
  assert.match(act.actor, /^coordinator \(/);
  assert.equal(act.reason, 'autumn');
});

test('POST /api/batches stores no batch and no audit entry when the job cannot be enqueued', async () => {
  const before = await database.knex('batch').count({ n: '*' }).first();
  const { app } = over({ enqueue: () => Promise.reject(new Error('queue')) }, [500]);
  assert.equal((await post(app, { releaseId: 'rel_test' })).status, 500);
  assert.deepEqual(await database.knex('batch').count({ n: '*' }).first(), before);
});

test('POST /api/batches with several faults gives the first of 401, 403, 404, 400', async () => {
  const { app } = over();
  const bad = { releaseId: 7 };
  assert.equal((await request(app).post('/api/batches').send(bad)).status, 401);
  assert.equal((await post(app, bad, 'Bearer gr_unknownunknownunknownunknown')).status, 401);
  assert.equal((await request(app).get('/api/nothing')).status, 401);
  assert.equal((await post(app, bad, viewer)).status, 403);
  assert.equal((await post(app, bad)).status, 400);
  const unknown = `/api/batches/${randomUUID()}/items?limit=0`;
  assert.equal((await request(app).get(unknown).set('Authorization', viewer)).status, 404);
  for (const id of ['1', '%00', '%ZZ', '%ff', "'; drop table batch; --"]) {
    const answer = await request(app).get(`/api/batches/${id}?cursor=!`).set('Authorization', viewer);
    assert.equal(answer.status, 404, id);
  }
});

test('a request with a revoked token is refused', async () => {
  const { app } = over();
  const { id, header } = await tokenFor(database.knex, 'viewer', 'short-lived');
  assert.equal((await request(app).get('/api/batches').set('Authorization', header)).status, 200);
  await database.knex('api_token').where({ id }).update({ revoked_at: new Date() });
  const answer = await request(app).get('/api/batches').set('Authorization', header);
  assert.equal(answer.status, 401);
  assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer/);
});

test('an invalid request for a batch gets every fault by JSON pointer, and no value in the answer', async () => {
  const { app } = over();
  const cases: [unknown, string[]][] = [
    [{}, ['/releaseId']],
    [{ releaseId: 'rel_test', studentGroupIds: ['sg'] }, ['/studentGroupIds']],
    [{ studentGroupIds: [] }, ['/studentGroupIds']],
    [{ studentGroupIds: ['sg', 'secret\u0000'] }, ['/studentGroupIds/1']],
    [{ releaseId: 'rel_test', countries: [] }, ['/countries']],
    [
      { releaseId: 'rel_test', countries: ['KZ', 'kz', 'Казахстан', 'UZ,kg', 'QQ', 'KZ,Narnia'] },
      ['/countries/4', '/countries/5'],
    ],
    [{ releaseId: 'rel_test', dryRun: 'secret' }, ['/dryRun']],
    [{ releaseId: 'rel_test', template: 'secret' }, ['/template']],
    [{ releaseId: 'rel_test', note: 'secret \ud800' }, ['/note']],
    [{ releaseId: 'rel_test', 'dry/run': true }, ['/dry~1run']],
    [['secret'], ['']],
    [null, ['']],
  ];
  for (const [body, pointers] of cases) {
    const answer = await post(app, JSON.stringify(body)).set('Content-Type', 'application/json');
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
    assert.deepEqual(
      answer.body.errors.map((fault: { pointer: string }) => fault.pointer),
      pointers,
    );
    assert.doesNotMatch(answer.text, /secret/);
  }
});

test('POST /api/batches gives 404 for a release that the LMS does not have, 422 for an invalid release, and 503 with Retry-After while the LMS is down', async () => {
  const { app, overheard } = over();
  assert.equal((await post(app, { releaseId: 'rel_nowhere' })).status, 404);
  const unreadable = await post(app, { releaseId: 'rel_unreadable' });
  assert.equal(unreadable.status, 422);
  assert.match(unreadable.body.detail, /issueDate/);
  const down = await post(app, { releaseId: 'rel_down' });
  assert.equal(down.status, 503);
  assert.equal(down.headers['retry-after'], '17');
  assert.match(down.body.detail, /cannot be reached/);
  const garbled = await post(app, { releaseId: 'rel_garbled' });
  assert.equal(garbled.status, 503);
  assert.equal(
    garbled.body.detail,
    'the LMS answered, but its answer cannot be read: GET /releases/{id}, status 200, content type text/html: it is HTML or XML, expected JSON',
  );
  assert.equal(garbled.headers['retry-after'], '10');
  assert.deepEqual(overheard.jobs, []);
});

test('POST /api/batches with the same Idempotency-Key gives the same batch, even while the LMS is down; another body with that key gets 409', async () => {
  const { app, overheard } = over();
  const key = randomUUID();
  const send = (body: object, header = coordinator, on = app) => post(on, body, header).set('Idempotency-Key', key);
  const [first, second] = await Promise.all([send({ releaseId: 'rel_test' }), send({ releaseId: 'rel_test' })]);
  assert.deepEqual([first.status, second.status], [202, 202]);
  assert.equal(first.headers['location'], second.headers['location']);
  assert.equal(overheard.jobs.length, 1);

  const down = over({ lms: { ...lms, pullRelease: () => Promise.reject(new LmsUnavailable('down')) } }).app;
  const repeated = await send({ releaseId: 'rel_test', dryRun: false }, coordinator, down);
  assert.equal(repeated.status, 202);
  assert.equal(repeated.body.id, first.body.id);

  assert.equal((await send({ releaseId: 'rel_test', note: 'other' })).status, 409);
  const other = (await tokenFor(database.knex, 'coordinator')).header;
  assert.notEqual((await send({ releaseId: 'rel_test' }, other)).body.id, first.body.id);
});

test('lists of batches and items can be read page by page to the end; invalid limits and cursors get 400', async () => {
  const { knex } = database;
  await knex('batch').delete();
  const at = new Date();
  const ids = Array.from({ length: 7 }, () => randomUUID());
  await knex('batch').insert(
    ids.map((id) => ({ id, release_id: 'rel_test', dry_run: false, actor: 'a', request_hash: 'h', created_at: at })),
  );
  const { app } = over();
  const get = (query: string) => request(app).get(`/api/batches${query}`).set('Authorization', viewer);
  const seen: string[] = [];
  let query = '?limit=3';
  for (;;) {
    const { body } = await get(query);
    seen.push(...body.items.map((item: { id: string }) => item.id));
    if (body.nextCursor === null) break;
    query = `?limit=3&cursor=${body.nextCursor}`;
  }
  assert.deepEqual(seen.sort(), ids.sort());
  for (const bad of [
    'limit=0',
    'limit=201',
    'limit=1.5',
    'limit=1&limit=2',
    'limit=',
    'cursor=abc',
    'cursor=',
    'cursor=%00',
  ]) {
    const answer = await get(`?${bad}`);
    assert.equal(answer.status, 400, bad);
    assert.equal(answer.body.errors[0].pointer, `/${bad.split('=')[0]}`);
  }
});

async function seedBatch(changes: Record<string, unknown> = {}): Promise<string> {
  const id = randomUUID();
  const row = { release_id: 'rel_test', dry_run: false, actor: 'a', request_hash: 'h', created_at: new Date() };
  await database.knex('batch').insert({ id, ...row, ...changes });
  return id;
}

async function addItem(batchId: string, studentGroupId: string, changes: Record<string, unknown> = {}): Promise<void> {
  const row = { batch_id: batchId, student_group_id: studentGroupId, evaluated_at: new Date() };
  await database.knex('batch_item').insert({ ...row, ...changes });
}

test('a batch is finished when no item is open; each of its items has state and reason', async () => {
  const { knex } = database;
  const started = Date.now() - 10_000;
  const batchId = await seedBatch({ started_at: new Date(started), pulled_at: new Date() });
  const held = await seedGroup(knex, 'a_held');
  await seedDecision(knex, held, 'held', { code: 'country-unknown', detail: 'no country is given' });
  await addItem(batchId, held);
  const { studentGroupId, id } = await seedCertificate(knex);
  await addItem(batchId, studentGroupId);

  const { app } = over();
  const get = (path: string) => request(app).get(`/api/batches/${batchId}${path}`).set('Authorization', viewer);
  const running = (await get('')).body;
  assert.equal(running.state, 'running');
  assert.deepEqual(running.counts, { total: 2, held: 1, rendered: 1 });
  assert.equal(running.finishedAt, null);
  // One of two is done, so the other takes as long again.
  assert.ok(running.etaSeconds >= 9 && running.etaSeconds <= (Date.now() - started) / 1000 + 1);

  const items = (await get('/items?limit=1')).body;
  assert.equal(items.items[0].state, 'held');
  assert.deepEqual(items.items[0].reason, { code: 'country-unknown', detail: 'no country is given' });
  const rest = (await get(`/items?cursor=${items.nextCursor}`)).body;
  assert.deepEqual(
    rest.items.map((item: { certificateId: string }) => item.certificateId),
    [id],
  );
  assert.equal(rest.nextCursor, null);
  assert.equal((await get('/items?state=rendered')).body.items.length, 1);
  assert.equal((await get('/items?state=lost')).status, 400);

  const cancelled = new Date();
  await knex('batch_item').where({ student_group_id: studentGroupId }).update({ cancelled_at: cancelled });
  const finished = (await get('')).body;
  assert.equal(finished.state, 'finished');
  assert.equal(finished.finishedAt, cancelled.toISOString(), 'when the last item came to its state');
  assert.equal(finished.etaSeconds, null);

  const later = new Date(cancelled.getTime() + 60_000);
  await knex('batch_item').where({ student_group_id: held }).update({ cancelled_at: later });
  assert.equal((await get('')).body.finishedAt, later.toISOString());
});

test('a batch says that it is paused or cancelled', async () => {
  const { app } = over();
  const state = async (changes: Record<string, unknown>) => {
    const id = await seedBatch(changes);
    return (await request(app).get(`/api/batches/${id}`).set('Authorization', viewer)).body.state;
  };
  assert.equal(await state({ paused_at: new Date() }), 'paused');
  assert.equal(await state({ cancelled_at: new Date(), paused_at: new Date() }), 'cancelled');
});

test('the event stream of a batch reports progress until the batch ends', async () => {
  const { knex } = database;
  const batchId = await seedBatch();
  const group = await seedGroup(knex, `sg_events_${batchId}`);
  await seedDecision(knex, group, 'not-met', { code: 'criteria', detail: 'score' });
  await addItem(batchId, group, { evaluated_at: null });
  const { app } = over({
    // The test waits before the batch continues, so that the first event of the stream still shows the item as pending.
    sleep: async () => {
      await knex('batch_item').where({ batch_id: batchId }).update({ evaluated_at: new Date() });
      await knex('batch').where({ id: batchId }).update({ pulled_at: new Date(), started_at: new Date() });
    },
  });
  const { text, headers } = await request(app).get(`/api/batches/${batchId}/events`).set('Authorization', viewer);
  assert.match(headers['content-type'] ?? '', /^text\/event-stream/);
  const states = [...text.matchAll(/event: progress\ndata: (.+)\n\n/g)].map((match) => JSON.parse(match[1] ?? ''));
  assert.equal(states[0].counts.pending, 1);
  assert.equal(states.at(-1).state, 'finished');
  assert.match(text, /event: end\ndata: \{"state":"finished"\}\n\n$/);
});

test('the event stream of a batch ends when its client disconnects', async () => {
  const batchId = await seedBatch();
  let asleep = 0;
  const ended = deferred();
  const { app } = over({
    sleep: async (_milliseconds, signal) => {
      asleep += 1;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      ended.resolve();
    },
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const gone = new AbortController();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/batches/${batchId}/events`;
  const answer = await fetch(url, { headers: { Authorization: viewer }, signal: gone.signal });
  await answer.body?.getReader().read();
  gone.abort();
  await ended.promise;
  assert.equal(asleep, 1);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
