import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Release } from '../../src/domain/student-group/student-group.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { makeUpkeep } from '../../src/pipeline/upkeep.ts';
import type { Mail } from '../../src/ports/mail.ts';
import { hold } from '../../src/records/student-groups/holds.ts';
import { recordPull, recordRelease, selectGroup } from '../../src/records/student-groups/student-groups.ts';
import { startWorld, type World } from '../support/world.ts';

/** Stages run step by step, at moments when workers stall, die or overtake each other. No job runs by itself. */
describe('concurrent stages of the pipeline', () => {
  let world: World;
  let ctx: PipelineContext;
  const fresh = [
    'sg_0002',
    'sg_0003',
    'sg_0004',
    'sg_0005',
    'sg_0006',
    'sg_0007',
    'sg_0026',
    'sg_0027',
    'sg_0028',
    'sg_0029',
    'sg_0030',
    'sg_0031',
  ];
  before(async () => {
    world = await startWorld();
    ctx = world.pipeline;
  });
  after(() => world.close());

  /** Pulls and evaluates one student group in its own batch; returns its certificate. */
  async function awarded(changes: Partial<Release> = {}): Promise<{ group: string; certificate: string }> {
    const group = fresh.shift() ?? assert.fail('no student group left');
    const pulled = await ctx.lms.pullOne(group);
    const release = await ctx.lms.pullRelease('rel_2026a');
    assert.ok(pulled?.ok && release?.ok);
    await recordRelease(ctx.db, { ...release.release, ...changes }, new Date());
    await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
    await makeEvaluate(ctx)({ id: group, batchId: null });
    const row = await ctx.db('certificate').where({ student_group_id: group }).first('id');
    assert.ok(row, `${group} was not awarded`);
    return { group, certificate: row.id };
  }
  async function rendered(
    changes: Partial<Release> = {},
  ): Promise<{ group: string; certificate: string; letter: string }> {
    const one = await awarded(changes);
    await makePatch(ctx)({ id: one.certificate });
    await makeRender(ctx)({ id: one.certificate });
    const row = await ctx.db('personal_issue').where({ certificate_id: one.certificate }).first('id');
    assert.ok(row, 'no letter was opened');
    return { ...one, letter: row.id };
  }
  const stateOf = async (letter: string): Promise<string> =>
    (await ctx.db('personal_issue').where({ id: letter }).first('state'))?.state;
  const lettersOf = async (certificate: string) =>
    (await world.letters()).filter((letter) => letter.customerId === certificate);
  const faults = (list: object[]) => world.sendsay.control('faults', { faults: list });
  const withMail = (mail: Partial<Mail>): PipelineContext => ({ ...ctx, mail: { ...ctx.mail, ...mail } });

  it('a delayed tracking job does not declare a later attempt to send absent', async () => {
    const { letter, certificate } = await rendered();
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-before', times: 1 }]);
    await makeSend(ctx)({ id: letter });
    assert.equal(await stateOf(letter), 'uncertain');
    const past = new Date(Date.now() - 60_000);
    await ctx
      .db('send_attempt')
      .where({ personal_issue_id: letter })
      .update({ started_at: past, deadline: past, unseen_in: [new Date(Date.now() - 30_000)] });

    let goOn: () => void = () => undefined;
    const stalled = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let tellListed: () => void = () => undefined;
    const listed = new Promise<void>((resolve) => {
      tellListed = resolve;
    });
    const slow = makeTrack(
      withMail({
        async listTrackers(page) {
          const answer = await ctx.mail.listTrackers(page);
          tellListed();
          await stalled;
          return answer;
        },
      }),
    )({});
    await listed;
    await makeTrack(ctx)({});
    assert.equal(await stateOf(letter), 'waiting', 'the first attempt is proven absent');
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-after-accept', times: 1 }]);
    await makeSend(ctx)({ id: letter });
    assert.equal(await stateOf(letter), 'uncertain', 'the second arrived, but its answer did not');
    goOn();
    await slow;
    assert.equal(await stateOf(letter), 'uncertain', 'the stalled sweep knows nothing of the second attempt');
    assert.equal((await lettersOf(certificate)).length, 1);
    await makeTrack(ctx)({});
    assert.ok(['accepted', 'sent'].includes(await stateOf(letter)));
  });

  it('a list of Sendsay letters without any known letter proves nothing', async () => {
    const { letter } = await rendered();
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-before', times: 1 }]);
    await makeSend(ctx)({ id: letter });
    const past = new Date(Date.now() - 120_000);
    await ctx.db('send_attempt').where({ personal_issue_id: letter }).update({ started_at: past, deadline: past });
    await ctx
      .db('send_attempt')
      .where({ outcome: 'accepted' })
      .update({ started_at: new Date(Date.now() - 90_000) });
    const empty = withMail({ listTrackers: async () => ({ trackers: [], unreadable: 0, lastPage: true }) });
    for (let round = 0; round < 4; round += 1) {
      await makeTrack(empty)({});
      await new Promise((done) => setTimeout(done, 350));
    }
    assert.equal(await stateOf(letter), 'uncertain');
    await makeTrack(ctx)({});
    await new Promise((done) => setTimeout(done, 350));
    await makeTrack(ctx)({});
    assert.equal(await stateOf(letter), 'waiting', 'two true listings do prove it');
    await ctx.db('personal_issue').where({ id: letter }).update({ state: 'cancelled' });
  });

  it('a hold that is set while a letter waits for a rate-limit slot stops the letter', async () => {
    const { letter, group, certificate } = await rendered();
    const late = withMail({
      async send(outgoing, begin) {
        const reason = { stage: 'send', code: 'internal-error' as const, detail: 'somebody looked' };
        await hold(
          ctx.db,
          { id: randomUUID(), studentGroupId: group, certificateId: certificate, ...reason },
          new Date(),
        );
        return ctx.mail.send(outgoing, begin);
      },
    });
    await makeSend(late)({ id: letter });
    assert.equal(await stateOf(letter), 'waiting');
    assert.deepEqual(await lettersOf(certificate), []);
  });

  it('only evaluated data are reported to the LMS: newer LMS data are evaluated first', async () => {
    const { certificate, group } = await awarded();
    const stored = await selectGroup(ctx.db, group);
    assert.ok(stored?.snapshot?.progress);
    await world.lms.control(`student-groups/${group}?quiet=1`, { progress: { ...stored.snapshot.progress, score: 1 } });
    const pulled = await ctx.lms.pullOne(group);
    assert.ok(pulled);
    await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
    await makePatch(ctx)({ id: certificate });
    assert.deepEqual(
      (await world.patches()).filter((patch) => patch.studentGroupId === group),
      [],
    );
    await makeEvaluate(ctx)({ id: group, batchId: null });
    assert.equal((await world.standing(group)).reason?.code, 'lms-conflict');

    await world.lms.control(`student-groups/${group}?quiet=1`, {
      progress: { ...stored.snapshot.progress, score: 99 },
    });
    const mended = await ctx.lms.pullOne(group);
    assert.ok(mended);
    await recordPull(ctx.db, mended, new Date(), ctx.normaliseEmail);
    await makeEvaluate(ctx)({ id: group, batchId: null });
    assert.equal((await world.standing(group)).state, 'awarded', 'mended in the LMS: the hold is over');
    await makePatch(ctx)({ id: certificate });
    assert.equal((await world.standing(group)).state, 'patched');
  });

  it('an older response of the LMS never overwrites a newer one', async () => {
    const group = fresh.shift() ?? '';
    const pulled = await ctx.lms.pullOne(group);
    assert.ok(pulled?.ok);
    const [before, later] = [new Date(Date.now() - 5000), new Date()];
    await recordPull(
      ctx.db,
      { ...pulled, studentGroup: { ...pulled.studentGroup, status: 'expelled' } },
      later,
      ctx.normaliseEmail,
    );
    await recordPull(ctx.db, pulled, before, ctx.normaliseEmail);
    assert.equal((await selectGroup(ctx.db, group))?.snapshot?.status, 'expelled');
  });

  it('two concurrent evaluations of one student group give one certificate', async () => {
    const group = fresh.shift() ?? '';
    const pulled = await ctx.lms.pullOne(group);
    assert.ok(pulled);
    await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
    await Promise.all([1, 2, 3, 4].map(() => makeEvaluate(ctx)({ id: group, batchId: null })));
    const outcomes: string[] = await ctx.db('decision').where({ student_group_id: group }).distinct().pluck('outcome');
    assert.deepEqual(outcomes, ['met'], 'none of them takes its own certificate for another’s');
  });

  it('an accepted letter that no Sendsay list shows with an outcome in time is held for a person', async () => {
    const { letter, group } = await rendered();
    await faults([{ match: { action: 'issue.send' }, kind: 'tracker', outcome: 'never' }]);
    await makeSend(ctx)({ id: letter });
    assert.equal(await stateOf(letter), 'accepted');
    await ctx
      .db('send_attempt')
      .where({ personal_issue_id: letter })
      .update({ started_at: new Date(Date.now() - 60 * 3_600_000) });
    await makeTrack(withMail({ listTrackers: async () => assert.fail('not needed') }))({}).catch(() => undefined);
    const standing = await world.standing(group);
    assert.deepEqual([standing.state, standing.reason?.code], ['held', 'outcome-unknown']);
    assert.match(standing.reason?.detail ?? '', /ask the mail provider/);
  });

  it('a step whose job was lost is started again', async () => {
    const { certificate, group } = await awarded();
    await ctx.db.raw('delete from pgboss.job');
    await ctx
      .db('certificate')
      .where({ id: certificate })
      .update({ awarded_at: new Date(Date.now() - 20 * 60_000) });
    await makeUpkeep(ctx)({});
    const { rows } = await ctx.db.raw(`select data ->> 'id' as id from pgboss.job where name = 'patch'`);
    assert.deepEqual(rows, [{ id: certificate }]);
    assert.equal((await world.standing(group)).state, 'awarded');
  });

  it('a letter with a later issue date is sent when that day starts in the time zone of the release, not a second earlier', async () => {
    const issueDate = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    const { letter, certificate } = await rendered({ timezone: 'Pacific/Kiritimati', issueDate });
    const begins = Date.parse(`${issueDate}T00:00:00+14:00`);
    const { due_at, send_after } = await ctx.db('personal_issue').where({ id: letter }).first();
    assert.deepEqual([due_at, send_after], [new Date(begins), new Date(begins)]);
    const triedAt = async (now: number) => {
      await makeSend({ ...ctx, clock: { ...ctx.clock, now: () => new Date(now) } })({ id: letter });
      return [await stateOf(letter), (await lettersOf(certificate)).length];
    };
    assert.deepEqual(await triedAt(Date.now()), ['waiting', 0], 'a job that came too early');
    assert.deepEqual(await triedAt(begins - 1000), ['waiting', 0]);
    assert.deepEqual(await triedAt(begins), ['accepted', 1]);
  });
});
