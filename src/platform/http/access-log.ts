import type { RequestHandler } from 'express';
import type { Log } from '../log.ts';
import { beginSpan, within } from '../trace.ts';
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
    const span = beginSpan('request', 'server', req.headers['traceparent']);
    res.once('close', () => {
      const { method } = req;
      const route = routeOf(res);
      const status = res.statusCode;
      const attributes = { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status };
      span.end({ name: `${method} ${route}`, attributes, failed: status >= 500 });
      tell({
        method,
        route,
        status,
        ms: now().getTime() - begun,
        requestId: String(res.getHeader('X-Request-Id')),
        trace: span.traceId,
        brokenOff: !res.writableFinished,
      });
    });
    within(span, next);
  };
}

export function logRequest(log: Pick<Log, 'info'>, { brokenOff, ...request }: Answered): void {
  log.info(brokenOff ? { ...request, brokenOff } : request, 'request');
}
