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

/** What a job carries: the kind is its queue, the id its subject; the handler refetches everything else. */
export interface JobData {
  /**
   * `again`: the items of a batch that a person asked for again; `release`: a pull that nobody's batch asked for; `group`:
   * a student group, to be pulled and evaluated. `due`: this job is the one that a batch waits for, by its `nextAttemptAt`.
   */
  ingest: { kind: 'batch' | 'again' | 'release' | 'group'; id: string; attempt?: number; due?: string };
  /** Student groups and releases that events told of. */
  pull: { id: string; attempt?: number };
  'pull-release': { id: string; attempt?: number };
  evaluate: { id: string; batchId: string | null };
  /** What a person asked for, by its id. */
  reissue: { id: string };
  patch: { id: string };
  'report-issued': Record<string, never>;
  /** `keyTries`: how often a key was missing already. */
  render: { id: string; keyTries?: number };
  send: { id: string };
  track: Record<string, never>;
  /** `hastened`: a callback came. */
  delivery: { hastened?: boolean };
  upkeep: Record<string, never>;
}

/** Puts the next job into the very transaction that made it necessary. @returns how many were new. */
export type Enqueue = <Q extends QueueName>(
  trx: Db,
  queue: Q,
  jobs: JobData[Q][],
  options?: { startAfter?: Date; singletonKey?: string },
) => Promise<number>;

/** What every stage needs. */
export interface StageContext {
  db: Db;
  enqueue: Enqueue;
  clock: Clock;
  log: Log;
  newId: () => string;
}

/** Milliseconds to leave an LMS alone that gave no usable answer: our own growing pause, or longer where it asked for that. */
export function pauseFor(
  error: Pick<LmsUnavailable, 'retryAfterSeconds'>,
  attempt: number,
  first = 1,
  most = 300,
): number {
  return Math.max((error.retryAfterSeconds ?? 0) * 1000, backoff(attempt, first, most));
}

/** How long to wait before asking a dependency again: doubles from `first` to `most` seconds. */
export function backoff(attempt: number, first: number, most: number): number {
  return Math.min(most, first * 2 ** Math.min(attempt, 20)) * 1000;
}
