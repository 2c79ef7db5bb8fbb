import type { Express, Request, RequestHandler, Response } from 'express';
import { Problem } from './problem.ts';

type Method = 'GET' | 'POST' | 'PATCH';

/**
 * Declares all methods of one address, so that every other method is 405 with `Allow`, and the log and metrics know the
 * address by its pattern, never by what stood in it.
 */
export function declareRoute(app: Express, pattern: string, methods: Partial<Record<Method, RequestHandler[]>>): void {
  const allow = (['GET', 'POST', 'PATCH'] as const)
    .flatMap((method) => (methods[method] === undefined ? [] : method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .concat('OPTIONS')
    .join(', ');
  const route = app.route(pattern);
  route.all((_req, res, next) => {
    res.locals['route'] = pattern;
    next();
  });
  if (methods.GET) route.get(...methods.GET);
  if (methods.POST) route.post(...methods.POST);
  if (methods.PATCH) route.patch(...methods.PATCH);
  route.options((_req, res) => void res.status(204).set('Allow', allow).end());
  route.all((req) => {
    throw new Problem(405, `${req.method} is not allowed here; allowed: ${allow}.`, { headers: { Allow: allow } });
  });
}

/** The pattern of the address that answered, for log lines and metrics. */
export function routeOf(res: Response): string {
  const pattern: unknown = res.locals['route'];
  return typeof pattern === 'string' ? pattern : '(none)';
}

/** A decoded segment of the path. */
export function pathParam(req: Request, name: string): string {
  const value = req.params[name];
  return typeof value === 'string' ? value : '';
}
