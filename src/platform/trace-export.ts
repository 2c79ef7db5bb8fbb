import { createHttpClient } from './http/http.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { beginStep, currentStep, type TraceStep } from './trace.ts';

/** One finished step, as it is exported. */
interface Span {
  name: string;
  kind: keyof typeof KINDS;
  step: TraceStep;
  endedAt: Date;
  /** Milliseconds. */
  ms: number;
  failed: boolean;
  /** Ids and codes only. */
  attributes: Record<string, string | number | null>;
}

/** `SpanKind` of OpenTelemetry. */
const KINDS = { server: 2, client: 3, consumer: 5 } as const;
const ERROR = 2;

const EVERY_MS = 5_000;
const BATCH = 512;
/** Older spans are dropped when the receiver is down, so that memory stays bounded. */
const KEPT = 4_096;
const DEADLINE_MS = 10_000;

export interface TraceExportOptions {
  /** Address of the receiver without `/v1/traces`. */
  endpoint: string;
  /** Headers of each request, for example with a token. */
  headers: Record<string, string>;
  serviceName: string;
  /** `serve` or `work`. */
  role: string;
  log: Log;
  now: () => Date;
}

/**
 * Posts finished steps in batches to a receiver of OpenTelemetry (OTLP/HTTP with JSON,
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp). A receiver that is down costs nothing but its spans.
 */
export function createTraceExport(options: TraceExportOptions) {
  const http = createHttpClient();
  const url = new URL(`${options.endpoint.replace(/\/+$/, '')}/v1/traces`);
  let waiting: Span[] = [];
  let isFailing = false;
  let sending: Promise<void> = Promise.resolve();
  const timer = setInterval(() => void flush(), EVERY_MS);
  timer.unref();

  function add(span: Span): void {
    waiting.push(span);
    if (waiting.length > KEPT) waiting = waiting.slice(-KEPT);
    if (waiting.length === BATCH) void flush();
  }

  function flush(): Promise<void> {
    sending = sending.then(async () => {
      while (waiting.length > 0) if (!(await post(waiting.splice(0, BATCH)))) return;
    });
    return sending;
  }

  async function post(spans: Span[]): Promise<boolean> {
    const headers = { 'content-type': 'application/json', ...options.headers };
    const body = JSON.stringify(bodyOf(spans, options));
    const status = await http.exchange({ method: 'POST', url, headers, body, deadlineMs: DEADLINE_MS }).then(
      (answer) => answer.status,
      () => null,
    );
    const isTaken = status !== null && status >= 200 && status < 300;
    if (!isTaken && !isFailing)
      options.log.warn({ event: 'traces-not-taken', status }, 'the receiver of traces does not take them');
    isFailing = !isTaken;
    return isTaken;
  }

  return {
    add,
    /** Posts what waits, and stops. */
    async close(): Promise<void> {
      clearInterval(timer);
      await flush();
      await http.close();
    },
  };
}
export type TraceExport = ReturnType<typeof createTraceExport>;

/** The same metrics; whatever is counted with a time becomes a span too. */
export function traceToo(metrics: Metrics, traces: Pick<TraceExport, 'add'>, now: () => Date): Metrics {
  const span = (step: TraceStep, rest: Omit<Span, 'step' | 'endedAt'>): void =>
    traces.add({ step, endedAt: now(), ...rest });
  return {
    ...metrics,
    observe(answered) {
      metrics.observe(answered);
      const step = currentStep();
      if (step === undefined) return;
      const { method, route, status, ms, requestId } = answered;
      const attributes = {
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        'gramota.request_id': requestId,
      };
      span(step, { name: `${method} ${route}`, kind: 'server', ms, failed: status >= 500, attributes });
    },
    countJob(done) {
      metrics.countJob(done);
      const step = currentStep();
      if (step === undefined) return;
      const { queue, id, subject, attempt, ms, outcome } = done;
      const attributes = {
        'gramota.job': id,
        'gramota.subject': subject,
        'gramota.attempt': attempt,
        'gramota.outcome': outcome,
      };
      span(step, { name: queue, kind: 'consumer', ms, failed: outcome === 'failed' || outcome === 'dead', attributes });
    },
    countCall(called) {
      metrics.countCall(called);
      const { service, call, outcome, ms } = called;
      const attributes = { 'peer.service': service, 'gramota.outcome': outcome };
      const failed = outcome === 'failed' || outcome === 'unavailable';
      span(beginStep(undefined), { name: `${service} ${call}`, kind: 'client', ms, failed, attributes });
    },
  };
}

/** `ExportTraceServiceRequest` in the JSON form of Protocol Buffers; times are nanoseconds as text. */
function bodyOf(spans: readonly Span[], { serviceName, role }: TraceExportOptions): unknown {
  const attributes = attributesOf({ 'service.name': serviceName, 'service.instance.id': `${role}-${process.pid}` });
  return {
    resourceSpans: [
      { resource: { attributes }, scopeSpans: [{ scope: { name: 'gramota' }, spans: spans.map(toJson) }] },
    ],
  };
}

function toJson({ name, kind, step, endedAt, ms, failed, attributes }: Span): unknown {
  const end = endedAt.getTime();
  return {
    traceId: step.traceId,
    spanId: step.spanId,
    ...(step.parentId === null ? {} : { parentSpanId: step.parentId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(end - ms),
    endTimeUnixNano: nanoseconds(end),
    attributes: attributesOf(attributes),
    status: failed ? { code: ERROR } : {},
  };
}

const nanoseconds = (ms: number): string => `${Math.round(ms)}000000`;

const attributesOf = (values: Record<string, string | number | null>) =>
  Object.entries(values).flatMap(([key, value]) =>
    value === null
      ? []
      : [{ key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } }],
  );
