import type { Express } from 'express';
import type { Authenticate } from './platform/http/auth.ts';
import { declareRoute } from './platform/http/declare-route.ts';
import { Problem } from './platform/http/problem.ts';
import { isLocal, type Metrics } from './platform/metrics.ts';

export interface OperationsContext {
  /** Readiness check by dependency; one that throws counts as not ready. */
  readiness: Record<string, () => Promise<boolean>>;
  /** Whether letters are sent, for people; it does not affect the readiness of this process. */
  sending: () => Promise<object>;
  metrics: Metrics;
  authenticate: Authenticate;
}

/** Routes for operators: liveness, readiness, metrics. */
export function declareOperations(
  app: Express,
  { readiness, sending, metrics, authenticate }: OperationsContext,
): void {
  declareRoute(app, '/healthz', {
    GET: [(_req, res) => void res.set('Cache-Control', 'no-store').json({ status: 'alive' })],
  });
  declareRoute(app, '/readyz', {
    GET: [
      async (_req, res) => {
        res.set('Cache-Control', 'no-store');
        const checks = await Promise.all(
          Object.entries(readiness).map(async ([name, check]) => ({ name, ready: await check().catch(() => false) })),
        );
        const missing = checks.filter(({ ready }) => !ready).map(({ name }) => name);
        if (missing.length > 0) {
          throw new Problem(503, `Not ready: ${missing.join(', ')}.`, { headers: { 'Retry-After': '5' } });
        }
        const passed = Object.fromEntries(checks.map(({ name }) => [name, 'ok']));
        res.json({ status: 'ready', checks: passed, sending: await sending() });
      },
    ],
  });
  declareRoute(app, '/metrics', {
    GET: [
      async (req, res) => {
        if (!isLocal(req) && (await authenticate(req)) === null) {
          const headers = { 'WWW-Authenticate': 'Bearer realm="gramota"' };
          throw new Problem(401, 'Metrics are for this host itself or with a token.', { headers });
        }
        res.set({ 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).send(await metrics.text());
      },
    ],
  });
}
