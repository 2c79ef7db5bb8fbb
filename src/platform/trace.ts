import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

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

/**
 * Starts a step: of the caller's trace if `traceparent` names one, else of the current one, else of a new one.
 * @param traceparent W3C Trace Context; a malformed one is ignored
 */
export function beginStep(traceparent: unknown): TraceStep {
  const [, given, from] = (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || [];
  const step = current.getStore();
  const spanId = randomBytes(8).toString('hex');
  if (given !== undefined) return { traceId: given, spanId, parentId: from ?? null };
  return { traceId: step?.traceId ?? randomBytes(16).toString('hex'), spanId, parentId: step?.spanId ?? null };
}

/** Runs `work` as this step: its log lines and the jobs that follow from it name its trace. */
export function within<T>(step: TraceStep, work: () => T): T {
  return current.run(step, work);
}

export function currentStep(): TraceStep | undefined {
  return current.getStore();
}

/** Id of the current trace, for log lines. */
export function currentTrace(): string | undefined {
  return current.getStore()?.traceId;
}

/** The current step as `traceparent`, for what follows from it in another process. */
export function currentTraceparent(): string | undefined {
  const step = current.getStore();
  return step && `00-${step.traceId}-${step.spanId}-01`;
}
