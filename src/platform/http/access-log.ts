import type { Request, RequestHandler } from 'express';
import type { Log } from '../log.ts';
import { beginStep, during, follow, unfollow } from '../trace.ts';
import { routeOf } from './declare-route.ts';
import { keepStep } from './request-step.ts';

/** A request that was answered or aborted by its client. `route` is the pattern without values. */
export interface Answered {
  method: string;
  route: string;
  status: number;
  ms: number;
  requestId: string;
  brokenOff: boolean;
}

/** So long a request whose client has left is followed; a statement ends after 30 s. */
const BROKEN_OFF_MS = 60_000;

/**
 * Reports every finished request: method, pattern, status and time; never a query string, name or code. Request and report
 * run in one step of the caller's trace, or of a new one; jobs that follow carry it.
 * @param isBrief requests from which nothing follows: their step is told with the report and with errors, but not followed
 */
export function watchRequests(
  now: () => Date,
  tell: (answered: Answered) => void,
  isBrief: (req: Request) => boolean,
): RequestHandler {
  return (req, res, next) => {
    const begun = now().getTime();
    const step = beginStep(req.headers['traceparent']);
    keepStep(res, step);
    const isFollowed = !isBrief(req);
    res.once('close', () => {
      const answered = {
        method: req.method,
        route: routeOf(res),
        status: res.statusCode,
        ms: now().getTime() - begun,
        requestId: String(res.getHeader('X-Request-Id')),
        brokenOff: !res.writableFinished,
      };
      during(step, () => tell(answered));
      if (!isFollowed) return;
      // What a client no longer waits for goes on all the same, and so do the jobs that follow from it.
      if (answered.brokenOff) setTimeout(unfollow, BROKEN_OFF_MS).unref();
      else unfollow();
    });
    if (isFollowed) follow(step, next);
    else next();
  };
}

export function logRequest(log: Pick<Log, 'info'>, { brokenOff, ...request }: Answered): void {
  log.info(brokenOff ? { ...request, brokenOff } : request, 'request');
}
