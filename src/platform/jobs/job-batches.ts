import { setTimeout as wait } from 'node:timers/promises';
import type { Job, JobResult, PgBoss } from 'pg-boss';
import { describeError } from '../log.ts';
import { beginStep, within } from '../trace.ts';
import { announced } from './queued-jobs.ts';

/** A log with the same methods as pino. */
export interface JobsLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One job as passed to its handler. */
export interface HandledJob<T extends object = object> {
  id: string;
  data: T;
  /** Number of earlier tries, interrupted ones included. */
  retryCount: number;
  /** Aborts on timeout, when the claim is lost, and when the process must stop. */
  signal: AbortSignal;
}

/** Thrown for a job that retries cannot help: the job is dead at once. */
export class HopelessJob extends Error {}

/** One finished try of a job. */
export interface JobDone {
  queue: string;
  id: string;
  /** Id of the job's subject, where its data name one. */
  subject: string | null;
  /** Number of this try, from 1. */
  attempt: number;
  ms: number;
  /** `given-back`: the process stopped before the job was finished, and another one takes it. */
  outcome: 'done' | 'failed' | 'dead' | 'given-back';
  /** Why it failed, without personal data. */
  error?: string;
}

export type Handler<T extends object> = (job: HandledJob<T>) => Promise<void>;

interface Batches {
  /** Handles a batch of claimed jobs; pg-boss calls it. */
  handle<T extends object, J extends Job<T> = Job<T>>(
    queue: string,
    limits: { concurrency: number; timeoutSeconds: number },
    handler: (job: J & HandledJob<T>) => Promise<void>,
  ): (jobs: J[]) => Promise<JobResult[]>;
  /** Runs `stop`. Batches claimed meanwhile are returned at once, running ones after `graceMs`. */
  drain(graceMs: number, stop: () => Promise<void>): Promise<void>;
}

interface BatchesOptions {
  log: JobsLog;
  tell(done: JobDone): void;
  isOutage(error: unknown): boolean;
  /** Jobs of a batch failed; that is stored in a moment. */
  failed(): void;
}

/** The running handlers of this process: concurrency, timeouts, results, and returning jobs to the queue on a stop. */
export function createBatches(boss: PgBoss, { log, tell, isOutage, failed }: BatchesOptions): Batches {
  const stopping = new AbortController();
  const graceOver = new AbortController();

  return {
    handle(queue, { concurrency, timeoutSeconds }, handler) {
      const slots = createSlots(concurrency);
      return async (jobs) => {
        const results = new Map<string, JobResult>();
        const batchOver = whenAborted(graceOver.signal);
        const work = jobs.map((job) =>
          slots(async () => {
            if (stopping.signal.aborted) return;
            const began = performance.now();
            const { subject, trace } = namesOf(job.data);
            await within(beginStep(trace), async () => {
              const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
              let signal: AbortSignal | undefined;
              const handled = {
                ...job,
                // Made when it is asked for: few handlers do, and each costs more than the rest of this call.
                get signal() {
                  signal ??= AbortSignal.any([job.signal, timeout, graceOver.signal]);
                  return signal;
                },
              };
              const fault = await attempt(() => handler(handled), timeout, timeoutSeconds, isOutage);
              const isGivenBack = graceOver.signal.aborted && fault !== undefined;
              if (fault?.outage && !isGivenBack) await allowOneMore(boss, queue, job);
              if (!isGivenBack) results.set(job.id, resultOf(job.id, fault));
              const ending = fault?.hopeless ? 'dead' : 'failed';
              const outcome = isGivenBack ? 'given-back' : fault === undefined ? 'done' : ending;
              const error = fault === undefined ? {} : { error: fault.message };
              const ms = Math.round(performance.now() - began);
              tell({ queue, id: job.id, subject, attempt: job.retryCount + 1, ms, outcome, ...error });
            });
          }),
        );
        await Promise.race([Promise.all(work), batchOver.promise]);
        batchOver.forget();
        const unfinished = jobs.filter(({ id }) => !results.has(id));
        if (unfinished.length > 0) await giveBack(boss, queue, unfinished, log);
        if ([...results.values()].some(({ status }) => status !== 'completed')) failed();
        // Results of returned jobs no longer match a claim and change nothing.
        return jobs.map(({ id }) => results.get(id) ?? { id, status: 'failed', output: { message: 'given back' } });
      };
    },
    async drain(graceMs, stop) {
      stopping.abort();
      const done = new AbortController();
      const timer = wait(graceMs, undefined, { signal: done.signal }).then(
        () => graceOver.abort(),
        () => undefined,
      );
      try {
        await stop();
      } finally {
        done.abort();
        await timer;
      }
    },
  };
}

