import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import type { AppDeps } from '../../src/app.ts';
import { LmsUnavailable } from '../../src/ports/lms.ts';
import { seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { erase } from '../support/within-erasure.ts';
import { appOver, revoke, seedBatch, tokenFor } from './harness.ts';
import { certificate, letter, unknown } from './letters.ts';

describe('requests of a coordinator about a letter', () => {
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

  const lms: AppDeps['lms'] = {
    pullRelease: async () => null,
    pullOne: async (id) => ({ ok: true, studentGroup: studentGroup(id), etag: '"2"' }),
  };
  const over = (changes: Partial<AppDeps> = {}, foreseen: number[] = []) =>
    appOver(database.knex, { lms, ...changes }, foreseen);
  const post = (app: ReturnType<typeof over>['app'], path: string, body?: object, header = coordinator) =>
    request(app).post(path).set('Authorization', header).send(body);
  const why = { reason: 'fictional' };

  const actsOn = (subject: string) => database.knex('act').where({ subject }).orderBy('acted_at');

  describe('POST /api/certificates/{id}/resend', () => {
    for (const state of ['sent', 'delivered', 'bounced', 'refused', 'cancelled']) {
      it(`after ${state} gives 202 and opens a new letter to the current address in the LMS, with one job and one audit entry`, async () => {
        const { id, group } = await certificate(database.knex);
        const first = await letter(database.knex, id, state);
        const { app, overheard } = over();
        const answer = await post(app, `/api/certificates/${id}/resend`, why);
        assert.equal(answer.status, 202, answer.text);
        const { personalIssueId, sendAfter } = answer.body;
        assert.equal(answer.body.state, 'waiting');
        assert.notEqual(personalIssueId, first);
        const row = await database.knex('personal_issue').where({ id: personalIssueId }).first();
        assert.deepEqual([row.purpose, row.state, row.version], ['resend', 'waiting', 1]);
        assert.equal(row.recipient, `st_${group}@example.org`);
        assert.equal(row.send_after.toISOString(), sendAfter);
        const startAfter = row.send_after;
        assert.deepEqual(overheard.jobs, [{ queue: 'send', job: { id: personalIssueId }, options: { startAfter } }]);
        const [act] = await actsOn(id);
        assert.deepEqual([act.verb, act.reason, act.detail], ['certificate.resend', 'fictional', { personalIssueId }]);
        assert.match(act.actor, /^coordinator \(/);
      });
    }

    for (const state of ['waiting', 'sending', 'accepted', 'uncertain']) {
      it(`gives 409 and changes nothing while a letter is ${state}`, async () => {
        const { id } = await certificate(database.knex);
        await letter(database.knex, id, state);
        const { app, overheard } = over();
        const answer = await post(app, `/api/certificates/${id}/resend`, why);
        assert.equal(answer.status, 409);
        assert.match(answer.body.detail, new RegExp(state));
        assert.deepEqual([overheard.jobs, await actsOn(id)], [[], []]);
      });
    }

    it('gives 409 with the reason when the certificate is not drawn, revoked or erased, or when the outcome of its letter is unknown', async () => {
      const { app } = over();
      const refusal = async (id: string) => {
        const answer = await post(app, `/api/certificates/${id}/resend`, why);
        assert.equal(answer.status, 409, answer.text);
        return answer.body.detail as string;
      };
      assert.match(await refusal((await certificate(database.knex, false)).id), /not drawn/);
      const revoked = await certificate(database.knex);
      await letter(database.knex, revoked.id, 'sent');
      await revoke(database.knex, revoked.id);
      assert.match(await refusal(revoked.id), /revoked/);
      const lost = await certificate(database.knex);
      await letter(database.knex, lost.id, 'uncertain');
      await unknown(database.knex, lost.group, lost.id);
      assert.match(await refusal(lost.id), /resolve/);
      const erased = await certificate(database.knex);
      await letter(database.knex, erased.id, 'sent');
      await erase(database.knex, erased.id);
      assert.match(await refusal(erased.id), /erased/);
    });

    it('gives 409 with the reason, without the address, when the address in the LMS is invalid, shared or missing', async () => {
      const { id, group } = await certificate(database.knex);
      await letter(database.knex, id, 'refused');
      const told = async (pulled: Awaited<ReturnType<AppDeps['lms']['pullOne']>>) => {
        const { app } = over({ lms: { ...lms, pullOne: async () => pulled } });
        const answer = await post(app, `/api/certificates/${id}/resend`, why);
        assert.equal(answer.status, 409);
        assert.doesNotMatch(answer.text, /@/);
        return answer.body.detail as string;
      };
      const plain = studentGroup(group);
      const withEmail = (email: string | null) => ({ ...plain, student: { ...plain.student, email } });
      assert.match(await told({ ok: true, studentGroup: withEmail('no address'), etag: null }), /^email-invalid/);
      assert.match(await told({ ok: true, studentGroup: withEmail(null), etag: null }), /^email-invalid/);
      const other = await certificate(database.knex);
      const shared = `st_${other.group}@example.org`;
      await database.knex('student_group').where({ id: other.group }).update({ email: shared });
      assert.match(await told({ ok: true, studentGroup: withEmail(shared), etag: null }), /^email-shared/);
      assert.match(await told({ ok: false, id: group, detail: '/status: unknown' }), /^lms-invalid/);
      assert.match(await told(null), /^lms-gone/);
      assert.deepEqual(await actsOn(id), []);
    });

    it('opens one letter after two concurrent requests', async () => {
      const { id } = await certificate(database.knex);
      await letter(database.knex, id, 'sent');
      const { app, overheard } = over();
      const answers = await Promise.all([1, 2, 3, 4].map(() => post(app, `/api/certificates/${id}/resend`, why)));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 409, 409, 409]);
      assert.equal(overheard.jobs.length, 1);
      assert.equal((await actsOn(id)).length, 1);
    });

    it('gives 503 with Retry-After while the LMS is unreachable, and stores nothing when the job queue fails', async () => {
      const { id } = await certificate(database.knex);
      await letter(database.knex, id, 'sent');
      const down = over({ lms: { ...lms, pullOne: () => Promise.reject(new LmsUnavailable('down', 7)) } });
      const answer = await post(down.app, `/api/certificates/${id}/resend`, why);
      assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '7']);
      const broken = over({ enqueue: () => Promise.reject(new Error('queue')) }, [500]);
      assert.equal((await post(broken.app, `/api/certificates/${id}/resend`, why)).status, 500);
      assert.deepEqual(await actsOn(id), []);
      assert.equal((await database.knex('personal_issue').where({ certificate_id: id })).length, 1);
    });
  });

  describe('POST /api/certificates/{id}/resolve', () => {
    it('with "sent" marks the letter as sent without a letter number, with the audit entry as evidence', async () => {
      const { id, group } = await certificate(database.knex);
      const lost = await letter(database.knex, id, 'uncertain');
      await unknown(database.knex, group, id);
      const { app, overheard } = over();
      const answer = await post(app, `/api/certificates/${id}/resolve`, { outcome: 'sent', ...why });
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(answer.body, { personalIssueId: lost, state: 'sent', sendAfter: null });
      const row = await database.knex('personal_issue').where({ id: lost }).first();
      const [act] = await actsOn(id);
      assert.deepEqual([row.state, row.letter, row.resolved_by], ['sent', null, act.id]);
      assert.deepEqual([act.verb, act.detail.outcome], ['certificate.resolve', 'sent']);
      const standing = await database.knex('standing').where({ student_group_id: group }).first();
      assert.deepEqual([standing.state, standing.reason_code], ['sent', 'by-person']);
      assert.deepEqual(overheard.jobs, []);
      assert.equal(
        (await post(app, `/api/certificates/${id}/resolve`, { outcome: 'not-sent', ...why })).status,
        409,
        'answered once',
      );
    });

    it('is the only way to mark a letter as sent: the table refuses "sent" without a letter number or an audit entry', async () => {
      const { id } = await certificate(database.knex);
      const lost = await letter(database.knex, id, 'uncertain');
      await assert.rejects(async () => {
        await database.knex('personal_issue').where({ id: lost }).update({ state: 'sent' });
      }, /check constraint/);
    });

    it('with "not-sent" cancels the letter, keeps the evidence and opens one new letter, also for two concurrent requests', async () => {
      const { id, group } = await certificate(database.knex);
      const lost = await letter(database.knex, id, 'uncertain');
      await unknown(database.knex, group, id);
      const { app, overheard } = over();
      const answers = await Promise.all(
        [1, 2].map(() => post(app, `/api/certificates/${id}/resolve`, { outcome: 'not-sent', ...why })),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
      const answer = answers.find(({ status }) => status === 200);
      assert.equal(answer?.body.state, 'waiting');
      const rows = await database.knex('personal_issue').where({ certificate_id: id }).orderBy('created_at');
      assert.deepEqual(
        rows.map((row) => [row.id, row.state]),
        [
          [lost, 'cancelled'],
          [answer?.body.personalIssueId, 'waiting'],
        ],
      );
      assert.match(rows[0].reason_detail, /no complete listing/);
      assert.equal(overheard.jobs.length, 1);
      assert.equal(
        await database.knex('hold').where({ student_group_id: group }).whereNull('released_at').first(),
        undefined,
      );
    });

    it("stores the person's statement even when no new letter is allowed, and the response gives the reason", async () => {
      const { id, group } = await certificate(database.knex);
      const lost = await letter(database.knex, id, 'uncertain');
      await unknown(database.knex, group, id);
      await revoke(database.knex, id);
      const { app, overheard } = over();
      const { status, body } = await post(app, `/api/certificates/${id}/resolve`, { outcome: 'not-sent', ...why });
      assert.equal(status, 200);
      assert.deepEqual([body.personalIssueId, body.state, body.notSentAgain.code], [lost, 'cancelled', 'revoked']);
      assert.deepEqual(overheard.jobs, []);
    });

    it('gives 409 unless the certificate is held as outcome-unknown', async () => {
      const { id } = await certificate(database.knex);
      await letter(database.knex, id, 'uncertain');
      const { app } = over();
      const answer = await post(app, `/api/certificates/${id}/resolve`, { outcome: 'sent', ...why });
      assert.equal(answer.status, 409);
    });
  });

  it('a request with several faults gets the first of 401, 403, 404, 400', async () => {
    const { app } = over();
    const { id } = await certificate(database.knex);
    const batch = await seedBatch(database.knex);
    const targets: [string, string][] = [
      ['certificates', 'resend'],
      ['certificates', 'resolve'],
      ...['pause', 'resume', 'cancel', 'retry'].map((verb): [string, string] => ['batches', verb]),
    ];
    for (const [kind, verb] of targets) {
      const known = `/api/${kind}/${kind === 'batches' ? batch : id}/${verb}`;
      const bad = { reason: 7 };
      assert.equal((await request(app).post(known).send(bad)).status, 401, known);
      assert.equal((await post(app, known, bad, viewer)).status, 403, known);
      for (const stranger of [randomUUID(), '1', '%00', "'; drop table batch; --"]) {
        const answer = await post(app, `/api/${kind}/${stranger}/${verb}`)
          .set('Content-Type', 'application/json')
          .send('{');
        assert.equal(answer.status, 404, stranger);
      }
      const answer = await post(app, known, bad);
      assert.equal(answer.status, 400, known);
      assert.ok(answer.body.errors.some((fault: { pointer: string }) => fault.pointer === '/reason'));
      assert.equal((await post(app, known, { ...why, more: 1 })).status, 400);
      const get = await request(app).get(known).set('Authorization', coordinator);
      assert.deepEqual([get.status, get.headers['allow']], [405, 'POST, OPTIONS']);
    }
    for (const body of [undefined, {}, { reason: '' }])
      assert.equal((await post(app, `/api/certificates/${id}/resend`, body)).status, 400, 'a reason is needed');
    const resolve = await post(app, `/api/certificates/${id}/resolve`, { outcome: 'lost', ...why });
    assert.equal(resolve.body.errors[0].pointer, '/outcome');
  });
});
