import type { JobWithMetadata, PgBoss } from 'pg-boss';

export interface QueueSpec {
  name: string;
  /** Retries before the job is dead. */
  retries: number;
  /** First delay between tries in seconds; it doubles each time, with jitter. */
  retryDelaySeconds: number;
  /** Maximum delay between tries in seconds. */
  retryDelayMaxSeconds: number;
  /** Timeout of a handler in seconds; then its signal aborts and the try counts as failed. */
  timeoutSeconds: number;
  /** At most one waiting and one active job per `singletonKey`; further ones are dropped when enqueued. */
  single?: boolean;
}

export interface DeadJob {
  queue: string;
  id: string;
  data: unknown;
  /** Message of the last try's error. */
  error: string;
}

/** Dead jobs of all queues go here. */
export const DEAD_QUEUE = 'dead';

/** A job without a heartbeat for so long is given to another worker. The minimum of pg-boss. */
export const HEARTBEAT_SECONDS = 10;
/** Handlers have their own timeout and crashes are found by the heartbeat; this is only the last resort. */
const EXPIRE_SECONDS = 6 * 3600;
/** Finished jobs are useless, and the queue's housekeeping scans the whole table, so they are deleted soon. */
const KEEP_FINISHED_SECONDS = 600;
/** A dead job is retried until its consumer succeeds. */
const DEAD_RETRIES = 1_000_000;

/**
 * Creates missing queues and updates existing ones to their declared options.
 * @throws Error when `single` was changed
 */
export async function prepareQueues(boss: PgBoss, queues: QueueSpec[]): Promise<void> {
  const common = {
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
    deleteAfterSeconds: KEEP_FINISHED_SECONDS,
    notify: true,
    retryBackoff: true,
  };
  const dead = { ...common, retryLimit: DEAD_RETRIES, retryDelay: 1, retryDelayMax: 60 };
  await boss.createQueue(DEAD_QUEUE, dead);
  await boss.updateQueue(DEAD_QUEUE, dead);
  for (const spec of queues) {
    const options = {
      ...common,
      deadLetter: DEAD_QUEUE,
      retryLimit: spec.retries,
      retryDelay: spec.retryDelaySeconds,
      retryDelayMax: spec.retryDelayMaxSeconds,
    };
    const policy = spec.single ? 'stately' : 'standard';
    await boss.createQueue(spec.name, { ...options, policy });
    await boss.updateQueue(spec.name, options);
    const found = await boss.getQueue(spec.name);
    if (found?.policy !== policy)
      throw new Error(
        `job queue ${spec.name} exists with the policy ${found?.policy}, but the code requires ${policy}: rename the queue`,
      );
  }
}

/** The data that the dead queue has about a dead job. */
export function readDeadJob(job: object): DeadJob {
  const { id, data, sourceName, sourceId, sourceOutput } = job as JobWithMetadata;
  return { queue: sourceName ?? '', id: sourceId ?? id, data, error: errorText(sourceOutput) };
}

/** pg-boss wraps its own errors (timeout, missing heartbeat) one level deeper than ours. */
function errorText(output: unknown): string {
  if (typeof output !== 'object' || output === null) return 'unknown error';
  const { message, value } = output as { message?: unknown; value?: unknown };
  if (typeof message === 'string') return message;
  return typeof value === 'string' ? value : errorText(value);
}
