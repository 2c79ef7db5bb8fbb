import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import request from 'supertest';
import type { AppDeps } from '../../src/app.ts';
import { makeRunBulk } from '../../src/coordinate/bulk/run-bulk.ts';
import type { Db } from '../../src/records/rows.ts';
import { seedRelease, studentGroup } from '../support/award.ts';
import { ANY_TIME, appOver, CRITERIA, tokenFor } from './harness.ts';
import { certificate } from './letters.ts';

/** A row of a bulk act as the API shows it. */
export interface Row {
  id: string;
  number: string | null;
  result: string;
  reason: { code: string } | null;
  state: string;
  formerAct: { verb: string; actor: string } | null;
}

/** Two coordinators, a viewer, and a release. */
export async function openOffices(knex: Db) {
  await seedRelease(knex);
  const anna = (await tokenFor(knex, 'coordinator', 'Anna')).header;
  const boris = (await tokenFor(knex, 'coordinator', 'Boris')).header;
  const viewer = (await tokenFor(knex, 'viewer')).header;

  /** The app, and a worker that handles all jobs of bulk acts that the app has enqueued. */
  function office(lms: Partial<AppDeps['lms']> = {}) {
    const outside: AppDeps['lms'] = {
      pullRelease: async () => null,
      pullOne: async (id) => ({ ok: true, studentGroup: studentGroup(id), etag: '"2"' }),
      ...lms,
    };
    const { app, overheard } = appOver(knex, { lms: outside });
    const enqueued: { queue: string; job: unknown }[] = [];
    const runBulk = makeRunBulk({
      ...{ db: knex, lms: outside, newId: randomUUID, clock: { now: () => new Date() } },
      enqueue: async (_trx, queue, jobs) => enqueued.push(...jobs.map((job) => ({ queue, job }))),
      log: { warn: () => undefined, error: (fields: object) => assert.fail(JSON.stringify(fields)) },
      rulebook: { letters: new Map(), countries: ANY_TIME, issuer: { approvals: 'optional' } },
      criteria: CRITERIA,
      templates: () => ['teacher-kk'],
      mailInstructions: [],
    });
    const post = (path: string, body: object, header = anna) =>
      request(app).post(path).set('Authorization', header).send(body);
    const show = async (id: string, query = '') =>
      (await request(app).get(`/api/acts/bulk/${id}${query}`).set('Authorization', viewer)).body;
    return {
      ...{ app, overheard, enqueued, post, show, work: (id: string) => runBulk({ id }) },
      start: (body: object, header = anna) => post('/api/acts/bulk', { reason: 'fictional', ...body }, header),
      async done(body: object) {
        const answer = await post('/api/acts/bulk', { reason: 'fictional', ...body });
        assert.equal(answer.status, 202, answer.text);
        assert.equal(answer.headers['location'], `/api/acts/bulk/${answer.body.id}`);
        await runBulk({ id: answer.body.id });
        return show(answer.body.id);
      },
    };
  }
  const certificates = async (count: number) => {
    const all = [];
    for (let n = 0; n < count; n += 1) all.push(await certificate(knex));
    return all;
  };
  return { anna, boris, viewer, office, certificates };
}

export const ids = (all: readonly { id: string }[]) => all.map(({ id }) => id);
