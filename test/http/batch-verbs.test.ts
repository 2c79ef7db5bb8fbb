import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { seedRelease } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, seedBatch, seedDecision, tokenFor } from './harness.ts';
import { certificate, letter, unknown } from './letters.ts';

describe('POST /api/batches/{id}/pause|resume|cancel|retry', () => {
  let database: TestDatabase;
  let coordinator: string;
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
    coordinator = (await tokenFor(database.knex, 'coordinator')).header;
  });
  after(() => database.drop());
  const over = () => appOver(database.knex);
  const post = (app: ReturnType<typeof over>['app'], path: string, body?: object) =>
    request(app).post(path).set('Authorization', coordinator).send(body);
  const why = { reason: 'fictional' };
  const actsOn = (subject: string) => database.knex('act').where({ subject }).orderBy('acted_at');

  const now = new Date();
  const BATCHES = {
    running: {},
    paused: { paused_at: now },
    cancelled: { cancelled_at: now },
    finished: { pulled_at: now, started_at: now },
  };
  const ALLOWED: Record<string, Record<string, [number, string]>> = {
    pause: { running: [200, 'paused'] },
    resume: { paused: [200, 'running'] },
    cancel: { running: [200, 'cancelled'], paused: [200, 'cancelled'] },
    retry: { running: [202, 'running'], finished: [202, 'finished'] },
  };
  for (const [verb, allowed] of Object.entries(ALLOWED)) {
    for (const [state, changes] of Object.entries(BATCHES)) {
      const expected = allowed[state];
      it(`${verb} on a ${state} batch gives ${expected ? expected.join(', ') : '409 and stores no audit entry'}`, async () => {
        const id = await seedBatch(database.knex, changes);
        const { app } = over();
        const answer = await post(app, `/api/batches/${id}/${verb}`, state === 'running' ? why : undefined);
        const acts = await actsOn(id);
        if (expected) {
          assert.deepEqual([answer.status, answer.body.state], expected, answer.text);
          assert.deepEqual([acts.length, acts[0]?.verb], [1, `batch.${verb}`]);
          assert.equal(acts[0]?.reason, state === 'running' ? 'fictional' : null);
        } else {
          assert.equal(answer.status, 409);
          assert.match(answer.body.detail, new RegExp(`is ${state}`));
          assert.deepEqual(acts, []);
        }
      });
    }
  }

  it('takes effect only once for two concurrent requests', async () => {
    const id = await seedBatch(database.knex);
    const { app } = over();
    const answers = await Promise.all([1, 2, 3].map(() => post(app, `/api/batches/${id}/pause`)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409]);
    assert.equal((await actsOn(id)).length, 1);
  });

  it('refuses a retry of a dry run', async () => {
    const id = await seedBatch(database.knex, { dry_run: true });
    assert.equal((await post(over().app, `/api/batches/${id}/retry`)).status, 409);
  });

  it('enqueues held, refused and bounced items once on retry, and no other items', async () => {
    const { knex } = database;
    const id = await seedBatch(database.knex, { pulled_at: now, started_at: now });
    const add = (group: string, decision: string | null = null) =>
      knex('batch_item').insert({ batch_id: id, student_group_id: group, evaluated_at: now, decision_id: decision });
    const groups: string[] = [];
    for (const state of ['refused', 'bounced', 'sent', 'waiting']) {
      const one = await certificate(database.knex);
      await letter(database.knex, one.id, state);
      await add(one.group);
      groups.push(one.group);
    }
    const lost = await certificate(database.knex);
    await letter(database.knex, lost.id, 'uncertain');
    await unknown(database.knex, lost.group, lost.id);
    await add(lost.group);
    const held = `sg_verbs_held_${id}`;
    await knex('student_group').insert({ id: held, release_id: 'rel_test', pulled_at: now });
    await add(held, await seedDecision(knex, held, 'held', { code: 'country-unknown', detail: 'none' }));
    const { app, overheard } = over();
    const answers = await Promise.all([1, 2].map(() => post(app, `/api/batches/${id}/retry`)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 202],
    );
    assert.deepEqual(overheard.jobs, [{ queue: 'ingest', job: { kind: 'again', id }, options: undefined }]);
    const again: string[] = await knex('batch_item')
      .where({ batch_id: id })
      .whereNull('evaluated_at')
      .pluck('student_group_id');
    assert.deepEqual(again.sort(), [...groups.slice(0, 2), held].sort());
    assert.deepEqual((await actsOn(id)).map((act) => act.detail.items).sort(), [0, 3]);
    assert.deepEqual(answers[1]?.body.counts, { total: 6, pending: 3, sent: 1, waiting: 1, held: 1 });
  });
});
