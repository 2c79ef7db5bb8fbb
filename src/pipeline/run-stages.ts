import { HopelessJob } from '../platform/jobs/job-batches.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { RetentionDays } from './apply-retention.ts';
import { makeDeadJobHandler } from './dead-letters.ts';
import { type EvaluateContext, makeEvaluate } from './evaluate/evaluate.ts';
import { makeReissue } from './evaluate/reissue.ts';
import { makePull, makePullRelease } from './ingest/announced.ts';
import { makeIngest } from './ingest/ingest.ts';
import type { IngestContext } from './ingest/pull-one.ts';
import { makePatch, type PatchContext } from './patch/patch.ts';
import { makeReportIssued } from './patch/report-issued.ts';
import { makeRender, type RenderContext } from './render/render.ts';
import { makeSend, type SendContext } from './send/send.ts';
import { requestProbeNow } from './sending-stopped.ts';
import { type JobData, type QueueName, readPayload, STAGES, type Stage } from './stages.ts';
import { type DeliveryContext, makeDelivery } from './track/ask-deliveries.ts';
import { makeTrack, type TrackContext } from './track/track.ts';
import { makeUpkeep } from './upkeep.ts';

export type PipelineContext = IngestContext &
  EvaluateContext &
  PatchContext &
  RenderContext &
  SendContext &
  TrackContext &
  DeliveryContext & {
    /** For how many days what is kept. */
    retention: RetentionDays;
    /** Handles rows of a bulk act: what coordinators do is not known to the stages. */
    runBulk: (job: JobData['bulk']) => Promise<void>;
    /** Applies the rows of an import that a coordinator started. */
    applyImport: (id: string) => Promise<void>;
  };

/** The code of each stage. */
const HANDLERS: { [Q in QueueName]: (ctx: PipelineContext) => (job: JobData[Q]) => Promise<void> } = {
  ingest: makeIngest,
  pull: makePull,
  'pull-release': makePullRelease,
  evaluate: makeEvaluate,
  reissue: makeReissue,
  patch: makePatch,
  render: makeRender,
  send: makeSend,
  track: makeTrack,
  delivery: makeDelivery,
  import:
    ({ applyImport }) =>
    ({ id }) =>
      applyImport(id),
  'report-issued': makeReportIssued,
  bulk: ({ runBulk }) => runBulk,
  upkeep: makeUpkeep,
};

/** Jobs per fetch. A worker that is killed keeps them from others until its heartbeat has expired. */
const MOST_CLAIMED = 50;

/** Handles one stage's jobs in this process; a job with an invalid payload is not retried. */
export async function runStage<Q extends QueueName>(
  jobs: Jobs,
  queue: Q,
  ctx: PipelineContext,
  concurrency: number,
): Promise<void> {
  const handle = HANDLERS[queue](ctx);
  const stage: Stage<QueueName> = STAGES[queue];
  const most = stage.concurrency ?? concurrency;
  await jobs.work(queue, { batchSize: Math.min(most, MOST_CLAIMED), concurrency: most }, async ({ data }) => {
    const read = readPayload(queue, data);
    if (!read.ok) throw new HopelessJob(read.detail);
    await handle(read.job);
  });
}

/** Handles every stage's jobs in this process until the queue is stopped. */
export async function runStages(jobs: Jobs, ctx: PipelineContext, concurrency: number): Promise<void> {
  for (const queue of Object.keys(STAGES) as QueueName[]) await runStage(jobs, queue, ctx, concurrency);
  await jobs.onDead(makeDeadJobHandler(ctx));
  await requestProbeNow(ctx);
  await ctx.enqueue(ctx.db, 'upkeep', [{}], { singletonKey: 'upkeep' });
  if (ctx.lms.tellsIssued) await ctx.enqueue(ctx.db, 'report-issued', [{}], { singletonKey: 'report-issued' });
}