/** The job's subject and trace, which its data may name. */
function namesOf(data: object): { subject: string | null; trace: unknown } {
  const { id, trace } = data as { id?: unknown; trace?: unknown };
  return { subject: typeof id === 'string' ? id : null, trace };
}

interface Fault {
  message: string;
  hopeless: boolean;
  outage: boolean;
}

function resultOf(id: string, fault: Fault | undefined): JobResult {
  if (fault === undefined) return { id, status: 'completed' };
  return { id, status: fault.hopeless ? 'deadletter' : 'failed', output: { message: fault.message } };
}

/** @returns undefined when the handler succeeded, else why not. */
async function attempt(
  handler: () => Promise<void>,
  timeout: AbortSignal,
  seconds: number,
  isOutage: (error: unknown) => boolean,
): Promise<Fault | undefined> {
  const late = whenAborted(timeout);
  try {
    return await Promise.race([
      handler().then(() => undefined),
      late.promise.then(() => ({
        message: `the handler took longer than ${seconds} s`,
        hopeless: false,
        outage: false,
      })),
    ]);
  } catch (error) {
    return { message: describeError(error), hopeless: error instanceof HopelessJob, outage: isOutage(error) };
  } finally {
    late.forget();
  }
}

/** A try that failed by an outage uses up no retry. While the database is down neither this nor the failure is stored. */
async function allowOneMore(boss: PgBoss, queue: string, { id, retryCount }: { id: string; retryCount: number }) {
  await boss
    .getDb()
    .executeSql(
      `update pgboss.job set retry_limit = retry_limit + 1 where name = $1 and id = $2 and retry_count = $3 and state = 'active'`,
      [queue, id, retryCount],
    )
    .catch(() => undefined);
}

/**
 * Returns claimed jobs to the queue for an immediate claim. It counts the try and allows one more. This keeps the
 * number of tries, and fences off late results of the abandoned handler.
 */
async function giveBack(boss: PgBoss, queue: string, jobs: Job[], log: JobsLog): Promise<void> {
  for (const { id, retryCount } of jobs) {
    try {
      await boss.getDb().executeSql(
        `with given as (update pgboss.job set state = 'retry', retry_count = retry_count + 1,
           retry_limit = retry_limit + 1, started_on = null, heartbeat_on = null, start_after = now()
           where name = $1 and id = $2 and retry_count = $3 and state = 'active' returning name)
         select ${announced('name')} from given`,
        [queue, id, retryCount],
      );
    } catch (error) {
      if ((error as { code?: unknown }).code === '23505') {
        // A `single` queue already has the next job of this key; that one does the work.
        await boss.complete(queue, { id, retryCount });
      } else {
        log.warn(
          { queue, job: id, error: error instanceof Error ? error.message : '' },
          'the job could not be returned to the queue; it returns when its heartbeat has expired',
        );
      }
    }
  }
}

/** Limits concurrent work to `limit`. */
function createSlots(limit: number): (work: () => Promise<void>) => Promise<void> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}

function whenAborted(signal: AbortSignal): { promise: Promise<void>; forget: () => void } {
  let listener: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    listener = () => resolve();
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', listener, { once: true });
  });
  return { promise, forget: () => signal.removeEventListener('abort', listener) };
}
