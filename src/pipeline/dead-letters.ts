import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import type { DeadJob } from '../platform/jobs/job-queues.ts';
import { recordItemEvaluated, selectBatch } from '../records/batches/batches.ts';
import { selectCertificate } from '../records/certificates/certificates.ts';
import { selectReissue, settleReissue } from '../records/certificates/reissues.ts';
import { selectPersonalIssue } from '../records/letters/personal-issues.ts';
import { hold } from '../records/student-groups/holds.ts';
import { selectGroup } from '../records/student-groups/student-groups.ts';
import { PAUSE_MS } from './back-off.ts';
import type { StageContext } from './context.ts';
import { isQueue, type JobData, type QueueName, readPayload } from './stages.ts';

/**
 * Makes a dead job visible, one that used up its retries or that this version cannot read: its student group is held as
 * `internal-error`. Jobs without a student group (a pull, a sweep) are retried later, without limit.
 * @throws Error when a job that cannot be read names no subject: it stays in the queue of dead jobs, is counted in `/metrics`
 * and logged every minute, until a version that can read it takes it or a person deletes it
 */
export function makeDeadJobHandler(ctx: StageContext): (dead: DeadJob) => Promise<void> {
  return async (dead) => {
    ctx.log.error({ event: 'dead-job', queue: dead.queue, jobId: dead.id, error: dead.error }, 'a job is dead');
    const { queue } = dead;
    if (!isQueue(queue)) throw new Error(`job ${dead.id} is of a queue that this version does not have: ${queue}`);
    const read = readPayload(queue, dead.data);
    const subject = await subjectOf(ctx, queue, dead.data);
    if (subject !== null) await holdSubject(ctx, dead, queue, subject, read.ok ? read.job : null);
    else if (read.ok) await askAgain(ctx, queue, read.job);
    else throw new Error(`job ${dead.id} cannot be read and names nobody: ${read.detail}`);
  };
}

async function askAgain(ctx: StageContext, queue: QueueName, job: JobData[QueueName]): Promise<void> {
  const startAfter = new Date(ctx.clock.now().getTime() + PAUSE_MS.deadJob);
  if (queue === 'ingest') await ctx.enqueue(ctx.db, queue, [job as JobData['ingest']], { startAfter });
  if (queue === 'pull' || queue === 'pull-release') {
    const { id } = job as JobData['pull'];
    await ctx.enqueue(ctx.db, queue, [{ id }], { startAfter, singletonKey: id });
  }
  // A key of its own: it must not stand in the way of the sweeps that the regular chain wants sooner.
  if (queue === 'track') await ctx.enqueue(ctx.db, queue, [{}], { startAfter, singletonKey: 'buried' });
  if (queue === 'upkeep' || queue === 'report-issued')
    await ctx.enqueue(ctx.db, queue, [{}], { startAfter, singletonKey: queue });
}

interface Subject {
  /** As the job names it. */
  id: string;
  studentGroupId: string;
  certificateId: string | null;
}

/** @param job null where its payload cannot be read */
async function holdSubject(
  ctx: StageContext,
  dead: DeadJob,
  stage: QueueName,
  { id, ...subject }: Subject,
  job: JobData[QueueName] | null,
): Promise<void> {
  const at = ctx.clock.now();
  const detail =
    job === null ? message('job-unreadable', { fault: dead.error }) : message('job-failed', { stage, job: dead.id });
  await ctx.db.transaction(async (trx) => {
    const batchId = job !== null && stage === 'evaluate' ? (job as JobData['evaluate']).batchId : null;
    const dryRun = batchId !== null && (await selectBatch(trx, batchId))?.dryRun === true;
    const entry = { id: ctx.newId(), ...subject, stage, code: 'internal-error' as const, detail };
    if (!dryRun) await hold(trx, entry, at);
    if (stage === 'reissue') await settleReissue(trx, id, { code: entry.code, detail }, at);
    if (batchId !== null) {
      const { studentGroupId } = subject;
      const item = { batchId, studentGroupId, decisionId: null, wouldBe: 'held', skipped: null };
      await recordItemEvaluated(trx, item, at);
    }
  });
}

const Named = z.object({ id: z.string() });
const NamedByUs = z.object({ id: z.uuid() });

/** Whom a job is about, also one whose payload is malformed otherwise; null where it names nobody. */
async function subjectOf(ctx: StageContext, queue: QueueName, data: unknown): Promise<Subject | null> {
  if (queue === 'evaluate') {
    const id = Named.safeParse(data).data?.id;
    return id !== undefined && (await selectGroup(ctx.db, id)) ? { id, studentGroupId: id, certificateId: null } : null;
  }
  const id = NamedByUs.safeParse(data).data?.id;
  if (id === undefined) return null;
  const issue = queue === 'send' ? await selectPersonalIssue(ctx.db, id) : null;
  const asked = queue === 'reissue' ? await selectReissue(ctx.db, id) : null;
  const certificateId = queue === 'patch' || queue === 'render' ? id : (issue ?? asked)?.certificateId;
  const certificate = certificateId === undefined ? null : await selectCertificate(ctx.db, certificateId);
  return certificate && { id, studentGroupId: certificate.studentGroupId, certificateId: certificate.id };
}
