import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { DIFFERENCE_KINDS } from '../../src/domain/student-group/difference.ts';
import { recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { award, draw, RELEASE_ROW, seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, revoke, seedBatch, tokenFor } from './harness.ts';
import { letter, unknown } from './letters.ts';

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);

describe('/api/reconciliation (differences between LMS, Gramota and Sendsay)', () => {
  let database: TestDatabase;
  let viewer: string;
  let coordinator: string;
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
    viewer = (await tokenFor(database.knex, 'viewer')).header;
    coordinator = (await tokenFor(database.knex, 'coordinator')).header;
  });
  after(() => database.drop());

  const db = () => database.knex;
  /** The LMS's record and the time of its last pull. */
  const told = (id: string, fields: object, hoursAgo = 0) =>
    db()('student_group')
      .where({ id })
      .update({ snapshot: JSON.stringify({ ...studentGroup(id), ...fields }), pulled_at: ago(hoursAgo) });
  /** Stores a decision that uses the latest data. */
  async function judged(id: string, outcome: 'met' | 'not-met' = 'met') {
    const reason = outcome === 'met' ? {} : { reason_code: 'criteria-not-met', reason_detail: 'score' };
    await db()('decision').insert({
      ...{
        id: randomUUID(),
        student_group_id: id,
        dry_run: false,
        programme_id: 'p',
        rules_hash: 'r',
        outcome,
        ...reason,
      },
      ...{
        criteria: '[]',
        inputs: db().raw(`(select jsonb_build_object('studentGroup', snapshot) from student_group where id = ?)`, [id]),
        country: '{}',
        decided_at: new Date(),
      },
    });
  }
  /** Creates a certificate with a current decision that was reported three hours ago; the LMS shows it. */
  async function reported(fields: object = {}): Promise<{ group: string; id: string }> {
    const group = `sg_${randomUUID()}`;
    const { id } = await award(db(), group);
    await draw(db(), id);
    await db()('certificate').where({ id }).update('awarded_at', ago(4));
    await db()('lms_report').where({ certificate_id: id }).update('patched_at', ago(3));
    await told(group, { status: 'criteria met', certTemplate: 'teacher-test', ...fields });
    await judged(group);
    await db()('personal_issue').where({ certificate_id: id }).delete();
    return { group, id };
  }
  const sent = async (one: { id: string }) => letter(db(), one.id, 'sent');

  async function list(app: ReturnType<typeof appOver>['app'], query: object = {}) {
    const answer = await request(app)
      .get('/api/reconciliation')
      .query({ releaseId: 'rel_test', limit: 200, ...query })
      .set('Authorization', viewer);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }
  async function differences(group: string) {
    const { items } = await list(appOver(db()).app);
    return items
      .filter((item: { studentGroupId: string }) => item.studentGroupId === group)
      .map(({ kind, repair }: { kind: string; repair: string | null }) => `${kind}: ${repair}`);
  }
  const repair = (app: ReturnType<typeof appOver>['app'], body: object) =>
    request(app).post('/api/reconciliation/repair').set('Authorization', coordinator).send(body);

  const CASES: [string, () => Promise<string>, string[]][] = [
    [
      'nothing where all three agree',
      async () => {
        const one = await reported();
        await sent(one);
        return one.group;
      },
      [],
    ],
    [
      'a report that the LMS has lost: told again',
      async () => {
        const one = await reported({ status: 'completed', certTemplate: null });
        await sent(one);
        return one.group;
      },
      ['lms-not-told: patch'],
    ],
    [
      'a report that the LMS has lost, of somebody who no longer meets the criteria: a person',
      async () => {
        const one = await reported({ status: 'completed', certTemplate: null });
        await judged(one.group, 'not-met');
        await sent(one);
        return one.group;
      },
      ['lms-not-told: null'],
    ],
    [
      'an award of hours ago that the LMS was never told of, but not while its batch is paused',
      async () => {
        const one = await reported({ status: 'completed', certTemplate: null });
        await db()('lms_report').where({ certificate_id: one.id }).update({ patched_at: null });
        const paused = await reported({ status: 'completed', certTemplate: null });
        await db()('lms_report').where({ certificate_id: paused.id }).update({ patched_at: null });
        const batch_id = await seedBatch(db(), { paused_at: new Date() });
        await db()('certificate').where({ id: paused.id }).update({ batch_id });
        assert.deepEqual(await differences(paused.group), []);
        return one.group;
      },
      ['lms-not-told: enqueue'],
    ],
    [
      'criteria met in the LMS, but no certificate here',
      async () => {
        const group = `sg_${randomUUID()}`;
        await db()('student_group').insert({ id: group, release_id: 'rel_test', student_id: group, pulled_at: ago(0) });
        await told(group, { status: 'criteria met', certTemplate: 'x' });
        await judged(group, 'not-met');
        return group;
      },
      ['lms-told-otherwise: evaluate'],
    ],
    [
      'a certificate that was revoked here, while the LMS goes on showing it',
      async () => {
        const one = await reported();
        await sent(one);
        await revoke(db(), one.id);
        return one.group;
      },
      ['lms-shows-revoked: null'],
    ],
    [
      'a certificate whose student group the LMS has in another release now: nothing but that',
      async () => {
        const one = await reported();
        await sent(one);
        await recordRelease(db(), { ...RELEASE_ROW, id: 'rel_next', numberPrefix: 'NXT-26' }, new Date());
        await db()('student_group').where({ id: one.group }).update({ release_id: 'rel_next' });
        return one.group;
      },
      ['release-moved: null'],
    ],
    [
      'another template in the LMS than on the diploma',
      async () => {
        const one = await reported({ certTemplate: 'teacher-other' });
        await sent(one);
        return one.group;
      },
      ['template-differs: null'],
    ],
    [
      'another name than the diploma prints, however it is spaced',
      async () => {
        const one = await reported();
        await sent(one);
        const named = (fullName: string) => {
          const { student } = studentGroup(one.group);
          return told(one.group, {
            status: 'criteria met',
            certTemplate: 'teacher-test',
            student: { ...student, fullName },
          });
        };
        await named('\u3000Test\u00a0\u2009 Person\n');
        assert.deepEqual(await differences(one.group), []);
        await named('Test Persson');
        return one.group;
      },
      ['name-differs: null'],
    ],
    [
      'a certificate whose student group is gone',
      async () => {
        const one = await reported();
        await sent(one);
        await db()('student_group').where({ id: one.group }).update({ gone_at: new Date() });
        return one.group;
      },
      ['gone-in-lms: null'],
    ],
    [
      'a change that nobody judged, once there was time for it',
      async () => {
        const one = await reported();
        await sent(one);
        const changed = { status: 'criteria met', certTemplate: 'teacher-test', updatedAt: '2026-11-21T00:00:00Z' };
        await told(one.group, changed, 0.1);
        assert.deepEqual(await differences(one.group), []);
        await told(one.group, changed, 0.5);
        return one.group;
      },
      ['missed-change: evaluate'],
    ],
    [
      'a letter whose outcome has not been known for hours, or needs a person',
      async () => {
        const one = await reported();
        const id = await letter(db(), one.id, 'uncertain');
        const changed = (hours: number) => db()('personal_issue').where({ id }).update('changed_at', ago(hours));
        await changed(5);
        assert.deepEqual(await differences(one.group), []);
        await unknown(db(), one.group, one.id);
        assert.deepEqual(await differences(one.group), ['letter-unknown: null']);
        await db()('hold').where({ student_group_id: one.group }).update({ released_at: new Date() });
        await changed(7);
        return one.group;
      },
      ['letter-unknown: null'],
    ],
    [
      'a letter that should have left hours ago, not one whose window is yet to come',
      async () => {
        const later = await reported();
        const id = await letter(db(), later.id, 'waiting');
        await db()('personal_issue')
          .where({ id })
          .update({ send_after: ago(-5) });
        assert.deepEqual(await differences(later.group), []);
        const one = await reported();
        const late = await letter(db(), one.id, 'waiting');
        await db()('personal_issue')
          .where({ id: late })
          .update({ send_after: ago(2) });
        return one.group;
      },
      ['letter-never-left: enqueue'],
    ],
    [
      'a diploma that was never drawn, hours after the LMS was told',
      async () => (await reported()).group,
      ['letter-never-left: enqueue'],
    ],
  ];
  for (const [what, arrange, expected] of CASES) {
    it(`shows this difference: ${what}`, async () => assert.deepEqual(await differences(await arrange()), expected));
  }

  it('shows the state in each of the three systems, counts by kind, and lists each difference once', async () => {
    const { app } = appOver(db());
    const all = await list(app);
    assert.deepEqual(Object.keys(all.counts).sort(), [...DIFFERENCE_KINDS].sort());
    const count = Object.values(all.counts as Record<string, number>).reduce((sum, n) => sum + n, 0);
    assert.equal(all.items.length, count);
    const [lost] = (await list(app, { kind: 'template-differs' })).items;
    assert.deepEqual(lost.lms, { status: 'criteria met', certTemplate: 'teacher-other' });
    assert.deepEqual([lost.ours, lost.provider], [{ state: 'sent' }, { state: 'sent' }]);
    assert.match(lost.detail, /another certTemplate/);
    const paged = [];
    for (let cursor: string | undefined; ; ) {
      const page = await list(app, { limit: 3, ...(cursor ? { cursor } : {}) });
      paged.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    assert.deepEqual(paged, all.items);
    const overAll = await request(app).get('/api/reconciliation').set('Authorization', viewer);
    assert.deepEqual(overAll.body.counts, all.counts, 'a release that is open lives');
  });

  it('repairs differences that are safe to repair with one audit entry, and leaves the others to a person', async () => {
    const { app, overheard } = appOver(db());
    const { counts } = await list(app);
    const answer = await repair(app, { releaseId: 'rel_test', reason: 'the LMS was restored from a backup' });
    assert.equal(answer.status, 202, answer.text);
    assert.deepEqual(answer.body.leftToPerson, {
      'gone-in-lms': 1,
      'letter-unknown': 1,
      'lms-not-told': 1,
      'lms-shows-revoked': 1,
      'name-differs': 1,
      'release-moved': 1,
      'template-differs': 1,
    });
    assert.deepEqual(answer.body.begun, {
      'lms-not-told': counts['lms-not-told'] - 1,
      'lms-told-otherwise': 1,
      'missed-change': 1,
      'letter-never-left': counts['letter-never-left'],
    });
    const queues = overheard.jobs.map(({ queue }) => queue).sort();
    assert.deepEqual(queues, ['ingest', 'ingest', 'patch', 'patch', 'render', 'send']);
    const [act] = await db()('act').where({ id: answer.body.actId });
    assert.deepEqual(
      [act.verb, act.reason, act.subject],
      ['reconciliation.repair', 'the LMS was restored from a backup', 'rel_test'],
    );
    // Repeating a report changes the data of the certificate, so the certificate's own history contains it.
    const again = await db()('act').where({ verb: 'certificate.tell-again' });
    assert.equal(again.length, 1);
    const report = await db()('lms_report').where({ certificate_id: again[0].subject }).first();
    assert.equal(report.patched_at, null);
  });

  it('can be limited to certain kinds and student groups', async () => {
    const one = await reported({ status: 'completed', certTemplate: null });
    await sent(one);
    const { app, overheard } = appOver(db());
    const studentGroupIds = [one.group];
    const other = await repair(app, { studentGroupIds, kinds: ['missed-change'], reason: 'x' });
    assert.deepEqual([other.body.begun, overheard.jobs], [{}, []]);
    const answer = await repair(app, { studentGroupIds, reason: 'x' });
    assert.deepEqual(answer.body.begun, { 'lms-not-told': 1 });
    assert.deepEqual(
      overheard.jobs.map(({ queue, job }) => [queue, job]),
      [['patch', { id: one.id }]],
    );
  });

  it('lets viewers only read, and reports invalid input with its place', async () => {
    const { app } = appOver(db());
    const forbidden = await request(app)
      .post('/api/reconciliation/repair')
      .set('Authorization', viewer)
      .send({ reason: 'x' });
    assert.equal(forbidden.status, 403);
    const bad: [object, string][] = [
      [{}, '/reason'],
      [{ reason: 'x', kinds: ['odd'] }, '/kinds/0'],
      [{ reason: 'x', releaseId: 'rel_test', studentGroupIds: ['a'] }, '/studentGroupIds'],
    ];
    for (const [body, pointer] of bad) {
      const answer = await repair(app, body);
      assert.deepEqual([answer.status, answer.body.errors?.[0]?.pointer], [400, pointer]);
    }
    assert.equal((await repair(app, { reason: 'x', releaseId: 'rel_none' })).status, 404);
    const query = await request(app).get('/api/reconciliation?kind=odd&cursor=b2Rk').set('Authorization', viewer);
    assert.deepEqual(
      query.body.errors.map(({ pointer }: { pointer: string }) => pointer),
      ['/kind', '/cursor'],
    );
  });
});
