import type { Request } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Answered } from './http/access-log.ts';
import type { JobDone } from './jobs/job-batches.ts';
import { createMeasure, type MeasuredGauge } from './measured-gauge.ts';

/** One finished call to LMS or mail provider. */
export interface Called {
  service: string;
  /** Name of the operation, such as `pullOne`. */
  call: string;
  outcome: string;
  /** Waiting for the gate included. */
  ms: number;
}

export interface Metrics {
  observe(answered: Answered): void;
  countWebhook(source: string, type: string): void;
  countJob(done: JobDone): void;
  countCall(called: Called): void;
  /** How long a call waited for its slot and its moment. */
  countGateWait(gate: string, ms: number): void;
  contentType: string;
  text(): Promise<string>;
}

const FAST = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const SLOW = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600];

/** Prometheus metrics of one process, with their own registry. */
export function createMetrics(measures: readonly MeasuredGauge[]): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // The default of 10 ms wakes an idle process a hundred times a second.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  const requests = new Histogram({
    name: 'gramota_http_request_seconds',
    help: 'Time to respond to a request',
    labelNames: ['method', 'route', 'status'],
    buckets: FAST,
    registers,
  });
  const webhooks = new Counter({
    name: 'gramota_webhooks_total',
    help: 'Accepted webhooks, by source and type',
    labelNames: ['source', 'type'],
    registers,
  });
  const jobs = new Histogram({
    name: 'gramota_job_seconds',
    help: 'Time of one try of a job, by queue and outcome: done, failed (it is tried again), dead, given-back',
    labelNames: ['queue', 'outcome'],
    buckets: SLOW,
    registers,
  });
  const calls = new Histogram({
    name: 'gramota_call_seconds',
    help: 'Time of a call to LMS or mail provider, waiting for the gate included, by service, call and outcome',
    labelNames: ['service', 'call', 'outcome'],
    buckets: SLOW,
    registers,
  });
  const waits = new Histogram({
    name: 'gramota_gate_wait_seconds',
    help: 'How long a call waited for its turn, because of the rate and concurrency that all processes share',
    labelNames: ['gate'],
    buckets: SLOW,
    registers,
  });
  for (const measure of measures) {
    const { name, help, labels } = measure;
    const read = createMeasure(measure);
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers,
      async collect() {
        const rows = await read();
        this.reset();
        for (const row of rows) this.set(row.labels, row.value);
      },
    });
  }
  return {
    observe: ({ method, route, status, ms }) => requests.observe({ method, route, status: String(status) }, ms / 1000),
    countWebhook: (source, type) => webhooks.inc({ source, type }),
    countJob: ({ queue, outcome, ms }) => jobs.observe({ queue, outcome }, ms / 1000),
    countCall: ({ service, call, outcome, ms }) => calls.observe({ service, call, outcome }, ms / 1000),
    countGateWait: (gate, ms) => waits.observe({ gate }, ms / 1000),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/** Whether a request comes from this host without a proxy; behind a proxy every caller would look local. */
export function isLocal(req: Request): boolean {
  const { forwarded, 'x-forwarded-for': forwardedFor, via } = req.headers;
  const proxied = forwarded !== undefined || forwardedFor !== undefined || via !== undefined;
  return !proxied && LOOPBACK.test(req.socket.remoteAddress ?? '');
}
