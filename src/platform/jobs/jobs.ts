import type { Knex } from 'knex';
import { fromKnex, PgBoss } from 'pg-boss';
import { createBatches, type Handler, type JobsLog } from './job-batches.ts';
import { DEAD_QUEUE, type DeadJob, prepareQueues, type QueueSpec, readDead } from './job-queues.ts';

export interface JobsOptions {
  /** PostgreSQL address; sessions must be kept (no PgBouncer in transaction mode), since workers LISTEN. */
  databaseUrl: string;
  queues: QueueSpec[];
  /** Most connections of the queue's own pool, one more for LISTEN. Default 4. */
  poolMax?: number;
  /** Shown in `pg_stat_activity`. Default `gramota-jobs`. */
  applicationName?: string;
  log: JobsLog;
}

export interface EnqueueOptions {
  /** Not before this instant. */
  startAfter?: Date;
  /** On a `single` queue: at most one waiting and one active job of this key. */
  singletonKey?: string;
  /** A UUID; a job of the same id in the queue, in whatever state, makes this one a no-op. */
  id?: string;
}

export interface NewJob extends EnqueueOptions {
  data: object;
}

export interface WorkOptions {
  /** Jobs claimed in one round trip. Default 10. */
  batchSize?: number;
  /** Handlers of this queue at once in this process. Default: `batchSize`. */
  concurrency?: number;
}

export interface Jobs {
  /** Connects and makes or changes the queues. @throws Error when the schema is absent or behind (`gramota migrate`). */
  start(): Promise<void>;
  /** Enqueues within the transaction given. @returns the job's id, or null when it was there already. */
  enqueue(db: Knex, queue: string, data: object, options?: EnqueueOptions): Promise<string | null>;
  /** As `enqueue`, many in one statement. @returns how many were new. */
  enqueueMany(db: Knex, queue: string, jobs: NewJob[]): Promise<number>;
  /**
   * Handles a queue's jobs in this process. A handler that throws has its own job retried with growing delays, and in
   * the end handed to `onDead`; other jobs of the batch are unaffected. A job may run more than once.
   */
  work<T extends object>(queue: string, options: WorkOptions, handler: Handler<T>): Promise<void>;
  /** Called for every job that has used up its tries, from all queues; itself retried until it succeeds. */
  onDead(handler: (dead: DeadJob) => Promise<void>): Promise<void>;
  /** How many jobs wait in each queue, deferred ones included. */
  waiting(): Promise<{ queue: string; count: number }[]>;
  /**
   * Claims nothing more, waits up to `graceMs` (default 10 000) for the handlers in hand, aborts the signals of the
   * rest and gives their jobs back, to be taken at once by another worker without costing a try.
   */
  stop(options?: { graceMs?: number }): Promise<void>;
}

/** Also how soon a deferred job is noticed; fresh jobs are announced and start within milliseconds. */
const POLL_SECONDS = 1;
const HOUSEKEEPING_SECONDS = 1;
/** How often finished jobs are looked for that may go. */
const CLEANING_SECONDS = 300;

/**
 * The job queue (pg-boss, schema `pgboss`, made by `migrate`). A killed worker's jobs are noticed by their missing
 * heartbeat (10 s) and taken over by another.
 */
export function createJobs(options: JobsOptions): Jobs {
  const { databaseUrl, queues, poolMax = 4, applicationName = 'gramota-jobs', log } = options;
  const specs = new Map(queues.map((queue) => [queue.name, queue]));
  const boss = new PgBoss({
    connectionString: databaseUrl,
    application_name: applicationName,
    max: poolMax,
    migrate: false,
    createSchema: false,
    schedule: false,
    useListenNotify: true,
    superviseIntervalSeconds: HOUSEKEEPING_SECONDS,
    monitorIntervalSeconds: HOUSEKEEPING_SECONDS,
    maintenanceIntervalSeconds: CLEANING_SECONDS,
    queueCacheIntervalSeconds: HOUSEKEEPING_SECONDS,
  });
  // Messages only: an error's other fields may carry a statement with somebody's data.
  boss.on('error', (error) => log.error({ error: error.message }, 'job queue'));
  boss.on('warning', ({ message }) => log.warn({ warning: message }, 'job queue'));
  const batches = createBatches(boss, log);
  let stopped: Promise<void> | undefined;

  async function insert(db: Knex, queue: string, jobs: NewJob[]): Promise<string[]> {
    if (!specs.has(queue)) throw new Error(`job queue ${queue} is not declared`);
    if (jobs.length === 0) return [];
    return (await boss.insert(queue, jobs, { db: fromKnex(db), returnId: true })) ?? [];
  }

  return {
    async start() {
      await boss.start();
      await prepareQueues(boss, queues);
    },
    async enqueue(db, queue, data, enqueueOptions = {}) {
      return (await insert(db, queue, [{ ...enqueueOptions, data }]))[0] ?? null;
    },
    async enqueueMany(db, queue, jobs) {
      return (await insert(db, queue, jobs)).length;
    },
    async work(queue, workOptions, handler) {
      const spec = specs.get(queue);
      if (spec === undefined) throw new Error(`job queue ${queue} is not declared`);
      const { batchSize = 10, concurrency = batchSize } = workOptions;
      // One more than there are handlers for: a batch is fetched while the last jobs of another are still in hand.
      const claimers = Math.ceil(concurrency / batchSize) + (spec.single ? 0 : 1);
      await boss.work(
        queue,
        {
          batchSize,
          localConcurrency: claimers,
          pollingIntervalSeconds: POLL_SECONDS,
          notifyPollingIntervalSeconds: POLL_SECONDS,
          burstWhenBatchFull: true,
          perJobResults: true,
        },
        batches.handle(queue, { concurrency, timeoutSeconds: spec.timeoutSeconds ?? 120 }, handler),
      );
    },
    async onDead(handler) {
      await boss.work(
        DEAD_QUEUE,
        {
          batchSize: 10,
          pollingIntervalSeconds: POLL_SECONDS,
          notifyPollingIntervalSeconds: POLL_SECONDS,
          perJobResults: true,
          includeMetadata: true,
        },
        batches.handle(DEAD_QUEUE, { concurrency: 10, timeoutSeconds: 60 }, (job) => handler(readDead(job))),
      );
    },
    async waiting() {
      const stats = await Promise.all(queues.map(({ name }) => boss.getQueueStats(name)));
      return stats.flat().map(({ name, queuedCount }) => ({ queue: name, count: queuedCount }));
    },
    stop({ graceMs = 10_000 } = {}) {
      stopped ??= batches.drain(graceMs, () => boss.stop({ graceful: true, timeout: graceMs + 10_000 }));
      return stopped;
    },
  };
}
