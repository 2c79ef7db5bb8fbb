import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import request from 'supertest';
import type { AppDeps } from '../../src/app.ts';
import { OVERRIDE_FIELDS } from '../../src/domain/student-group/override.ts';
import { LmsUnavailable } from '../../src/ports/lms.ts';
import { lockSnapshot } from '../../src/records/student-groups/lock-snapshot.ts';
import { award, RELEASE_ROW, seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { until } from '../support/world.ts';
import { seedBatch, seedDecision } from './harness.ts';
import { certificate, letter } from './letters.ts';
import { type Overriding, overriding, WHY } from './overriding.ts';

describe('student groups over HTTP', () => {
  let database: TestDatabase;
  let api: Overriding;
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
    api = await overriding(database.knex);
  });
  after(() => database.drop());

  const pointers = (body: { errors?: { pointer: string; detail: string }[] }) =>
    Object.fromEntries((body.errors ?? []).map(({ pointer, detail }) => [pointer, detail]));
  describe('GET /api/student-groups/{id}', () => {
    it('explains why a teacher has no certificate: LMS data, country, decision, hold, flags, history', async () => {
      const id = await api.pulled('sg_why', (told) => {
        told.student.country = 'Казахстан';
        told.student.timezone = 'Asia/Almaty';
      });
      const reason = { code: 'criteria-not-met', detail: 'progress.score is 57, at least 60 is needed' };
      const decisionId = await seedDecision(database.knex, id, 'not-met', reason);
      const { app } = api.over();
      const { status, body } = await api.get(app, id);
      assert.equal(status, 200);
      assert.deepEqual([body.id, body.releaseId, body.state, body.reason], [id, 'rel_test', 'not-met', reason]);
      assert.deepEqual(body.snapshot, { ...studentGroup(id), student: body.snapshot.student });
      assert.deepEqual(
        [body.country.code, body.country.source, body.country.confidence],
        ['KZ', 'student.country', 'confirmed'],
      );
      assert.deepEqual(
        body.country.seen.map(({ source }: { source: string }) => source),
        ['student.country', 'timezone'],
      );
      assert.deepEqual(
        [body.decision.id, body.decision.outcome, body.decision.reason],
        [decisionId, 'not-met', reason],
      );
      assert.deepEqual(
        [body.overrides, body.certificate, body.hold, body.flags, body.history, body.goneAt, body.invalid],
        [[], null, null, [], [], null, null],
      );
      assert.match(body.pulledAt, /^\d{4}-.*Z$/);
    });

    it('shows the certificate with its version, also when it was awarded through another group of the teacher', async () => {
      const { id, group } = await certificate(database.knex);
      await letter(database.knex, id, 'sent');
      const row = await database.knex('certificate').where({ id }).first();
      const { app } = api.over();
      const own = (await api.get(app, group)).body;
      const summary = { id, number: row.number, studentGroupId: group, state: 'sent', version: 1, needsReissue: false };
      assert.deepEqual([own.state, own.certificate], ['sent', summary]);

      const second = await api.pulled('sg_second', (told) => {
        told.student.id = row.student_id;
      });
      const reason = { code: 'already-awarded', detail: 'by another group' };
      await seedDecision(database.knex, second, 'excluded', reason, row.programme_id);
      const other = (await api.get(app, second)).body;
      assert.deepEqual([other.state, other.reason.code, other.certificate], ['excluded', 'already-awarded', summary]);
    });

    it('gives 404 for a group that was never pulled from the LMS, whatever its id, and 401 without a token', async () => {
      const { app } = api.over();
      for (const id of ['sg_nobody', '%00', "'; drop table student_group; --", 'x'.repeat(400)])
        assert.equal((await api.get(app, id)).status, 404, id);
      assert.equal((await request(app).get('/api/student-groups/sg_why')).status, 401);
      const refused = await request(app).delete('/api/student-groups/sg_why').set('Authorization', api.coordinator);
      assert.deepEqual([refused.status, refused.headers['allow']], [405, 'GET, HEAD, PATCH, OPTIONS']);
    });
  });

  describe('PATCH /api/student-groups/{id}', () => {
    it('stores each override with actor, time and reason, returns the student group, and requests an evaluation', async () => {
      const id = await api.pulled('sg_words');
      const { app, overheard } = api.over();
      const given = {
        ...{ country: 'Қазақстан', fullName: '  Айгүл   Сапарова ', latinName: 'Aigul Saparova' },
        ...{ email: ' Aigul@School.Example ', allowSharedEmail: true, certTemplate: 'teacher-kk' },
        ...{ allow: ['progress.score', 'progress.score'] },
      };
      const begun = Date.now();
      const { status, body, text } = await api.patch(app, id, { ...given, ...WHY });
      assert.equal(status, 200, text);
      const kept = {
        ...{ country: 'KZ', fullName: 'Айгүл Сапарова', latinName: 'Aigul Saparova' },
        ...{ email: 'aigul@school.example', allowSharedEmail: true, certTemplate: 'teacher-kk' },
        ...{ allow: ['progress.score'] },
      };
      const told = body.overrides.map(({ field, value }: { field: string; value: unknown }) => [field, value]);
      assert.deepEqual(Object.fromEntries(told), kept);
      for (const { actor, reason, at } of body.overrides) {
        assert.match(actor, /^Anna \(/);
        assert.equal(reason, 'by telephone');
        assert.ok(Date.parse(at) >= begun && Date.parse(at) <= Date.now(), at);
      }
      assert.deepEqual([body.country.code, body.country.source], ['KZ', 'override']);
      assert.deepEqual(overheard.jobs, [{ queue: 'evaluate', job: { id, batchId: null }, options: undefined }]);
      const [act] = await database.knex('act').where({ subject: id });
      assert.deepEqual(
        [act.verb, act.reason, act.detail],
        ['student-group.override', 'by telephone', { fields: Object.keys(kept) }],
      );
      assert.doesNotMatch(JSON.stringify(act), /Сапарова|Saparova|aigul/i, 'an act is never erased');
      assert.equal(body.snapshot.student.fullName, 'Test Person', 'the LMS’s record is shown as it is');

      const taken = await api.patch(app, id, {
        country: null,
        allow: [],
        allowSharedEmail: false,
        reason: 'a mistake',
      });
      assert.deepEqual(
        taken.body.overrides.map(({ field }: { field: string }) => field),
        ['fullName', 'latinName', 'email', 'certTemplate'],
        'what was not named stays',
      );
      assert.deepEqual(
        taken.body.history.map((entry: Record<string, unknown>) => [entry['reason'], entry['overrides']]),
        [
          [
            'a mistake',
            [
              { field: 'country', value: null },
              { field: 'allowSharedEmail', value: null },
              { field: 'allow', value: null },
            ],
          ],
          ['by telephone', Object.entries(kept).map(([field, value]) => ({ field, value }))],
        ],
      );
    });

    it('reports place and fault of invalid input, but never the value', async () => {
      const id = await api.pulled('sg_bad');
      const { app, overheard } = api.over();
      const faults = async (body: object) => {
        const answer = await api.patch(app, id, body);
        assert.equal(answer.status, 400, answer.text);
        assert.doesNotMatch(answer.text, /Vogon|nobody/);
        return pointers(answer.body);
      };
      assert.deepEqual(Object.keys(await faults({ country: 'KZ' })), ['/reason']);
      assert.match((await faults(WHY))['']?.toString() ?? '', /at least one of country, fullName/);
      assert.deepEqual(Object.keys(await faults({ surname: 'Vogon', country: 'KZ', ...WHY })), ['/surname']);
      const many = await faults({
        ...{ country: 'Vogonia', fullName: 'Vogon\u202Enogov', latinName: 'Vogon\uFFFD', email: 'nobody', ...WHY },
      });
      assert.match(many['/country'] ?? '', /ISO code such as KZ/);
      assert.match(many['/fullName'] ?? '', /U\+202E\); enter it again\.$/);
      assert.match(many['/latinName'] ?? '', /U\+FFFD/);
      const executed = await faults({ fullName: 'Vogon', latinName: 'Vogon [% x %]', ...WHY });
      assert.match(executed['/latinName'] ?? '', /U\+005B U\+0025/);
      assert.match(many['/email'] ?? '', /has no @/);
      for (const [field, value] of Object.entries({
        fullName: '',
        latinName: 7,
        excluded: 'yes',
        allow: 'progress.score',
      }))
        assert.deepEqual(Object.keys(await faults({ [field]: value, ...WHY })), [`/${field}`]);
      const unknown = await faults({
        ...{ certTemplate: 'nobody', allow: ['progress.score', 'progress.nobody', 'consent.personal-data'], ...WHY },
      });
      assert.match(unknown['/certTemplate'] ?? '', /known templates: teacher-kk, teacher-ru/);
      assert.match(unknown['/allow/1'] ?? '', /waived: studentGroup\.status, progress\.score, country\.code$/);
      assert.match(unknown['/allow/2'] ?? '', /only the student can give a consent/);
      assert.deepEqual(Object.keys(await faults({ excluded: true, allow: ['progress.score'], ...WHY })), ['/allow']);
      const elsewhere = await api.pulled('sg_elsewhere', (told) => {
        told.group.releaseId = 'rel_other';
      });
      const answer = await api.patch(app, elsewhere, { allow: ['progress.score'], ...WHY });
      assert.match(pointers(answer.body)['/allow'] ?? '', /no programme/);
      assert.deepEqual([overheard.jobs, await database.knex('act').whereIn('subject', [id, elsewhere])], [[], []]);
    });

    it('gives no 5xx for any input, and never stores only a part of a request', async () => {
      const id = await api.pulled('sg_any');
      const { app } = api.over();
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('KZ', 'progress.score', 'a@b.example', '\0', '\ud800'),
      );
      const value = fc.oneof(text, fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 3 }), fc.jsonValue());
      const body = fc.record(
        {
          ...Object.fromEntries(OVERRIDE_FIELDS.map((field) => [field, value])),
          ...{ keepLatinName: value, takeSuggestion: value, reason: text },
        },
        { requiredKeys: ['reason'] },
      );
      await fc.assert(
        fc.asyncProperty(body, async (given) => {
          const { status, text: told } = await api.patch(app, id, given);
          assert.ok([200, 400, 409].includes(status), told);
        }),
        { numRuns: 60 },
      );
      const acts = await database.knex('act').where({ subject: id }).pluck('id');
      const words = await database.knex('override').where({ student_group_id: id }).distinct().pluck('act_id');
      assert.deepEqual(words.sort(), acts.sort());
    });

    it('with several faults gives the first of 401, 403, 404, 400', async () => {
      const id = await api.pulled('sg_order');
      const { app } = api.over();
      assert.equal((await request(app).patch(`/api/student-groups/${id}`).send({})).status, 401);
      assert.equal((await api.patch(app, id, {}, api.viewer)).status, 403);
      for (const stranger of ['sg_nobody', '%00', 'x'.repeat(400)])
        assert.equal((await api.patch(app, stranger, {})).status, 404);
      assert.equal((await api.patch(app, id, {})).status, 400);
    });

    it('first pulls a student group that only the LMS has, with its release; gives 503 while the LMS is unreachable', async () => {
      const lms: AppDeps['lms'] = {
        pullOne: async (id) => ({ ok: true, studentGroup: studentGroup(id), etag: '"1"' }),
        pullRelease: async () => ({ ok: true, release: RELEASE_ROW }),
      };
      const { app } = api.over({ lms });
      const { status, body } = await api.patch(app, 'sg_new', { excluded: true, ...WHY });
      assert.deepEqual([status, body.snapshot.id, body.overrides[0].field], [200, 'sg_new', 'excluded']);
      const down = api.over({ lms: { ...lms, pullOne: () => Promise.reject(new LmsUnavailable('down', 7)) } });
      const answer = await api.patch(down.app, 'sg_newer', { excluded: true, ...WHY });
      assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '7']);
    });

    it('requests the evaluation in the newest batch of the group that is no dry run and not cancelled, and opens its item again', async () => {
      const id = await api.pulled('sg_batched');
      const seeded = async (changes: Record<string, unknown>, evaluated: boolean) => {
        const batch = await seedBatch(database.knex, { pulled_at: new Date(), ...changes });
        const item = { batch_id: batch, student_group_id: id, evaluated_at: evaluated ? new Date() : null };
        await database.knex('batch_item').insert(item);
        return batch;
      };
      const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
      await seeded({ created_at: at(-60) }, true);
      const live = await seeded({ created_at: at(-50) }, true);
      await seeded({ created_at: at(-40), dry_run: true }, true);
      await seeded({ created_at: at(-30), cancelled_at: new Date() }, true);
      const first = api.over();
      assert.equal((await api.patch(first.app, id, { country: 'KZ', ...WHY })).status, 200);
      assert.deepEqual(
        first.overheard.jobs.map(({ job }) => job),
        [{ id, batchId: live }],
      );
      const item = () => database.knex('batch_item').where({ batch_id: live, student_group_id: id }).first();
      assert.equal((await item()).evaluated_at, null, 'a paused batch judges it when it is resumed');
      const second = api.over();
      await api.patch(second.app, id, { country: 'UZ', ...WHY });
      assert.deepEqual(second.overheard.jobs, [], 'its evaluation is still to come');
    });

    it('stores nothing when the job queue fails', async () => {
      const id = await api.pulled('sg_broken');
      const { app } = api.over({ enqueue: () => Promise.reject(new Error('queue')) }, [500]);
      assert.equal((await api.patch(app, id, { excluded: true, ...WHY })).status, 500);
      assert.deepEqual(
        [
          await database.knex('act').where({ subject: id }),
          await database.knex('override').where({ student_group_id: id }),
        ],
        [[], []],
      );
    });

    it('cannot allow an expelled or excluded student, unless the same request withdraws the exclusion', async () => {
      const { app } = api.over();
      const expelled = await api.pulled('sg_expelled', (told) => {
        told.status = 'expelled';
      });
      const refused = await api.patch(app, expelled, { allow: ['studentGroup.status'], ...WHY });
      assert.equal(refused.status, 409);
      assert.match(refused.body.detail, /expelled/);
      const id = await api.pulled('sg_denied');
      await api.patch(app, id, { excluded: true, ...WHY });
      assert.equal((await api.patch(app, id, { allow: ['progress.score'], ...WHY })).status, 409);
      assert.equal((await api.patch(app, id, { allow: ['progress.score'], excluded: false, ...WHY })).status, 200);
    });

    it('requires allowSharedEmail when another student has the same address', async () => {
      const { app } = api.over();
      const [one, other] = [await api.pulled('sg_one'), await api.pulled('sg_other')];
      const email = `st_${other}@example.org`;
      const refused = await api.patch(app, one, { email, ...WHY });
      assert.equal(refused.status, 409);
      assert.ok(!refused.text.includes(email));
      assert.equal((await api.patch(app, one, { email, allowSharedEmail: true, ...WHY })).status, 200);
    });
  });

  it('concurrent overrides of one student group are all stored; afterwards the fields of one of them are effective together', async () => {
    const id = await api.pulled('sg_both');
    await award(database.knex, 'sg_both');
    const { app } = api.over();
    const answers = await Promise.all(
      ['KZ', 'UZ', 'GE', 'AM'].map((country) =>
        api.patch(app, id, { country, email: `${country}@school.example`, ...WHY }),
      ),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const { body } = await api.get(app, id);
    assert.deepEqual([body.overrides.length, body.history.length], [2, 4]);
    const [country, email] = body.overrides.map(({ value }: { value: string }) => value);
    assert.equal(email, `${country.toLowerCase()}@school.example`, 'of one act');
    const { recipient } = await database.knex('certificate').where({ student_group_id: id }).first();
    assert.equal(recipient, email);
  });

  it('an override of a student group waits for a running evaluation, so that it is newer than the data stored by that evaluation', async () => {
    const id = await api.pulled('sg_in_hand');
    const { app } = api.over();
    const order: string[] = [];
    let said: Promise<unknown> = Promise.resolve();
    await database.knex.transaction(async (trx) => {
      await lockSnapshot(trx, studentGroup(id));
      said = api.patch(app, id, { country: 'KZ', ...WHY }).then(({ status }) => order.push(`said ${status}`));
      const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await until('it to wait', async () => order.length > 0 || (await database.knex.raw(waits)).rows.length > 0);
      order.push('frozen');
    });
    await said;
    assert.deepEqual(order, ['frozen', 'said 200']);
  });
});
