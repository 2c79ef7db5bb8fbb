import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** One timed step of a trace, as OpenTelemetry defines it. Ids are lower-case hex: 32 and 16 characters. */
export interface Span {
  traceId: string;
  spanId: string;
  parentId: string | null;
  name: string;
  kind: 'server' | 'consumer' | 'client';
  /** Unix time in milliseconds. */
  begun: number;
  ended: number;
  /** Ids and codes only, never a name, an address or a query string. */
  attributes: Record<string, string | number>;
  failed: boolean;
}

/** A span that has not ended yet. */
export interface OpenSpan extends Pick<Span, 'traceId' | 'spanId'> {
  end(result: { name?: string; attributes?: Span['attributes']; failed: boolean }): void;
}

const current = new AsyncLocalStorage<OpenSpan>();
let sink: ((span: Span) => void) | null = null;

/** Sends all spans of this process that end from now on to `to`; null (the default): they are not kept. */
export function keepSpans(to: typeof sink): void {
  sink = to;
}

/** https://www.w3.org/TR/trace-context/#traceparent-header, version 00; ids of zeros only are invalid. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/**
 * Starts a span: of the caller's trace if `traceparent` names one, else of the current one, else of a new one.
 * @param traceparent W3C Trace Context; a malformed one is ignored
 */
export function beginSpan(name: string, kind: Span['kind'], traceparent?: unknown): OpenSpan {
  const [, givenTrace, givenSpan] = (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || [];
  const around = current.getStore();
  const traceId = givenTrace ?? around?.traceId ?? randomBytes(16).toString('hex');
  const parentId = givenSpan ?? around?.spanId ?? null;
  const spanId = randomBytes(8).toString('hex');
  const begun = Date.now();
  return {
    traceId,
    spanId,
    end: (result) =>
      sink?.({ traceId, spanId, parentId, name, kind, begun, ended: Date.now(), attributes: {}, ...result }),
  };
}

/** Runs `work` with this span as the current one. */
export function within<T>(span: OpenSpan, work: () => T): T {
  return current.run(span, work);
}

/** Id of the current trace, for log lines. */
export function currentTrace(): string | undefined {
  return current.getStore()?.traceId;
}

/** The current span as `traceparent`, for what follows from it in another process. */
export function currentTraceparent(): string | undefined {
  const span = current.getStore();
  return span && `00-${span.traceId}-${span.spanId}-01`;
}
