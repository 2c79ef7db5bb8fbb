import type { RequestHandler } from 'express';
import type { Log } from '../log.ts';
import { beginStep, within } from '../trace.ts';
import { routeOf } from './declare-route.ts';

/** A request that was answered or aborted by its client. `route` is the pattern without values. */
export interface Answered {
  method: string;
  route: string;
  status: number;
  ms: number;
  requestId: string;
  /** Id of the trace: the caller's if it sent a `traceparent`, else a new one. Jobs that follow carry it. */
  trace: string;
  brokenOff: boolean;
}

/** Reports every finished request: method, pattern, status and time; never a query string, name or code. */
export function watchRequests(now: () => Date, tell: (answered: Answered) => void): RequestHandler {
  return (req, res, next) => {
    const begun = now().getTime();
    const step = beginStep(req.headers['traceparent']);
    const answered = (): void =>
      tell({
        method: req.method,
        route: routeOf(res),
        status: res.statusCode,
        ms: now().getTime() - begun,
        requestId: String(res.getHeader('X-Request-Id')),
        trace: step.traceId,
        brokenOff: !res.writableFinished,
      });
    res.once('close', () => within(step, answered));
    within(step, next);
  };
}

export function logRequest(log: Pick<Log, 'info'>, { brokenOff, ...request }: Answered): void {
  log.info(brokenOff ? { ...request, brokenOff } : request, 'request');
}
