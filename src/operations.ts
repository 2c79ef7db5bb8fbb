import { z } from 'zod';
import { json, METHOD_NOT_ALLOWED, UNAUTHORIZED, UNAVAILABLE, unavailableAnswer } from './platform/http/answers.ts';
import type { Authenticate } from './platform/http/auth.ts';
import type { Route } from './platform/http/declare-route.ts';
import { Problem } from './platform/http/problem.ts';
import { isLocal, type Metrics } from './platform/metrics.ts';

/** Whether letters leave, for people: it says nothing of whether this process may get requests. */
export const Sending = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('open') }),
    z.object({
      state: z.literal('stopped').describe('No letter leaves: the outcomes of calls were unknown in a row.'),
      since: z.iso.datetime(),
      unknownInARow: z.int(),
      nextTry: z.iso.datetime().describe('When one letter tries again.'),
      detail: z.string().describe('What the last call said.'),
    }),
  ])
  .meta({ id: 'Sending', description: 'Whether letters leave.' });
export type Sending = z.infer<typeof Sending>;

export interface OperationsContext {
  /** Readiness check by dependency; one that throws counts as not ready. */
  readiness: Record<string, () => Promise<boolean>>;
  sending: () => Promise<Sending>;
  metrics: Metrics;
  authenticate: Authenticate;
}

const Alive = z.object({ status: z.literal('alive') });
const Ready = z.object({
  status: z.literal('ready'),
  checks: z.record(z.string(), z.literal('ok')).describe('Each dependency that was tried.'),
  sending: Sending,
});

/** What those who run the service ask: is it alive, may it get requests, how much of what. */
export function operationRoutes({ readiness, sending, metrics, authenticate }: OperationsContext): Route[] {
  const common = { method: 'GET', tag: 'Operations' } as const;
  return [
    {
      ...common,
      path: '/healthz',
      name: 'getHealth',
      summary: 'Is the process alive?',
      description: 'Asks no dependency.',
      access: 'anyone',
      answers: { 200: json('It is.', Alive, { status: 'alive' }), 405: METHOD_NOT_ALLOWED },
      handlers: [
        (_req, res) =>
          void res.set('Cache-Control', 'no-store').json({ status: 'alive' } satisfies z.infer<typeof Alive>),
      ],
    },
    {
      ...common,
      path: '/readyz',
      name: 'getReadiness',
      summary: 'May the process get requests?',
      description:
        'Tries the database, the schema and the queue. `sending` is for people: it changes nothing about the answer.',
      access: 'anyone',
      answers: {
        200: json('It may.', Ready, {
          status: 'ready',
          checks: { database: 'ok', migrations: 'ok', queue: 'ok' },
          sending: { state: 'open' },
        }),
        405: METHOD_NOT_ALLOWED,
        503: unavailableAnswer('Not now; `detail` names what is not ready.', 'Not ready: database.'),
      },
      handlers: [
        async (_req, res) => {
          res.set('Cache-Control', 'no-store');
          const checks = await Promise.all(
            Object.entries(readiness).map(async ([name, check]) => ({ name, ready: await check().catch(() => false) })),
          );
          const missing = checks.filter(({ ready }) => !ready).map(({ name }) => name);
          if (missing.length > 0) {
            throw new Problem(503, `Not ready: ${missing.join(', ')}.`, { headers: { 'Retry-After': '5' } });
          }
          const passed = Object.fromEntries(checks.map(({ name }) => [name, 'ok' as const]));
          const ready: z.infer<typeof Ready> = { status: 'ready', checks: passed, sending: await sending() };
          res.json(ready);
        },
      ],
    },
    {
      ...common,
      path: '/metrics',
      name: 'getMetrics',
      summary: 'Metrics for Prometheus',
      description: 'For this host itself, or with a token of any role.',
      access: 'local-or-token',
      answers: {
        200: {
          description: 'All metrics of this process, and gauges of the database.',
          content: {
            'text/plain': { schema: z.string(), example: 'gramota_student_groups{state="sent"} 243\n' },
          },
        },
        401: UNAUTHORIZED,
        405: METHOD_NOT_ALLOWED,
        503: UNAVAILABLE,
      },
      handlers: [
        async (req, res) => {
          if (!isLocal(req) && (await authenticate(req)) === null) {
            const headers = { 'WWW-Authenticate': 'Bearer realm="gramota"' };
            throw new Problem(401, 'Metrics are answered to this host itself, or to a request with a token.', {
              headers,
            });
          }
          res.set({ 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).send(await metrics.text());
        },
      ],
    },
  ];
}
