import type { Request } from 'express';
import { z } from 'zod';
import { json, METHOD_NOT_ALLOWED, UNAUTHORIZED, UNAVAILABLE, unavailableAnswer } from './platform/http/answers.ts';
import type { Route } from './platform/http/declare-route.ts';
import { Problem } from './platform/http/problem.ts';
import { notReady, type Readiness } from './platform/http/readiness.ts';
import type { Metrics } from './platform/metrics.ts';

/**
 * Whether letters are sent. This is only information for people; it does not decide whether this process may serve
 * requests.
 */
export const Sending = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('open') }),
    z.object({
      state: z.literal('stopped').describe('Sending is stopped because several calls in a row had unknown outcomes.'),
      since: z.iso.datetime(),
      unknownInARow: z.int(),
      nextTry: z.iso.datetime().describe('Time when one letter is sent as a test.'),
      detail: z.string().describe('Result of the last call.'),
    }),
  ])
  .meta({ id: 'Sending', description: 'True if letters are being sent.' });
export type Sending = z.infer<typeof Sending>;

export interface OperationsContext {
  readiness: Readiness;
  sending: () => Promise<Sending>;
  metrics: Metrics;
  mayReadMetrics: (req: Request) => Promise<boolean>;
}

const Alive = z.object({ status: z.literal('alive') });
const Ready = z.object({
  status: z.literal('ready'),
  checks: z.record(z.string(), z.literal('ok')).describe('The state of each dependency that was checked.'),
  sending: Sending,
});

/** Routes for operators: liveness, readiness and metrics. */
export function operationRoutes({ readiness, sending, metrics, mayReadMetrics }: OperationsContext): Route[] {
  const common = { method: 'GET', tag: 'Operations' } as const;
  return [
    {
      ...common,
      path: '/healthz',
      name: 'getHealth',
      summary: 'Is the process alive?',
      description: 'The check uses no dependency.',
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
      summary: 'Can the process serve requests?',
      description:
        'Checks the database, its schema and the job queue, and whether the process is stopping: then it is not ready any more, but still serves requests for `DRAIN_SECONDS`. `sending` is only information and does not change the result.',
      access: 'anyone',
      answers: {
        200: json('It may.', Ready, {
          status: 'ready',
          checks: { process: 'ok', database: 'ok', migrations: 'ok', queue: 'ok' },
          sending: { state: 'open' },
        }),
        405: METHOD_NOT_ALLOWED,
        503: unavailableAnswer('Not ready; `detail` names everything that is not ready.', 'Not ready: database.'),
      },
      handlers: [
        async (_req, res) => {
          res.set('Cache-Control', 'no-store');
          const missing = await notReady(readiness);
          if (missing.length > 0) {
            throw new Problem(503, `Not ready: ${missing.join(', ')}.`, { headers: { 'Retry-After': '5' } });
          }
          const passed = Object.fromEntries(Object.keys(readiness).map((name) => [name, 'ok' as const]));
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
      description:
        'With a token of any role. Without `TRUST_PROXY`, requests from the same host need none; with it every request needs one. The port `METRICS_PORT` needs none.',
      access: 'local-or-token',
      answers: {
        200: {
          description: 'All metrics of this process, and gauges that are read from the database.',
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
          if (!(await mayReadMetrics(req))) {
            const headers = { 'WWW-Authenticate': 'Bearer realm="gramota"' };
            throw new Problem(
              401,
              'Metrics are available only with a token, on the port METRICS_PORT, and without TRUST_PROXY to requests from the same host.',
              {
                headers,
              },
            );
          }
          res.set({ 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).send(await metrics.text());
        },
      ],
    },
  ];
}
