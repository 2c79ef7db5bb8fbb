import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import type { AppDeps } from '../../src/app.ts';
import { raiseFlag } from '../../src/records/student-groups/flags.ts';
import { hold } from '../../src/records/student-groups/holds.ts';
import { seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { certificate, letter } from './letters.ts';
import { type App, type Overriding, overriding, WHY } from './overriding.ts';

describe('overrides and exclusions over HTTP', () => {
  let database: TestDatabase;
  let api: Overriding;
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
    api = await overriding(database.knex);
  });
  after(() => database.drop());

  const openHold = (group: string) =>
    database.knex('hold').where({ student_group_id: group }).whereNull('released_at').first();

  describe('PATCH of a student group after its award', () => {
    /** Creates a certificate that was reported to the LMS, with its first letter in the given state. */
    const lettered = async (state: string) => {
      const one = await certificate(database.knex);
      await database.knex('lms_report').where({ certificate_id: one.id }).update({ patched_at: new Date() });
      return { ...one, letter: await letter(database.knex, one.id, state) };
    };

    it('marks the certificate for a reissue when a printed value changes, and does not change stored values', async () => {
      const { id, group } = await certificate(database.knex);
      const frozen = await database.knex('certificate_version').where({ certificate_id: id });
      const { app } = api.over();
      const { body } = await api.patch(app, group, { latinName: 'Test Persona', ...WHY });
      assert.equal(body.certificate.needsReissue, true);
      assert.deepEqual(await database.knex('certificate_version').where({ certificate_id: id }), frozen);
      await api.patch(app, group, { latinName: null, ...WHY });
      assert.equal((await api.get(app, group)).body.certificate.needsReissue, false);
    });

    it('gives a waiting letter the new address, and ends a hold that the old address caused', async () => {
      const { id, group, letter: waiting } = await lettered('waiting');
      const entry = { id: randomUUID(), studentGroupId: group, certificateId: id, stage: 'send' };
      await hold(database.knex, { ...entry, code: 'email-invalid', detail: 'changed after the award' }, new Date());
      const { app, overheard } = api.over();
      const { body } = await api.patch(app, group, { email: 'new@school.example', ...WHY });
      assert.deepEqual([body.state, body.hold, body.certificate.needsReissue], ['waiting', null, false]);
      const recipient = async () => (await database.knex('personal_issue').where({ id: waiting }).first()).recipient;
      assert.equal(await recipient(), 'new@school.example');
      assert.deepEqual(
        overheard.jobs.map(({ queue, job }) => [queue, (job as { id: string }).id]),
        [
          ['send', waiting],
          ['evaluate', group],
        ],
      );
      await api.patch(app, group, { email: null, ...WHY });
      assert.equal(await recipient(), `st_${group}@example.org`, 'withdrawn: the LMS’s again');
      const other = await api.pulled('sg_neighbour');
      await api.patch(app, group, { email: `st_${other}@example.org`, allowSharedEmail: true, ...WHY });
      assert.equal(await recipient(), `st_${other}@example.org`);
      await hold(
        database.knex,
        { ...entry, id: randomUUID(), code: 'email-shared', detail: 'by a reissue' },
        new Date(),
      );
      await api.patch(app, group, { allowSharedEmail: true, ...WHY });
      assert.equal(await openHold(group), undefined);
    });

    it('causes no second letter to an address with a hard bounce', async () => {
      const { id, group, letter: dead } = await lettered('bounced');
      await database.knex('personal_issue').where({ id: dead }).update({ reason_code: 'hard-bounce' });
      const { app } = api.over();
      const refused = await api.patch(app, group, { email: 'old@example.org', ...WHY });
      assert.equal(refused.status, 409);
      assert.match(refused.body.detail, /returned as permanently undeliverable/);
      assert.equal((await api.patch(app, group, { email: 'fresh@example.org', ...WHY })).status, 200);
      await api.pulled(group, (told) => {
        told.student.email = 'old@example.org';
      });
      assert.equal((await api.patch(app, group, { email: null, ...WHY })).status, 200);
      const { recipient } = await database.knex('certificate').where({ id }).first();
      assert.equal(recipient, 'fresh@example.org', 'withdrawn: not even where the LMS says so');
    });

    it('that excludes the student stops the waiting letter and all new letters until the exclusion is withdrawn', async () => {
      const { id, group, letter: waiting } = await lettered('waiting');
      const lms: AppDeps['lms'] = {
        pullRelease: async () => null,
        pullOne: async (one) => ({ ok: true, studentGroup: studentGroup(one), etag: null }),
      };
      const { app, overheard } = api.over({ lms });
      const denied = await api.patch(app, group, { excluded: true, ...WHY });
      assert.deepEqual([denied.body.state, denied.body.reason.code], ['held', 'excluded']);
      const freed = await api.patch(app, group, { excluded: false, ...WHY });
      assert.deepEqual([freed.body.state, await openHold(group)], ['waiting', undefined]);
      assert.ok(overheard.jobs.some(({ queue, job }) => queue === 'send' && (job as { id: string }).id === waiting));

      for (const state of ['sending', 'sent'])
        await database.knex('personal_issue').where({ id: waiting }).update({ state, letter: '7' });
      await api.patch(app, group, { excluded: true, ...WHY });
      assert.equal(await openHold(group), undefined, 'nothing waits that could be held');
      const resend = () =>
        request(app).post(`/api/certificates/${id}/resend`).set('Authorization', api.coordinator).send(WHY);
      const refused = await resend();
      assert.equal(refused.status, 409);
      assert.match(refused.body.detail, /excluded/);
      await api.patch(app, group, { excluded: false, email: 'given@school.example', ...WHY });
      const opened = await resend();
      assert.equal(opened.status, 202, opened.text);
      const row = await database.knex('personal_issue').where({ id: opened.body.personalIssueId }).first();
      assert.equal(row.recipient, 'given@school.example', 'a coordinator’s word is before the LMS’s');
    });
  });

  describe('the lists of exceptions and flags', () => {
    const list = (app: App, what: string, header = api.viewer) =>
      request(app).get(`/api/${what}`).set('Authorization', header);

    it('GET /api/exceptions gives the students who are allowed or excluded now, with actor and reason', async () => {
      const { app } = api.over();
      await api.patch(app, await api.pulled('sg_denied'), { excluded: true, ...WHY });
      await api.patch(app, await api.pulled('sg_listed'), { allow: ['progress.score'], reason: 'ill in May' });
      const { body } = await list(app, 'exceptions?kind=allow&limit=200');
      const { at, actor, ...entry } = body.items.find(
        ({ studentGroupId }: { studentGroupId: string }) => studentGroupId === 'sg_listed',
      );
      assert.deepEqual(entry, {
        ...{ studentGroupId: 'sg_listed', releaseId: 'rel_test', kind: 'allow' },
        ...{ allow: ['progress.score'], reason: 'ill in May' },
      });
      assert.match(`${actor} ${at}`, /^Anna \(.*\) \d{4}-/);
      const seen: string[] = [];
      for (let cursor = ''; ; ) {
        const page = (await list(app, `exceptions?limit=1${cursor}`)).body;
        seen.push(
          ...page.items.map((item: { kind: string; studentGroupId: string }) => `${item.kind} ${item.studentGroupId}`),
        );
        if (page.nextCursor === null) break;
        cursor = `&cursor=${page.nextCursor}`;
      }
      assert.ok(seen.includes('allow sg_listed') && seen.includes('deny sg_denied'));
      assert.equal(new Set(seen).size, seen.length);
      for (const bad of ['kind=both', 'cursor=AAAA', `cursor=${Buffer.from('allow/\0').toString('base64url')}`])
        assert.equal((await list(app, `exceptions?${bad}`)).status, 400, bad);
    });

    it('GET /api/flags gives the flags that a person must check; dismissing a flag stores an audit entry', async () => {
      const { id, group } = await certificate(database.knex);
      const kind = 'student-merged' as const;
      const flag = { id: randomUUID(), studentGroupId: group, certificateId: id, kind, detail: 'another student' };
      await raiseFlag(database.knex, flag, new Date());
      const { app } = api.over();
      const open = (await list(app, `flags?kind=${kind}`)).body;
      assert.deepEqual(open.nextCursor, null);
      assert.deepEqual({ ...open.items[0], raisedAt: null }, { ...flag, raisedAt: null, endedAt: null });
      assert.deepEqual((await api.get(app, group)).body.flags, open.items);
      const dismiss = (one: string, body?: object, header = api.coordinator) =>
        request(app).post(`/api/flags/${one}/dismiss`).set('Authorization', header).send(body);
      assert.equal((await dismiss(flag.id, {}, api.viewer)).status, 403);
      assert.equal((await dismiss(randomUUID(), {})).status, 404);
      assert.equal((await dismiss('1', {})).status, 404);
      assert.equal((await dismiss(flag.id, {})).status, 400);
      const answers = await Promise.all([1, 2].map(() => dismiss(flag.id, WHY)));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
      const { body } = await api.get(app, group);
      assert.deepEqual(
        [body.flags, body.history.map(({ verb, reason }: Record<string, unknown>) => [verb, reason])],
        [[], [['flag.dismiss', 'by telephone']]],
      );
      assert.equal((await list(app, 'flags?kind=gone')).status, 400);
    });
  });
});
