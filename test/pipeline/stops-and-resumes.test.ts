import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { makeReissue } from '../../src/pipeline/evaluate/reissue.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { selectOverdueSteps } from '../../src/records/certificates/next-step.ts';
import { claimForSending, markOverdueUncertain } from '../../src/records/letters/send-attempts.ts';
import { recordReportLost } from '../../src/records/lms/lms-reports.ts';
import { hold } from '../../src/records/student-groups/holds.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { type MovingWorld, startMovingWorld } from './moving-world.ts';

const GIVEN = { kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z', revokedAt: null };
const WITHDRAWN = { ...GIVEN, revokedAt: '2026-11-21T10:00:00Z' };
const GIVEN_AGAIN = { ...GIVEN, givenAt: '2026-11-22T10:00:00Z' };

/** Stages run step by step, no job runs by itself. */
describe('a certificate between two steps', () => {
  let lms: MovingWorld;
  before(async () => {
    lms = await startMovingWorld();
  });
  after(() => lms.close());

  /** Creates a certificate whose letter is due now. */
  async function waiting() {
    const { group, id } = await lms.awarded('waiting');
    const { id: letter, recipient } = await lms.db()('personal_issue').where({ certificate_id: id }).first();
    await lms.db()('personal_issue').where({ id: letter }).update({ send_after: new Date() });
    return { group, id, letter, recipient };
  }
  /** The data are made old, so that the last check before sending reads the LMS again. */
  const outdate = (group: string) =>
    lms
      .db()('student_group')
      .where({ id: group })
      .update({ pulled_at: new Date(Date.now() - 3_600_000) });
  /** Pulls the current LMS data without an evaluation. */
  async function pull(group: string): Promise<void> {
    const pulled = (await lms.ctx.lms.pullOne(group)) ?? assert.fail(`the LMS does not know ${group}`);
    await recordPull(lms.db(), pulled, new Date(), lms.ctx.normaliseEmail, { id: group });
  }
  const stateOf = async (letter: string): Promise<string> =>
    (await lms.db()('personal_issue').where({ id: letter }).first('state')).state;
  const holdsOf = (group: string): Promise<string[]> =>
    lms.db()('hold').where({ student_group_id: group }).whereNull('released_at').pluck('code');
  const lettersLeft = async (id: string) =>
    (await lms.world.letters()).filter((letter) => letter.customerId === id).length;
  const overdue = async () => selectOverdueSteps(lms.db(), new Date(Date.now() + 1000), 1000);

  const unusable = {
    'lms-gone': {
      begin: (group: string) => lms.world.lms.control(`student-groups/${group}?quiet=1`, undefined, 'DELETE'),
      end: (group: string, record: object) =>
        lms.world.lms.control('student-groups?quiet=1', { ...record, id: group }, 'POST'),
    },
    'lms-invalid': {
      begin: (group: string) => lms.change(group, { status: 'no such status' }),
      end: (group: string) => lms.change(group, { status: 'criteria met' }),
    },
  };
  for (const [code, { begin, end }] of Object.entries(unusable))
    it(`with the obstacle ${code} at the last check gets no hold; its state shows the obstacle, and the letter is sent when the obstacle has ended`, async () => {
      const { group, id, letter } = await waiting();
      const { snapshot } = await lms.db()('student_group').where({ id: group }).first('snapshot');
      await outdate(group);
      await begin(group);
      await makeSend(lms.ctx)({ id: letter });
      assert.deepEqual(await lms.certificateStands(id), ['held', code]);
      assert.deepEqual([await holdsOf(group), await stateOf(letter), await lettersLeft(id)], [[], 'waiting', 0]);
      assert.ok(!(await overdue()).some((step) => step.id === letter), 'parked, not lost');

      await end(group, snapshot);
      await pull(group);
      assert.ok(
        (await overdue()).some((step) => step.queue === 'send' && step.id === letter),
        'the sweep takes it up, even if nobody is judged again',
      );
      await makeSend(lms.ctx)({ id: letter });
      assert.deepEqual([await stateOf(letter), await lettersLeft(id)], ['accepted', 1]);
    });

  it('whose report the LMS has lost is reported again; the waiting letter waits for this second report, which enqueues its job', async () => {
    const { group, id, letter } = await waiting();
    await lms.change(group, { status: 'completed', certTemplate: null });
    await lms.announced(group);
    await recordReportLost(lms.db(), id);
    lms.jobs.length = 0;
    await makeSend(lms.ctx)({ id: letter });
    assert.deepEqual([await stateOf(letter), await lettersLeft(id), lms.jobs], ['waiting', 0, []]);
    const told = await lms.patchesOf(group);
    await makePatch(lms.ctx)({ id });
    assert.equal(await lms.patchesOf(group), told + 1);
    assert.deepEqual(
      lms.jobs.filter(({ queue }) => queue !== 'evaluate'),
      [{ queue: 'send', data: { id: letter } }],
      'its own job, and no second drawing',
    );
    await makeSend(lms.ctx)({ id: letter });
    assert.deepEqual([await stateOf(letter), await lettersLeft(id)], ['accepted', 1]);
  });

  it('loses a requested new version at once when an obstacle forbids versions, while a letter is still in progress', async () => {
    const { group, id, letter } = await waiting();
    await makeSend(lms.ctx)({ id: letter });
    assert.equal(await stateOf(letter), 'accepted');
    assert.equal((await lms.ask(`certificates/${id}/revoke`, 'POST', {})).status, 200);
    assert.equal((await lms.ask(`certificates/${id}/reinstate`, 'POST', {})).status, 202);
    const { id: asked } = await lms.db()('reissue').where({ certificate_id: id }).first('id');
    await makeReissue(lms.ctx)({ id: asked });
    const request = async () => {
      const { body } = await lms.ask(`certificates/${id}`);
      return [body.version, body.reissues[0].settledAt === null, body.reissues[0].reason?.code ?? null];
    };
    assert.deepEqual(await request(), [1, true, null], 'a letter under way alone is waited for');

    await lms.change(group, { consents: [WITHDRAWN] });
    await pull(group);
    await makeReissue(lms.ctx)({ id: asked });
    assert.deepEqual(await request(), [1, false, 'consent-withdrawn'], 'the person who asked is told without a delay');
    assert.deepEqual([await stateOf(letter), await holdsOf(group)], ['accepted', ['consent-withdrawn']]);
  });

  it('keeps its hold for a letter whose outcome only a person can state, when a new version is cancelled', async () => {
    const { group, id, letter, recipient } = await waiting();
    const attempt = {
      id: letter,
      claim: randomUUID(),
      requestId: randomUUID(),
      recipient,
      mostUnknown: 99,
      probe: null,
    };
    const past = new Date(Date.now() - 1000);
    await lms.db()('personal_issue').where({ id: letter }).update({ send_after: past });
    assert.equal(await claimForSending(lms.db(), { ...attempt, deadline: past }, new Date()), 'begun');
    const unknown = { stage: 'track', code: 'outcome-unknown' as const, detail: 'by a test' };
    await hold(lms.db(), { id: randomUUID(), studentGroupId: group, certificateId: id, ...unknown }, new Date());
    const resolve = () => lms.ask(`certificates/${id}/resolve`, 'POST', { outcome: 'not-sent' });

    const early = await resolve();
    assert.equal(early.status, 409, 'the call has not ended: nobody can know its outcome yet');
    assert.deepEqual([await stateOf(letter), await holdsOf(group)], ['sending', ['outcome-unknown']]);

    await lms.db().transaction((trx) => markOverdueUncertain(trx, new Date(), new Date()));
    assert.equal((await lms.ask(`certificates/${id}/revoke`, 'POST', {})).status, 200);
    assert.equal((await lms.ask(`certificates/${id}/reinstate`, 'POST', {})).status, 202);
    await lms.change(group, { consents: [WITHDRAWN] });
    await pull(group);
    const { id: asked } = await lms.db()('reissue').where({ certificate_id: id }).first('id');
    await makeReissue(lms.ctx)({ id: asked });
    assert.deepEqual(await holdsOf(group), ['outcome-unknown']);
    const { status, body } = await resolve();
    assert.deepEqual([status, body.state, body.notSentAgain?.code], [200, 'cancelled', 'consent-withdrawn']);
  });

  it('shows a consent withdrawn before the report to the LMS as the reason; the hold ends when the consent is given again', async () => {
    const { group, id } = await lms.awarded('awarded');
    await lms.change(group, { consents: [WITHDRAWN] });
    await lms.announced(group);
    assert.deepEqual(await lms.certificateStands(id), ['held', 'consent-withdrawn']);
    assert.deepEqual(await holdsOf(group), ['consent-withdrawn']);
    await makePatch(lms.ctx)({ id });
    assert.equal(await lms.patchesOf(group), 0);
    await lms.change(group, { consents: [GIVEN_AGAIN] });
    await lms.announced(group);
    assert.deepEqual([await lms.certificateStands(id), await holdsOf(group)], [['awarded', null], []]);
  });

  for (const [code, record] of [
    ['consent-withdrawn', { consents: [WITHDRAWN] }],
    ['lms-conflict', { status: 'expelled' }],
  ] as const)
    it(`refuses a resend with the reason ${code} at once, instead of opening a letter that would be held`, async () => {
      const { group, id, letter } = await waiting();
      await lms.db()('personal_issue').where({ id: letter }).update({ state: 'cancelled', reason_code: 'by-person' });
      await lms.change(group, record);
      const { status, body } = await lms.ask(`certificates/${id}/resend`, 'POST', {});
      assert.equal(status, 409);
      assert.match(body.detail, new RegExp(`^${code}: `));
      const letters = await lms.db()('personal_issue').where({ certificate_id: id });
      assert.deepEqual([letters.length, await holdsOf(group)], [1, []]);
    });
});
