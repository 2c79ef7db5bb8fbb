import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** One step of a trace, named as W3C Trace Context does. Ids are lower-case hex: 32 and 16 characters. */
export interface TraceStep {
  traceId: string;
  spanId: string;
  /** The step from which this one follows, maybe in another process; null for the first one. */
  parentId: string | null;
}

const current = new AsyncLocalStorage<TraceStep>();

/** https://www.w3.org/TR/trace-context/#traceparent-header, version 00; ids of zeros only are invalid. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/** Random bytes for the next ids: to ask the system for each id costs more than all the rest of a step. */
const random = Buffer.alloc(4096);
let used = random.length;

function randomId(bytes: number): string {
  if (used + bytes > random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += bytes;
  return random.toString('hex', used - bytes, used);
}

/**
 * Starts a step: of the caller's trace if `traceparent` names one, else of the current one, else of a new one.
 * @param traceparent W3C Trace Context; a malformed one is ignored
 */
export function beginStep(traceparent: unknown): TraceStep {
  const [, given, from] = (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || [];
  const step = currentStep();
  const spanId = randomId(8);
  if (given !== undefined) return { traceId: given, spanId, parentId: from ?? null };
  return { traceId: step?.traceId ?? randomId(16), spanId, parentId: step?.spanId ?? null };
}

/** Steps that are followed now. */
let followed = 0;
/** The step of what runs at this moment and waits for nothing. */
let told: TraceStep | undefined;

/** Runs `work` as this step: its log lines and the jobs that follow from it name its trace, for ever. */
export function within<T>(step: TraceStep, work: () => T): T {
  followed += 1;
  return current.run(step, work);
}

/**
 * Runs `work` as this step, as `within` does, until `unfollow` is called once. While a step is followed Node watches every
 * promise of the process (before Node 24 that is a fifth of the cost of a lookup), so it stops with the last one.
 */
export function follow(step: TraceStep, work: () => void): void {
  followed += 1;
  current.run(step, work);
}

export function unfollow(): void {
  followed -= 1;
  if (followed === 0) current.disable();
}

/** Runs `work`, which waits for nothing, as this step: for steps that are not followed, or not any more. */
export function during<T>(step: TraceStep | undefined, work: () => T): T {
  const before = told;
  told = step ?? before;
  try {
    return work();
  } finally {
    told = before;
  }
}

export function currentStep(): TraceStep | undefined {
  return told ?? current.getStore();
}

/** Id of the current trace, for log lines. */
export function currentTrace(): string | undefined {
  return currentStep()?.traceId;
}

/** The current step as `traceparent`, for what follows from it in another process. */
export function currentTraceparent(): string | undefined {
  const step = currentStep();
  return step && `00-${step.traceId}-${step.spanId}-01`;
}
