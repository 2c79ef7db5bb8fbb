import type { Request } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Answered } from './http/access-log.ts';

/** A gauge that is measured on request; when the measurement fails, it is omitted. */
export interface MeasuredGauge {
  name: string;
  help: string;
  labels: string[];
  read: () => Promise<{ labels: Record<string, string>; value: number }[]>;
}

export interface Metrics {
  observe(answered: Answered): void;
  countWebhook(source: string, type: string): void;
  contentType: string;
  text(): Promise<string>;
}

/** Prometheus metrics of one process, with their own registry. */
export function createMetrics(measures: MeasuredGauge[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'gramota_http_request_seconds',
    help: 'Time to respond to a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const webhooks = new Counter({
    name: 'gramota_webhooks_total',
    help: 'Accepted webhooks, by source and type',
    labelNames: ['source', 'type'],
    registers: [registry],
  });
  for (const { name, help, labels, read } of measures) {
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      async collect() {
        this.reset();
        const rows = await read().catch(() => []);
        for (const row of rows) this.set(row.labels, row.value);
      },
    });
  }
  return {
    observe: ({ method, route, status, ms }) => requests.observe({ method, route, status: String(status) }, ms / 1000),
    countWebhook: (source, type) => webhooks.inc({ source, type }),
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
