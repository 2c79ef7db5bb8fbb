import { z } from 'zod';
import type { QueueSpec } from '../platform/jobs/job-queues.ts';
import { BACK_OFF, type BackOff } from './back-off.ts';

/** The jobs of a queue: their data, what follows, and how they are retried. */
export interface Stage<Name extends string> {
  /**
   * Data of a job: the id names the subject; the handler reads everything else. Fields that a newer version added are
   * ignored, so that hosts can be upgraded one after another; a field must become optional before it is removed.
   */
  payload: z.ZodObject;
  /** Queues that this stage enqueues for a certificate. */
  next: readonly Name[];
  /** Retries before the job is dead (`dead-letters.ts`). */
  retries: number;
  backOff: BackOff;
  /** Time limit of a handler; then the try counts as failed. */
  timeoutSeconds: number;
  /** At most one waiting and one active job per `singletonKey`. */
  single?: boolean;
  /** Concurrent handlers per process; default is the worker's setting. */
  concurrency?: number;
}

const USUAL = { retries: 10, backOff: BACK_OFF.failedJob, timeoutSeconds: 120 };
/** The handler waits for a free slot and calls external services; each call has its own time limit. */
const OUTSIDE = { ...USUAL, timeoutSeconds: 600 };
/** The handler reads many pages. */
const LONG = { ...USUAL, timeoutSeconds: 3600 };
/** One job at a time, for each `singletonKey`. */
const ALONE = { single: true, concurrency: 1 };

/**
 * Evaluations per transaction, and so per process: what a transaction costs by itself is more than what one evaluation
 * adds to it. They call nothing outside, and share one connection.
 */
export const EVALUATED_TOGETHER = 50;

/** An id in the LMS. */
const LmsId = z.string().min(1);
/** How many tries have failed so far because of an external cause. */
const Count = z.int().min(0).optional();
const Nothing = z.object({});

/**
 * The pipeline in order. Start reading here: webhook or batch → ingest → evaluate → patch → render → send → track →
 * delivery. Each stage commits its facts and the next job in one transaction. A certificate passes each stage once.
 * `run-stages.ts` says which code handles which stage.
 */
export const STAGES = declareStages({
  ingest: {
    payload: z.object({
      /**
       * `batch`: a whole batch; `again`: those items of a batch that a person retried; `release`: a pull without a batch;
       * `group`: one student group, to be pulled and evaluated; `item`: one item of a batch that a person retried.
       */
      kind: z.enum(['batch', 'again', 'release', 'group', 'item']),
      id: LmsId,
      /** Only of an `item`. */
      batchId: z.uuid().optional(),
      attempt: Count,
      /** Identifies the job that a batch waits for, by the batch's `nextAttemptAt`. */
      due: z.iso.datetime().optional(),
    }),
    next: ['evaluate'],
    ...LONG,
    concurrency: 4,
  },
  /** Pulls student groups that webhooks named. */
  pull: {
    payload: z.object({ id: LmsId, attempt: Count }),
    next: ['evaluate'],
    ...USUAL,
    single: true,
    concurrency: 4,
  },
  /** Pulls releases that webhooks named. */
  'pull-release': {
    payload: z.object({ id: LmsId, attempt: Count }),
    next: ['evaluate'],
    ...LONG,
    ...ALONE,
  },
  evaluate: {
    payload: z.object({ id: LmsId, batchId: z.uuid().nullable() }),
    next: ['patch'],
    ...USUAL,
    concurrency: EVALUATED_TOGETHER,
  },
  /** A new version that a person requested; the id is that of the request in the audit record. */
  reissue: { payload: z.object({ id: z.uuid() }), next: ['patch', 'render'], ...USUAL },
  patch: { payload: z.object({ id: z.uuid() }), next: ['evaluate', 'render'], ...OUTSIDE },
  /** Rendering also waits for a free drawing thread. `keyTries`: how often a signing key was missing so far. */
  render: { payload: z.object({ id: z.uuid(), keyTries: Count }), next: ['send'], ...USUAL, timeoutSeconds: 600 },
  send: { payload: z.object({ id: z.uuid() }), next: ['track'], ...OUTSIDE },
  track: { payload: Nothing, next: ['send', 'delivery'], ...OUTSIDE, ...ALONE },
  /** `hastened`: true if a callback caused this job. */
  delivery: { payload: z.object({ hastened: z.boolean().optional() }), next: [], ...OUTSIDE, ...ALONE },
  /** A reviewed file of registrations or exceptions is applied, row by row. */
  import: { payload: z.object({ id: z.uuid() }), next: ['evaluate', 'send'], ...LONG, single: true, concurrency: 2 },
  'report-issued': { payload: Nothing, next: [], ...LONG, ...ALONE },
  /** An act of a coordinator on many subjects. */
  bulk: {
    payload: z.object({ id: z.uuid(), attempt: Count }),
    next: ['ingest', 'evaluate', 'reissue', 'patch', 'render', 'send'],
    ...USUAL,
    ...ALONE,
  },
  upkeep: {
    payload: Nothing,
    next: [
      'bulk',
      'ingest',
      'pull',
      'pull-release',
      'evaluate',
      'reissue',
      'patch',
      'render',
      'send',
      'track',
      'delivery',
    ],
    ...USUAL,
    ...ALONE,
  },
});

export type QueueName = keyof typeof STAGES;
export type JobData = { [Q in QueueName]: z.infer<(typeof STAGES)[Q]['payload']> };

/** Keeps the types of the payloads, and lets `next` name stages only. */
function declareStages<Stages extends { [Name in keyof Stages]: Stage<keyof Stages & string> }>(
  stages: Stages,
): Stages {
  return stages;
}

/** The options with which the job queue creates each queue. */
export const QUEUES: QueueSpec[] = Object.entries<Stage<QueueName>>(STAGES).map(([name, stage]) => ({
  name,
  retries: stage.retries,
  retryDelaySeconds: stage.backOff.firstSeconds,
  retryDelayMaxSeconds: stage.backOff.mostSeconds,
  timeoutSeconds: stage.timeoutSeconds,
  single: stage.single ?? false,
}));

export const isQueue = (name: string): name is QueueName => Object.hasOwn(STAGES, name);

/** Parses a job's payload; on failure, the faulty fields and what was expected there, without values. */
export function readPayload<Q extends QueueName>(
  queue: Q,
  data: unknown,
): { ok: true; job: JobData[Q] } | { ok: false; detail: string } {
  const read = STAGES[queue].payload.safeParse(data);
  if (read.success) return { ok: true, job: read.data as JobData[Q] };
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || 'the payload'}: ${message}`);
  return { ok: false, detail: `malformed job of ${queue}: ${faults.join('; ')}` };
}
