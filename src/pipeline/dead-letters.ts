import type { DeadJob } from '../platform/jobs/job-queues.ts';
import { recordItemEvaluated, selectBatch } from '../records/batches/batches.ts';
import { selectCertificate } from '../records/certificates/certificates.ts';
import { selectReissue, settleReissue } from '../records/certificates/reissues.ts';
import { selectPersonalIssue } from '../records/letters/personal-issues.ts';
import { hold } from '../records/student-groups/holds.ts';
import type { JobData, StageContext } from './context.ts';

const ASK_AGAIN_MS = 5 * 60_000;

/**
 * Makes a job that used up its tries visible: its student group is held as `internal-error`. Jobs without a student
 * group (a pull, a sweep) are retried later, without limit.
 */
export function makeBuryDead(ctx: StageContext): (dead: DeadJob) => Promise<void> {
  return async (dead) => {
    ctx.log.error({ queue: dead.queue, jobId: dead.id, error: dead.error }, 'a job used up its tries');
    const subject = await subjectOf(ctx, dead);
    if (subject === null) {
      const startAfter = new Date(ctx.clock.now().getTime() + ASK_AGAIN_MS);
      if (dead.queue === 'ingest')
        await ctx.enqueue(ctx.db, 'ingest', [dead.data as JobData['ingest']], { startAfter });
      if (dead.queue === 'pull' || dead.queue === 'pull-release') {
        const { id } = dead.data as JobData['pull'];
        await ctx.enqueue(ctx.db, dead.queue, [{ id }], { startAfter, singletonKey: id });
      }
      // A key of its own, so that it does not block earlier sweeps of the regular chain.
      if (dead.queue === 'track') await ctx.enqueue(ctx.db, 'track', [{}], { startAfter, singletonKey: 'buried' });
      if (dead.queue === 'upkeep' || dead.queue === 'report-issued')
        await ctx.enqueue(ctx.db, dead.queue, [{}], { startAfter, singletonKey: dead.queue });
      return;
    }
    const at = ctx.clock.now();
    const detail = `stage ${dead.queue} failed repeatedly (job ${dead.id}); see the log, then start a batch with it again`;
    await ctx.db.transaction(async (trx) => {
      const batchId = dead.queue === 'evaluate' ? (dead.data as JobData['evaluate']).batchId : null;
      const dryRun = batchId !== null && (await selectBatch(trx, batchId))?.dryRun === true;
      const entry = { id: ctx.newId(), ...subject, stage: dead.queue, code: 'internal-error' as const, detail };
      if (!dryRun) await hold(trx, entry, at);
      if (dead.queue === 'reissue')
        await settleReissue(trx, (dead.data as JobData['reissue']).id, { code: entry.code, detail }, at);
      if (batchId !== null) {
        const item = {
          batchId,
          studentGroupId: subject.studentGroupId,
          decisionId: null,
          wouldBe: 'held',
          skipped: null,
        };
        await recordItemEvaluated(trx, item, at);
      }
    });
  };
}

async function subjectOf(
  ctx: StageContext,
  dead: DeadJob,
): Promise<{ studentGroupId: string; certificateId: string | null } | null> {
  const { id } = dead.data as { id: string };
  if (dead.queue === 'evaluate') return { studentGroupId: id, certificateId: null };
  const issue = dead.queue === 'send' ? await selectPersonalIssue(ctx.db, id) : null;
  const asked = dead.queue === 'reissue' ? await selectReissue(ctx.db, id) : null;
  const certificateId = dead.queue === 'patch' || dead.queue === 'render' ? id : (issue ?? asked)?.certificateId;
  const certificate = certificateId === undefined ? null : await selectCertificate(ctx.db, certificateId);
  return certificate && { studentGroupId: certificate.studentGroupId, certificateId: certificate.id };
}
