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

/** Enqueues through the job queue. */
export function enqueueWith(jobs: Pick<Jobs, 'enqueueMany'>): Enqueue {
  return (trx, queue, data, options = {}) =>
    jobs.enqueueMany(
      trx,
      queue,
      data.map((item) => ({ data: item, ...options })),
    );
}

export interface StageContext {
  db: Db;
  enqueue: Enqueue;
  clock: Clock;
  log: Log;
  newId: () => string;
}
