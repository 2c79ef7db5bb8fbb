import { collectBeforeCommit } from '../platform/database/grouped-transactions.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Log } from '../platform/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { Db } from '../records/rows.ts';
import type { JobData, QueueName } from './stages.ts';

/**
 * Enqueues the next job in the transaction that made it necessary.
 * @returns how many were new
 */
export type Enqueue = <Q extends QueueName>(
  trx: Db,
  queue: Q,
  jobs: JobData[Q][],
  options?: { startAfter?: Date; singletonKey?: string },
) => Promise<number>;

/** Enqueues through the job queue; transactions that are shared by several certificates insert all their jobs at once. */
export function enqueueWith(jobs: Pick<Jobs, 'enqueueMany'>): Enqueue {
  return async (trx, queue, data, options = {}) => {
    const added = data.map((item) => ({ data: item, ...options }));
    const insert = (db: Db, all: typeof added) => jobs.enqueueMany(db, queue, all);
    // A job with a key may exist already; the caller must know it.
    if (options.singletonKey !== undefined) return insert(trx, added);
    return collectBeforeCommit(trx, queue, added, insert) ? added.length : insert(trx, added);
  };
}

/**
 * Least time between two shared transactions of a step (`groupTransactions`), in milliseconds. Calls of a busy worker end
 * one by one; so several of them are recorded together, and a single one still at once.
 */
export const PACE_MS = 100;

/** Counts the jobs of a stage that this process handles: when all of them wait for a shared transaction, no more will come. */
export interface UnderWay {
  count: () => number;
  /** Handles a job. */
  handle: <Job>(handler: (job: Job) => Promise<void>) => (job: Job) => Promise<void>;
}

export function countUnderWay(): UnderWay {
  let jobs = 0;
  return {
    count: () => jobs,
    handle: (handler) => async (job) => {
      jobs += 1;
      await handler(job).finally(() => {
        jobs -= 1;
      });
    },
  };
}

export interface StageContext {
  db: Db;
  enqueue: Enqueue;
  clock: Clock;
  log: Log;
  newId: () => string;
}
