import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import type { DeadJob } from '../platform/jobs/job-queues.ts';
import { recordItemEvaluated, selectBatch } from '../records/batches/batches.ts';
import { selectCertificate } from '../records/certificates/certificates.ts';
import { selectReissue, settleReissue } from '../records/certificates/reissues.ts';
import { cancelCopy } from '../records/letters/copy-rows.ts';
import { selectPersonalIssue } from '../records/letters/personal-issues.ts';
import { hold } from '../records/student-groups/holds.ts';
import { selectGroup } from '../records/student-groups/student-groups.ts';
import { PAUSE_MS } from './back-off.ts';
import type { StageContext } from './context.ts';
import { isQueue, type JobData, type QueueName, readPayload } from './stages.ts';

/**
 * Creates the handler of dead jobs: jobs that used up their retries, or that this version cannot parse. The job's student
 * group is held as `internal-error`, so that a person sees it. Jobs without a student group (a pull, a sweep) are retried
 * later, without limit.
 * @throws Error for an unparsable job without a known subject: it stays in the queue of dead jobs, is counted in
 * `/metrics` and logged every minute, until a version that can parse it handles it or a person deletes it
 */
export function makeDeadJobHandler(ctx: StageContext): (dead: DeadJob) => Promise<void> {
  return async (dead) => {
    ctx.log.error(
      { event: 'dead-job', queue: dead.queue, jobId: dead.id, error: dead.error },
      'a job has failed for the last time',
    );
    const { queue } = dead;
    if (!isQueue(queue)) throw new Error(`job ${dead.id} belongs to a queue that this version does not have: ${queue}`);
    const read = readPayload(queue, dead.data);
    if (queue === 'send' && (await endCopy(ctx, dead, read.ok))) return;
    const subject = await subjectOf(ctx, queue, dead.data);
    if (subject !== null) await holdSubject(ctx, dead, queue, subject, read.ok ? read.job : null);
    else if (read.ok) await askAgain(ctx, queue, read.job);
    else throw new Error(`job ${dead.id} cannot be read and names no student group: ${read.detail}`);
  };
}

/** A copy never holds a certificate: one that waits is cancelled. False when the job is not for a copy. */
async function endCopy(ctx: StageContext, dead: DeadJob, readable: boolean): Promise<boolean> {
  const id = NamedByUs.safeParse(dead.data).data?.id;
  const issue = id === undefined ? null : await selectPersonalIssue(ctx.db, id);
  if (!issue?.copyOf) return false;
  await cancelCopy(
    ctx.db,
    issue.id,
    { code: 'internal-error', detail: detailOf(dead, 'send', readable) },
    ctx.clock.now(),
  );
  return true;
}

function detailOf(dead: DeadJob, stage: QueueName, readable: boolean): string {
  return readable ? message('job-failed', { stage, job: dead.id }) : message('job-unreadable', { fault: dead.error });
}

async function askAgain(ctx: StageContext, queue: QueueName, job: JobData[QueueName]): Promise<void> {
  const startAfter = new Date(ctx.clock.now().getTime() + PAUSE_MS.deadJob);
  if (queue === 'ingest') await ctx.enqueue(ctx.db, queue, [job as JobData['ingest']], { startAfter });
  if (queue === 'pull' || queue === 'pull-release') {
    const { id } = job as JobData['pull'];
    await ctx.enqueue(ctx.db, queue, [{ id }], { startAfter, singletonKey: id });
  }
  if (queue === 'bulk' || queue === 'import') {
    const { id } = job as JobData['bulk' | 'import'];
    await ctx.enqueue(ctx.db, queue, [{ id }], { startAfter, singletonKey: id });
  }
  // It has its own key, so that it does not block earlier sweeps that running letters request.
  if (queue === 'track') await ctx.enqueue(ctx.db, queue, [{}], { startAfter, singletonKey: 'buried' });
  if (queue === 'upkeep' || queue === 'report-issued')
    await ctx.enqueue(ctx.db, queue, [{}], { startAfter, singletonKey: queue });
}

interface Subject {
  /** The id in the job's payload. */
  id: string;
  studentGroupId: string;
  certificateId: string | null;
}

/**
 * Opens the hold, and settles the reissue or batch item.
 * @param job null when its payload cannot be parsed
 */
async function holdSubject(
  ctx: StageContext,
  dead: DeadJob,
  stage: QueueName,
  { id, ...subject }: Subject,
  job: JobData[QueueName] | null,
): Promise<void> {
  const at = ctx.clock.now();
  const detail = detailOf(dead, stage, job !== null);
  await ctx.db.transaction(async (trx) => {
    const batchId = job !== null && stage === 'evaluate' ? (job as JobData['evaluate']).batchId : null;
    const dryRun = batchId !== null && (await selectBatch(trx, batchId))?.dryRun === true;
    const entry = { id: ctx.newId(), ...subject, stage, code: 'internal-error' as const, detail };
    if (!dryRun) await hold(trx, entry, at);
    if (stage === 'reissue') await settleReissue(trx, id, { code: entry.code, detail }, at);
    if (batchId !== null) {
      const { studentGroupId } = subject;
      const outlook = { class: 'held' as const, cause: entry.code, letter: null, name: null };
      const item = { batchId, studentGroupId, decisionId: null, wouldBe: 'held', skipped: null, outlook };
      await recordItemEvaluated(trx, item, at);
    }
  });
}

const Named = z.object({ id: z.string() });
const NamedByUs = z.object({ id: z.uuid() });

/** The student group of a job, found by the id even if the rest of the payload is malformed; null when there is none. */
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
