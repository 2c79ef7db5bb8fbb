import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type ApprovalContext,
  approveContents,
  listApprovals,
  withdrawApproval,
} from '../../src/coordinate/approval-verbs.ts';
import { resendCertificate } from '../../src/coordinate/certificate-verbs.ts';
import { previewReissue, reissueCertificate } from '../../src/coordinate/reissue-certificate.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { Problem } from '../../src/platform/http/problem.ts';
import { act, certificateOf, lettersOf, personCtx, settled } from '../support/coordinator.ts';
import { startWorld, until, type World } from '../support/world.ts';

const BY = { actor: 'tester', reason: 'fictional' };

describe('where issuer.yaml has "approvals: required"', () => {
  let world: World;
  let ctx: ApprovalContext;
  let groups: string[];
  /** Student groups whose letters get no job. */
  const keptBack = new Set<string>();
  before(async () => {
    world = await startWorld({
      size: 12,
      templates: { 'issuer.yaml': (text) => `${text}\napprovals: required\n` },
    });
    ctx = world.pipeline;
    const { enqueue } = world.pipeline;
    const withoutLetters: typeof enqueue = async (trx, queue, jobs, options) => {
      if (queue !== 'send') return enqueue(trx, queue, jobs, options);
      const rows = await trx('personal_issue as i')
        .join('certificate as c', 'c.id', 'i.certificate_id')
        .whereIn(
          'i.id',
          (jobs as { id: string }[]).map(({ id }) => id),
        )
        .select('i.id', 'c.student_group_id as group');
      const kept = new Set(rows.filter(({ group }) => keptBack.has(group)).map(({ id }) => id));
      return enqueue(
        trx,
        queue,
        jobs.filter((job) => !kept.has((job as { id: string }).id)),
        options,
      );
    };
    await world.run({ pipeline: { ...world.pipeline, enqueue: withoutLetters }, concurrency: 4 });
  });
  after(() => world.close());

  const approveAll = async (except: string[] = []) => {
    for (const { subject, hash } of await listApprovals(ctx))
      if (!except.some((part) => subject.startsWith(part))) await approveContents(ctx, { subject, hash }, 'Anna');
  };
  const withdraw = async (part: string) => {
    for (const { subject, hash, approved } of await listApprovals(ctx))
      if (approved && subject.startsWith(part))
        await withdrawApproval(ctx, { subject, hash, reason: 'fictional' }, 'Anna');
  };
  const isRefused = (code: string) => (error: unknown) => {
    assert.ok(error instanceof Problem && error.status === 409 && error.message.startsWith(`${code}: `), String(error));
    return true;
  };

  it('a dry run shows everybody who would be held as not-approved, and nothing is written to the LMS', async () => {
    const dry = await world.batch({ dryRun: true });
    await settled(world, dry);
    const rows = await world.base
      .db('decision')
      .where({ dry_run: true, batch_id: dry, reason_code: 'not-approved' })
      .select('student_group_id', 'outcome', 'reason_detail');
    assert.ok(rows.length >= 4);
    for (const { outcome, reason_detail } of rows) {
      assert.equal(outcome, 'held');
      assert.match(reason_detail, /nobody has approved certificate\/[\w-]+ \([0-9a-f]{12}\), letter\/diploma\/\w+ \(/);
    }
    assert.equal(await world.base.db('batch_item').where({ batch_id: dry, would_be: 'awarded' }).first(), undefined);
    const distant = await world.base.db('decision').whereRaw(`country ->> 'code' = 'MN'`).pluck('student_group_id');
    groups = rows.map((row) => row.student_group_id).filter((id) => !distant.includes(id) && !id.endsWith('_b'));
    assert.deepEqual(await world.patches(), []);
  });

  it('neither a batch nor an event awards; each goes on by itself when template and letter are approved', async () => {
    const [byBatch = '', byEvent = ''] = groups;
    const batch = await world.batch({ ids: [byBatch] });
    await settled(world, batch);
    await ctx.enqueue(world.base.db, 'evaluate', [{ id: byEvent, batchId: null }]);
    for (const id of [byBatch, byEvent]) assert.equal((await world.reaches(id, 'held')).reason?.code, 'not-approved');
    await approveAll(['letter/']);
    await until('the hold to name the letter alone', async () => {
      const { reason } = await world.standing(byBatch);
      return reason?.detail.includes('approved letter/diploma/');
    });
    assert.deepEqual(await world.patches(), []);
    await approveAll();
    for (const id of [byBatch, byEvent]) await world.reaches(id, 'sent', 'delivered');
    await settled(world, batch);
    const item = await world.base.db('batch_item').where({ batch_id: batch }).first('student_group_id');
    assert.equal(item.student_group_id, byBatch);
  });

  it('a template whose approval is withdrawn is not drawn, and a letter is not sent; both go on after a new approval', async () => {
    const [, , late = ''] = groups;
    keptBack.add(late);
    const batch = await world.batch({ ids: [late] });
    await world.reaches(late, 'waiting');
    const certificate = await certificateOf(world, late);
    await withdraw('letter/');
    const letter = await world.base.db('personal_issue').where({ certificate_id: certificate.id }).first('id');
    await makeSend(world.pipeline)({ id: letter.id });
    assert.equal((await world.standing(late)).reason?.code, 'not-approved');
    assert.deepEqual(await lettersOf(world, late), []);
    keptBack.clear();
    await approveAll();
    await world.reaches(late, 'sent', 'delivered');
    assert.equal((await lettersOf(world, late)).length, 1);
    await settled(world, batch);
  });

  it('resend asks for the letter, reissue for letter and template; a dry run of the reissue says so too', async () => {
    const [sent = ''] = groups;
    const certificate = await certificateOf(world, sent);
    await withdraw('certificate/');
    await assert.rejects(reissueCertificate(personCtx(world), certificate, BY), isRefused('not-approved'));
    await assert.rejects(previewReissue(personCtx(world), certificate, BY), isRefused('not-approved'));
    const resent = await resendCertificate(personCtx(world), certificate, BY);
    assert.equal(resent.state, 'waiting', 'the same diploma may go out again');
    await world.reaches(sent, 'sent', 'delivered');
    await withdraw('letter/');
    await assert.rejects(resendCertificate(personCtx(world), certificate, BY), isRefused('not-approved'));
    await approveAll();
  });

  it('a bulk retry of held items does not get around it', async () => {
    const [, , , held = ''] = groups;
    await withdraw('certificate/');
    const batch = await world.batch({ ids: [held] });
    await settled(world, batch);
    await act(world, batch, 'retry');
    await settled(world, batch);
    assert.equal((await world.standing(held)).reason?.code, 'not-approved');
    await approveAll();
    await world.reaches(held, 'sent', 'delivered');
  });

  it('a person approves exactly the present contents; a second approval of the same person changes nothing', async () => {
    const [first] = await listApprovals(ctx);
    assert.ok(first);
    const other = { subject: first.subject, hash: 'a'.repeat(64) };
    await assert.rejects(
      approveContents(ctx, other, 'Anna'),
      (error) => error instanceof Problem && error.status === 409,
    );
    await approveContents(ctx, first, 'Anna');
    const twice = await approveContents(ctx, first, 'Anna');
    assert.deepEqual(
      twice.approvals.map(({ by }) => by),
      ['Anna'],
    );
    const both = await approveContents(ctx, first, 'Boris');
    assert.deepEqual(
      both.approvals.map(({ by }) => by),
      ['Anna', 'Boris'],
    );
    const ended = await withdrawApproval(ctx, { ...first, reason: 'fictional' }, 'Boris');
    assert.deepEqual([ended.approved, ended.approvals], [false, []]);
  });
});
