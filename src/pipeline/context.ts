import type { Log } from '../platform/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { LmsUnavailable } from '../ports/lms.ts';
import type { Db } from '../records/rows.ts';

export type QueueName =
  | 'ingest'
  | 'pull'
  | 'pull-release'
  | 'evaluate'
  | 'reissue'
  | 'patch'
  | 'report-issued'
  | 'render'
  | 'send'
  | 'track'
  | 'delivery'
  | 'upkeep';

/** Data of a job: the queue tells the kind, the id names the subject; the handler reads everything else. */
export interface JobData {
  /**
   * `again`: items of a batch that a person asked to retry; `release`: a pull without a batch; `group`: one student
   * group, to pull and evaluate. `due`: the batch waits for this job, by its `nextAttemptAt`.
   */
  ingest: { kind: 'batch' | 'again' | 'release' | 'group'; id: string; attempt?: number; due?: string };
  /** Student groups and releases named by events. */
  pull: { id: string; attempt?: number };
  'pull-release': { id: string; attempt?: number };
  evaluate: { id: string; batchId: string | null };
  /** Id of a person's request. */
  reissue: { id: string };
  patch: { id: string };
  'report-issued': Record<string, never>;
  /** `keyTries`: how often the key was missing. */
  render: { id: string; keyTries?: number };
  send: { id: string };
  track: Record<string, never>;
  /** `hastened`: triggered by a callback. */
  delivery: { hastened?: boolean };
  upkeep: Record<string, never>;
}

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

/** Dependencies of every stage. */
export interface StageContext {
  db: Db;
  enqueue: Enqueue;
  clock: Clock;
  log: Log;
  newId: () => string;
}

/**
 * Milliseconds to wait after an unusable answer of the LMS: our growing back-off, or longer if the LMS asked for it.
 */
export function pauseFor(
  error: Pick<LmsUnavailable, 'retryAfterSeconds'>,
  attempt: number,
  first = 1,
  most = 300,
): number {
  return Math.max((error.retryAfterSeconds ?? 0) * 1000, backoff(attempt, first, most));
}

/** Exponential back-off in milliseconds: doubles from `first` to `most` seconds. */
export function backoff(attempt: number, first: number, most: number): number {
  return Math.min(most, first * 2 ** Math.min(attempt, 20)) * 1000;
}
