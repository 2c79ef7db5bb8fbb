import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { LmsUnavailable } from '../../src/ports/lms.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { ids, openOffices } from './bulk-office.ts';
import { letter } from './letters.ts';

describe('the request of an act on many, and verbs on it', () => {
  let database: TestDatabase;
  let anna: string;
  let boris: string;
  let viewer: string;
  let office: Awaited<ReturnType<typeof openOffices>>['office'];
  let certificates: Awaited<ReturnType<typeof openOffices>>['certificates'];
  before(async () => {
    database = await testDatabase();
    ({ anna, boris, viewer, office, certificates } = await openOffices(database.knex));
  });
  after(() => database.drop());

  describe('more than fifty rows of revoke', () => {
    let all: { id: string }[];
    before(async () => {
      all = await certificates(51);
    });

    it('wait for a second person: not the one who started it, and nothing is done before', async () => {
      const { enqueued, overheard, post, show, start, work } = office();
      const { body } = await start({ verb: 'revoke', selection: { ids: ids(all) } });
      assert.deepEqual([body.state, body.waitsFor], ['paused', 'second-person']);
      await work(body.id);
      assert.equal((await show(body.id)).counts.pending, 51);
      assert.deepEqual([enqueued, overheard.jobs], [[], []]);
      const path = `/api/acts/bulk/${body.id}`;
      assert.equal((await post(`${path}/confirm`, {}, viewer)).status, 403);
      const own = await post(`${path}/confirm`, {}, anna);
      assert.equal(own.status, 403);
      assert.match(own.body.detail, /^Anna \(.*another person/);
      assert.equal((await post(`${path}/resume`, {}, boris)).status, 409);
      const confirmed = await post(`${path}/confirm`, { reason: 'checked' }, boris);
      assert.equal(confirmed.status, 200);
      assert.deepEqual([confirmed.body.state, confirmed.body.waitsFor], ['running', undefined]);
      assert.match(confirmed.body.confirmedBy, /^Boris/);
      assert.equal(overheard.jobs.at(-1)?.queue, 'bulk');
      const second = await post(`${path}/confirm`, {}, boris);
      assert.equal(second.status, 409);
      assert.equal(second.body.state, 'running');
      assert.match(second.body.detail, /bulk\.confirm by Boris/);
      await post(`${path}/cancel`, {}, boris);
    });

    it('need no second person in a dry run', async () => {
      const { body } = await office().start({ verb: 'revoke', selection: { ids: ids(all) }, dryRun: true });
      assert.equal(body.state, 'running');
    });
  });

  it('cancel leaves what is done and does nothing more; a second verb is told what the first did', async () => {
    const all = await certificates(3);
    const { post, show, start, work } = office();
    const { body } = await start({ verb: 'revoke', selection: { ids: ids(all) } });
    await database.knex('bulk_act').where({ id: body.id }).update({ paused_at: new Date() });
    await work(body.id);
    const cancelled = await post(`/api/acts/bulk/${body.id}/cancel`, {}, boris);
    assert.deepEqual([cancelled.body.state, cancelled.body.counts.cancelled], ['cancelled', 3]);
    await work(body.id);
    const shown = await show(body.id, '?result=cancelled&limit=2');
    assert.equal(shown.items.length, 2);
    assert.ok(shown.nextCursor);
    const late = await post(`/api/acts/bulk/${body.id}/pause`, {}, anna);
    assert.deepEqual([late.status, late.body.state], [409, 'cancelled']);
    assert.match(late.body.detail, /bulk\.cancel by Boris/);
  });

  it('while the LMS is down, rows wait with the reason and the time of the next attempt, and none is refused', async () => {
    const all = await certificates(2);
    for (const { id } of all) await letter(database.knex, id, 'delivered');
    const down = office({
      pullOne: async () => {
        throw new LmsUnavailable('down');
      },
    });
    const bulk = await down.done({ verb: 'reissue', selection: { ids: ids(all) } });
    assert.deepEqual([bulk.state, bulk.counts.pending], ['running', 2]);
    assert.equal(bulk.lastError.code, 'lms-unavailable');
    assert.equal(down.enqueued.at(-1)?.queue, 'bulk');
    await database.knex('bulk_act_row').where({ bulk_act_id: bulk.id }).update({ due_at: null });
    const up = office();
    await up.work(bulk.id);
    const ended = await up.show(bulk.id);
    assert.deepEqual([ended.state, ended.counts.done, ended.lastError], ['finished', 2, undefined]);
  });

  it('its rows are in the audit list with its id, and the list can be narrowed to them', async () => {
    const all = await certificates(2);
    const { app, done } = office();
    const bulk = await done({ verb: 'revoke', selection: { ids: ids(all) } });
    const acts = (query: string) => request(app).get(`/api/acts?${query}`).set('Authorization', viewer);
    const { body } = await acts(`bulkActId=${bulk.id}`);
    assert.deepEqual(
      body.items.map((act: { subject: string; bulkActId: string }) => [act.subject, act.bulkActId]).sort(),
      ids(all)
        .map((id) => [id, bulk.id])
        .sort(),
    );
    const start = await acts(`subject=${bulk.id}`);
    assert.deepEqual([start.body.items[0].verb, start.body.items[0].bulkActId], ['bulk.start', null]);
    assert.equal((await acts('bulkActId=none')).body.errors[0].pointer, '/bulkActId');
  });

  it('one Idempotency-Key starts one bulk act', async () => {
    const all = await certificates(1);
    const { app } = office();
    const start = (body: object) =>
      request(app).post('/api/acts/bulk').set('Authorization', anna).set('Idempotency-Key', 'once-only').send(body);
    const asked = { verb: 'exclude', reason: 'fictional', selection: { ids: ids(all) } };
    const [first, again, other] = [await start(asked), await start(asked), await start({ ...asked, reason: 'other' })];
    assert.equal(first.status, 202);
    assert.equal(again.body.id, first.body.id);
    assert.equal(other.status, 409);
  });

  for (const [what, body, pointer] of [
    ['an unknown verb', { verb: 'erase', selection: { ids: ['a'] } }, '/verb'],
    ['no ids', { verb: 'exclude', selection: { ids: [] } }, '/selection/ids'],
    ['neither ids nor filter', { verb: 'exclude', selection: {} }, '/selection'],
    ['ids and filter', { verb: 'exclude', selection: { ids: ['a'], filter: { state: 'held' } } }, '/selection'],
    ['a filter of everything', { verb: 'exclude', selection: { filter: {} } }, '/selection/filter'],
    [
      'an unknown filter',
      { verb: 'exclude', selection: { filter: { state: 'held', city: 'Almaty' } } },
      '/selection/filter/city',
    ],
    ['override without changes', { verb: 'override', selection: { ids: ['a'] } }, '/changes'],
    [
      'a name for many',
      { verb: 'override', changes: { fullName: 'A', country: 'KZ' }, selection: { ids: ['a'] } },
      '/changes/fullName',
    ],
    ['allow without criteria', { verb: 'allow', allow: [], selection: { ids: ['a'] } }, '/allow'],
    ['a field of another verb', { verb: 'resend', class: 'other', selection: { ids: ['a'] } }, '/class'],
  ] as const) {
    it(`gives 400 for ${what}, with its place`, async () => {
      const answer = await office().start(body);
      assert.equal(answer.status, 400, answer.text);
      assert.deepEqual(
        answer.body.errors.map((fault: { pointer: string }) => fault.pointer),
        [pointer],
      );
    });
  }

  it('needs the role coordinator to start, and no more than viewer to look', async () => {
    const { app, start } = office();
    assert.equal((await start({ verb: 'exclude', selection: { ids: ['a'] } }, viewer)).status, 403);
    const list = await request(app).get('/api/acts/bulk?limit=1').set('Authorization', viewer);
    assert.deepEqual([list.status, list.body.items.length], [200, 1]);
    assert.equal((await request(app).get(`/api/acts/bulk/${randomUUID()}`).set('Authorization', viewer)).status, 404);
  });
});
