import type { Knex } from 'knex';
import { fromKnex, PgBoss } from 'pg-boss';
import { currentTraceparent } from '../trace.ts';
import { type DueJobs, watchDueJobs } from './due-jobs.ts';
import { createBatches, type Handler, type JobDone, type JobsLog } from './job-batches.ts';
import {
  DEAD_QUEUE,
  type DeadJob,
  HEARTBEAT_SECONDS,
  prepareQueues,
  type QueueSpec,
  readDeadJob,
} from './job-queues.ts';

export interface JobsOptions {
  /**
   * PostgreSQL connection URL. It needs real sessions (not PgBouncer in transaction mode), because workers use
   * LISTEN.
   */
  databaseUrl: string;
  queues: QueueSpec[];
  /** Maximum connections of the queue's own pool; LISTEN takes one more. Default 4. */
  poolMax?: number;
  /** Shown in `pg_stat_activity`. Default `gramota-jobs`. */
  applicationName?: string;
  /** Whether this process handles jobs and watches over the queue. Default true. */
  works?: boolean;
  log: JobsLog;
  /** Is told of every finished try of a job. */
  tell?: (done: JobDone) => void;
  /** Whether an error tells of an outage that concerns every job; it uses up no retries. Default: never. */
  isOutage?: (error: unknown) => boolean;
}

export interface EnqueueOptions {
  /** Time before which the job does not start. */
  startAfter?: Date;
  /** On a `single` queue: at most one waiting and one active job with this key. */
  singletonKey?: string;
  /** A UUID. If the queue already has a job with this id in any state, nothing is enqueued. */
  id?: string;
}

export interface NewJob extends EnqueueOptions {
  data: object;
}

export interface WorkOptions {
  /** Jobs claimed per round trip. Default 10. */
  batchSize?: number;
  /** Concurrent handlers of this queue in this process. Default: `batchSize`. */
  concurrency?: number;
}

export interface Jobs {
  /**
   * Connects, and creates or updates the queues. A second call does nothing more.
   * @throws Error when the schema is missing or outdated (`gramota migrate`)
   */
  start(): Promise<void>;
  /**
   * Enqueues a job within the given transaction.
   * @returns the job's id, or null when it already existed
   */
  enqueue(db: Knex, queue: string, data: object, options?: EnqueueOptions): Promise<string | null>;
  /**
   * Like `enqueue`, for many jobs in one statement.
   * @returns how many were new
   */
  enqueueMany(db: Knex, queue: string, jobs: NewJob[]): Promise<number>;
  /**
   * Handles a queue's jobs in this process. When a handler throws, its job is retried with growing delays and finally
   * passed to `onDead`; other jobs of the batch are unaffected. A job may run more than once.
   */
  work<T extends object>(queue: string, options: WorkOptions, handler: Handler<T>): Promise<void>;
  /** Handles every job of any queue that has used up its tries; the call itself is retried until it succeeds. */
  onDead(handler: (dead: DeadJob) => Promise<void>): Promise<void>;
  /** Whether the queues exist and can be read. */
  isReady(): Promise<boolean>;
  /**
   * Stops claiming jobs, waits up to `graceMs` (default 10 000) for running handlers, aborts the rest and returns
   * their jobs. Another worker can take these at once, and the try does not count.
   */
  stop(options?: { graceMs?: number }): Promise<void>;
}

/** Workers are told of jobs (`due-jobs.ts`); this is only the last resort. */
const POLL_SECONDS = 600;
/** Interval of the queue's own housekeeping, which reads all kept jobs. */
const HOUSEKEEPING_SECONDS = 60;
/** Interval of checking that the process still listens; jobs are also found by looking for them. */
const LISTENING_MS = 30_000;
/** Interval of reading which keys of a queue are active (`due-jobs.ts`): so long a job with a former key may wait. */
const NOTED_SECONDS = 5;
/** No job depends on another one, so pg-boss need not look for such. */
const DEPENDENCIES_SECONDS = 3600;
/** Interval of heartbeats: two in a row may fail or be late on a busy machine. */
const REFRESH_SECONDS = HEARTBEAT_SECONDS / 4;
/** Interval of deleting finished jobs. */
const CLEANING_SECONDS = 300;
/** So long after a failure the job is stored as one to be retried. */
const RETRIED_MS = 500;
const CLAIMING = {
  pollingIntervalSeconds: POLL_SECONDS,
  notifyPollingIntervalSeconds: POLL_SECONDS,
  heartbeatRefreshSeconds: REFRESH_SECONDS,
  perJobResults: true,
} as const;

/**
 * The job queue (pg-boss, schema `pgboss`, created by `migrate`). When a worker is killed, its heartbeat stops (10
 * s), and another worker takes its jobs over.
 */
