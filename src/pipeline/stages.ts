import type { QueueSpec } from '../platform/jobs/job-queues.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Db } from '../records/rows.ts';
import type { Enqueue, JobData, QueueName } from './context.ts';
import { makeBuryDead } from './dead-letters.ts';
import { type EvaluateContext, makeEvaluate } from './evaluate/evaluate.ts';
import { makeReissue } from './evaluate/reissue.ts';
import { makePull, makePullRelease } from './ingest/announced.ts';
import { makeIngest } from './ingest/ingest.ts';
import type { IngestContext } from './ingest/pull-one.ts';
import { makePatch, type PatchContext } from './patch/patch.ts';
import { makeReportIssued } from './patch/report-issued.ts';
import { makeRender, type RenderContext } from './render/render.ts';
import { makeSend, type SendContext } from './send/send.ts';
import { tryAtOnce } from './sending-stopped.ts';
import { type DeliveryContext, makeDelivery } from './track/ask-deliveries.ts';
import { makeTrack, type TrackContext } from './track/track.ts';
import { makeUpkeep } from './upkeep.ts';

export type PipelineContext = IngestContext &
  EvaluateContext &
  PatchContext &
  RenderContext &
  SendContext &
  TrackContext &
  DeliveryContext;

interface Stage<Q extends QueueName> {
  queue: Q;
  make: (ctx: PipelineContext) => (job: JobData[Q]) => Promise<void>;
  /** Queues that this stage enqueues for a certificate. */
  next: QueueName[];
  options?: Omit<QueueSpec, 'name'>;
  /** Concurrent handlers per process; default is the worker's setting. */
  concurrency?: number;
}
const stage = <Q extends QueueName>(entry: Stage<Q>): Stage<Q> => entry;

/**
 * The pipeline in order. Start reading here: webhook or batch → ingest → evaluate → patch → render → send → track →
 * delivery. Each stage commits its facts and the next job in one transaction. A certificate passes each stage once.
 */
export const STAGES = [
  stage({ queue: 'ingest', make: makeIngest, next: ['evaluate'], options: { timeoutSeconds: 3600 }, concurrency: 4 }),
  stage({ queue: 'pull', make: makePull, next: ['evaluate'], options: { single: true }, concurrency: 4 }),
  stage({
    queue: 'pull-release',
    make: makePullRelease,
    next: ['evaluate'],
    options: { single: true, timeoutSeconds: 3600 },
    concurrency: 1,
  }),
  stage({ queue: 'evaluate', make: makeEvaluate, next: ['patch'] }),
  stage({ queue: 'reissue', make: makeReissue, next: ['patch', 'render'] }),
  stage({ queue: 'patch', make: makePatch, next: ['evaluate', 'render'], options: { timeoutSeconds: 600 } }),
  stage({ queue: 'render', make: makeRender, next: ['send'] }),
  stage({ queue: 'send', make: makeSend, next: ['track'], options: { timeoutSeconds: 600 } }),
  stage({
    queue: 'track',
    make: makeTrack,
    next: ['send'],
    options: { single: true, timeoutSeconds: 600 },
    concurrency: 1,
  }),
  stage({
    queue: 'delivery',
    make: makeDelivery,
    next: [],
    options: { single: true, timeoutSeconds: 600 },
    concurrency: 1,
  }),
  stage({
    queue: 'report-issued',
    make: makeReportIssued,
    next: [],
    options: { single: true, timeoutSeconds: 3600 },
    concurrency: 1,
  }),
  stage({
    queue: 'upkeep',
    make: makeUpkeep,
    next: ['ingest', 'reissue', 'patch', 'render', 'send', 'track', 'delivery'],
    options: { single: true },
    concurrency: 1,
  }),
] as const;

export const QUEUES: QueueSpec[] = STAGES.map((entry) => ({ name: entry.queue, ...entry.options }));

/** Enqueues for stages, within the transaction that made the next step necessary. */
export function enqueueWith(jobs: Jobs): Enqueue {
  return (trx: Db, queue, data, options = {}) =>
    jobs.enqueueMany(
      trx,
      queue,
      data.map((item) => ({ data: item, ...options })),
    );
}

/** Processes the jobs of all stages in this process until the queue is stopped. */
export async function runStages(jobs: Jobs, ctx: PipelineContext, concurrency: number): Promise<void> {
  for (const entry of STAGES) {
    const handler = (entry as Stage<QueueName>).make(ctx) as (data: object) => Promise<void>;
    const most = (entry as Stage<QueueName>).concurrency ?? concurrency;
    await jobs.work(entry.queue, { batchSize: Math.min(most, 10), concurrency: most }, (job) => handler(job.data));
  }
  await jobs.onDead(makeBuryDead(ctx));
  await tryAtOnce(ctx);
  await ctx.enqueue(ctx.db, 'upkeep', [{}], { singletonKey: 'upkeep' });
  if (ctx.lms.tellsIssued) await ctx.enqueue(ctx.db, 'report-issued', [{}], { singletonKey: 'report-issued' });
}
