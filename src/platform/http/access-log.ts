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
  brokenOff: boolean;
}

/**
 * Reports every finished request: method, pattern, status and time; never a query string, name or code. Request and report
 * run in one step of the caller's trace, or of a new one; jobs that follow carry it.
 */
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
        brokenOff: !res.writableFinished,
      });
    res.once('close', () => within(step, answered));
    within(step, next);
  };
}

export function logRequest(log: Pick<Log, 'info'>, { brokenOff, ...request }: Answered): void {
  log.info(brokenOff ? { ...request, brokenOff } : request, 'request');
}