export function createJobs(options: JobsOptions): Jobs {
  const { databaseUrl, queues, poolMax = 4, applicationName = 'gramota-jobs', works = true } = options;
  const { log, tell = () => undefined, isOutage = () => false } = options;
  const specs = new Map(queues.map((queue) => [queue.name, queue]));
  const boss = new PgBoss({
    connectionString: databaseUrl,
    application_name: applicationName,
    max: poolMax,
    migrate: false,
    createSchema: false,
    schedule: false,
    supervise: works,
    useListenNotify: works,
    notifyHeartbeatIntervalMs: LISTENING_MS,
    superviseIntervalSeconds: HOUSEKEEPING_SECONDS,
    monitorIntervalSeconds: HOUSEKEEPING_SECONDS,
    maintenanceIntervalSeconds: CLEANING_SECONDS,
    queueCacheIntervalSeconds: NOTED_SECONDS,
    flowIntervalSeconds: DEPENDENCIES_SECONDS,
  });
  // Only the message: other fields of an error may contain a statement with personal data.
  boss.on('error', (error) => log.error({ error: error.message }, 'job queue'));
  boss.on('warning', ({ message }) => log.warn({ warning: message }, 'job queue'));
  const failed = () => dueJobs?.expect(RETRIED_MS);
  const batches = createBatches(boss, { log, tell, isOutage, failed });
  let started: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;
  /** Ids of this process's workers, by queue. */
  const workers = new Map<string, string[]>();
  let dueJobs: DueJobs | undefined;

  function wake(queue: string): void {
    for (const id of workers.get(queue) ?? []) boss.notifyWorker(id);
  }

  async function insert(db: Knex, queue: string, jobs: NewJob[]): Promise<string[]> {
    if (!specs.has(queue)) throw new Error(`job queue ${queue} is not declared`);
    if (jobs.length === 0) return [];
    const trace = currentTraceparent();
    const traced = trace === undefined ? jobs : jobs.map((job) => ({ ...job, data: { ...job.data, trace } }));
    for (const { startAfter } of jobs) if (startAfter !== undefined) dueJobs?.expect(startAfter.getTime() - Date.now());
    return (await boss.insert(queue, traced, { db: fromKnex(db), returnId: true })) ?? [];
  }

  async function begin(): Promise<void> {
    await boss.start();
    await prepareQueues(boss, queues);
    const fail = ({ message }: Error) => log.warn({ error: message }, 'looking for due jobs failed; it is repeated');
    if (works) dueJobs = watchDueJobs(boss, () => [...workers.keys()], wake, fail);
  }

  async function end(graceMs: number): Promise<void> {
    // A start that is under way would otherwise leave a timer behind, and the process would never exit.
    await started?.catch(() => undefined);
    dueJobs?.end();
    await batches.drain(graceMs, () => boss.stop({ graceful: true, timeout: graceMs + 10_000 }));
  }

  return {
    start() {
      started ??= begin();
      return started;
    },
    async enqueue(db, queue, data, enqueueOptions = {}) {
      return (await insert(db, queue, [{ ...enqueueOptions, data }]))[0] ?? null;
    },
    async enqueueMany(db, queue, jobs) {
      return (await insert(db, queue, jobs)).length;
    },
    async work<T extends object>(queue: string, workOptions: WorkOptions, handler: Handler<T>) {
      const spec = specs.get(queue);
      if (spec === undefined) throw new Error(`job queue ${queue} is not declared`);
      const { batchSize = 10, concurrency = batchSize } = workOptions;
      // One claimer more than handlers need, so that a batch is fetched while the last jobs of another are still
      // running.
      const claimers = Math.ceil(concurrency / batchSize) + (spec.single ? 0 : 1);
      const handle = batches.handle<T>(queue, { concurrency, timeoutSeconds: spec.timeoutSeconds }, handler);
      const ids: string[] = [];
      workers.set(queue, ids);
      for (let claimer = 0; claimer < claimers; claimer += 1) {
        ids.push(await boss.work<T>(queue, { ...CLAIMING, batchSize, burstWhenBatchFull: true }, handle));
      }
    },
    async onDead(handler) {
      const limits = { concurrency: 10, timeoutSeconds: 60 };
      const handle = batches.handle(DEAD_QUEUE, limits, (job) => handler(readDeadJob(job)));
      const id = await boss.work(DEAD_QUEUE, { ...CLAIMING, batchSize: 10, includeMetadata: true }, handle);
      workers.set(DEAD_QUEUE, [id]);
    },
    async isReady() {
      return (await boss.getQueue(DEAD_QUEUE)) !== null;
    },
    stop({ graceMs = 10_000 } = {}) {
      stopped ??= end(graceMs);
      return stopped;
    },
  };
}
