import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { recordAct } from '../../src/records/tokens.ts';
import { award, seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, seedBatch, seedDecision, tokenFor } from './harness.ts';

describe('lists of releases, acts and batch items', () => {
  let database: TestDatabase;
  let viewer: string;
  let app: ReturnType<typeof appOver>['app'];
  let batchId: string;
  const get = async (path: string, query: object = {}) => {
    const answer = await request(app).get(path).query(query).set('Authorization', viewer);
    assert.equal(answer.status, 200, answer.text);
    return answer;
  };
  const pull = async (id: string, fullName: string) => {
    const group = studentGroup(id);
    const pulled = { ...group, student: { ...group.student, fullName } };
    await recordPull(database.knex, { ok: true, studentGroup: pulled, etag: '"1"' }, new Date(), (email) => email);
  };

  before(async () => {
    database = await testDatabase();
    viewer = (await tokenFor(database.knex, 'viewer')).header;
    ({ app } = appOver(database.knex));
    await seedRelease(database.knex);
    await award(database.knex, 'sg_awarded');
    await pull('sg_held', 'Жанна Ёлкина');
    await pull('sg_pending', 'Анна Новая');
    const held = await seedDecision(database.knex, 'sg_held', 'held', {
      code: 'country-unknown',
      detail: 'No country.',
    });
    batchId = await seedBatch(database.knex, { created_at: new Date('2026-11-20T09:00:00Z') });
    const at = new Date();
    const item = { batch_id: batchId, release_id: 'rel_test' };
    await database.knex('batch_item').insert([
      { ...item, student_group_id: 'sg_awarded', evaluated_at: at },
      { ...item, student_group_id: 'sg_held', decision_id: held, evaluated_at: at, would_be: 'held' },
      { ...item, student_group_id: 'sg_pending' },
    ]);
  });
  after(() => database.drop());

  it('show each release with its student groups by state and its newest batch', async () => {
    const newest = await seedBatch(database.knex, { created_at: new Date('2026-11-21T09:00:00Z'), dry_run: true });
    await database.knex('release').insert({
      id: 'rel_a',
      snapshot: '{"title":"Empty","closed":true}',
      changed_at: new Date(),
      pulled_at: new Date(),
    });
    const first = await get('/api/releases', { limit: 1 });
    const counts = { total: 3, awarded: 1, held: 1, pending: 1 };
    assert.deepEqual(first.body.items, [{ id: 'rel_test', title: null, closed: false, counts, lastBatchId: newest }]);
    const { body } = await get('/api/releases', { limit: 1, cursor: first.body.nextCursor });
    const empty = { id: 'rel_a', title: 'Empty', closed: true, counts: { total: 0 }, lastBatchId: null };
    assert.deepEqual(body, { items: [empty], nextCursor: null });
  });

  it('show batch items with names, country and template, by state, reason, outcome of a dry run, and text', async () => {
    const found = async (query: object) =>
      (await get(`/api/batches/${batchId}/items`, query)).body.items.map(
        (item: { studentGroupId: string }) => item.studentGroupId,
      );
    const [, held] = (await get(`/api/batches/${batchId}/items`)).body.items;
    const { fullName, country, certTemplate, sendAfter } = held;
    assert.deepEqual(
      { fullName, country, certTemplate, sendAfter },
      { fullName: 'Жанна Ёлкина', country: 'KZ', certTemplate: null, sendAfter: null },
    );
    assert.deepEqual(await found({ state: 'held' }), ['sg_held']);
    assert.deepEqual(await found({ state: 'pending' }), ['sg_pending']);
    assert.deepEqual(await found({ state: 'awarded' }), ['sg_awarded']);
    assert.deepEqual(await found({ state: 'sent' }), []);
    assert.deepEqual(await found({ reason: 'country-unknown' }), ['sg_held']);
    assert.deepEqual(await found({ reason: 'name-doubtful' }), []);
    assert.deepEqual(await found({ wouldBe: 'held' }), ['sg_held']);
    assert.deepEqual(await found({ q: 'елк' }), ['sg_held']);
    assert.deepEqual(await found({ q: 'nobody@example.org' }), []);
    assert.deepEqual(await found({ q: 'елк', state: 'pending' }), []);
  });

  describe('of acts', () => {
    const acts = [
      ['ada (1)', 'certificate.revoke', 'c-1', '2026-11-20T10:00:00.000Z'],
      ['ada (1)', 'student-group.override', 'sg_1', '2026-11-21T10:00:00.000Z'],
      ['grace (2)', 'certificate.revoke', 'c-2', '2026-11-22T10:00:00.000Z'],
    ] as const;
    before(async () => {
      await Promise.all(
        acts.map(([actor, verb, subject, at]) =>
          recordAct(
            database.knex,
            { id: randomUUID(), actor, verb, subject, reason: `=HYPERLINK("${subject}"), fictional`, detail: { n: 1 } },
            new Date(at),
          ),
        ),
      );
    });
    const found = async (query: object) =>
      (await get('/api/acts', query)).body.items.map(({ subject }: { subject: string }) => subject);
    const since = '2026-11-20T10:00:00Z';

    it('show who did what to what, when and why, newest first', async () => {
      const { items } = (await get('/api/acts', { subject: 'c-2' })).body;
      const { id: _, ...act } = items[0];
      const [actor, verb, subject, at] = acts[2];
      assert.deepEqual(act, {
        at,
        actor,
        verb,
        subject,
        reason: '=HYPERLINK("c-2"), fictional',
        detail: { n: 1 },
        bulkActId: null,
      });
      assert.deepEqual(
        (await found({})).filter((one: string) => /^(c-|sg_1)/.test(one)),
        ['c-2', 'sg_1', 'c-1'],
      );
    });

    it('are narrowed by actor, verb, subject and time, and paged without a gap', async () => {
      assert.deepEqual(await found({ actor: 'ada (1)' }), ['sg_1', 'c-1']);
      assert.deepEqual(await found({ verb: 'certificate.revoke' }), ['c-2', 'c-1']);
      assert.deepEqual(await found({ actor: 'ada (1)', verb: 'certificate.revoke' }), ['c-1']);
      assert.deepEqual(await found({ verb: 'certificate.revoke', since: '2026-11-21T12:00:00+03:00' }), ['c-2']);
      const first = (await get('/api/acts', { verb: 'certificate.revoke', limit: 1 })).body;
      assert.deepEqual(await found({ verb: 'certificate.revoke', limit: 1, cursor: first.nextCursor }), ['c-1']);
    });

    it('are exported whole as CSV, where no cell is a formula', async () => {
      const { text, headers } = await get('/api/acts.csv', { actor: 'ada (1)', since });
      assert.match(headers['content-type'] ?? '', /^text\/csv/);
      const [head, ...lines] = text.replace('\uFEFF', '').trim().split('\r\n');
      assert.equal(head, 'at,actor,verb,subject,reason,detail,bulkActId,id');
      assert.equal(lines.length, 2);
      assert.match(
        lines[0] ?? '',
        /^2026-11-21T10:00:00\.000Z,ada \(1\),student-group\.override,sg_1,"'=HYPERLINK\(""sg_1""\), fictional","\{""n"":1\}",/,
      );
    });
  });
});
