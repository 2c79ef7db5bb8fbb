import type { Express, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { message } from '../../domain/messages/message.ts';
import type { AnswerDescription } from './answers.ts';
import { Problem } from './problem.ts';

export type Method = 'GET' | 'POST' | 'PATCH';

/** Who may call a route: anybody; a token with at least a role; this host or a token; or the LMS with its signature. */
export type Access = 'anyone' | 'viewer' | 'coordinator' | 'admin' | 'local-or-token' | 'lms-signature';

/** The description of a request body; the handlers parse the body themselves. */
export interface BodyDescription {
  schema: z.ZodType;
  example: unknown;
  mediaType: string;
  description?: string;
  required: boolean;
}

/**
 * One method of one path: its description and its handlers. Routes are registered only by `mountRoutes`, so every route has
 * a description.
 */
export interface Route {
  method: Method;
  /** Path pattern in the syntax of express: `/c/:code`. */
  path: string;
  /** Unique name, the `operationId` of OpenAPI and the anchor in `/docs`. */
  name: string;
  tag: string;
  summary: string;
  description?: string | undefined;
  access: Access;
  /** Parts of the path, by name. */
  params?: z.ZodObject | undefined;
  query?: z.ZodType | undefined;
  headers?: z.ZodObject | undefined;
  body?: BodyDescription | undefined;
  /** All possible answers of the handlers, by status. */
  answers: Record<number, AnswerDescription>;
  handlers: RequestHandler[];
}

/**
 * Registers routes. Other methods of their paths get 405 with `Allow`. Log and metrics contain the path's pattern, never
 * its values.
 */
export function mountRoutes(app: Express, routes: readonly Route[]): void {
  for (const path of new Set(routes.map((route) => route.path)))
    mountPath(
      app,
      path,
      routes.filter((route) => route.path === path),
    );
}

function mountPath(app: Express, pattern: string, routes: Route[]): void {
  const allow = allowedMethods(routes);
  const route = app.route(pattern);
  route.all((_req, res, next) => {
    res.locals['route'] = pattern;
    next();
  });
  for (const { method, handlers } of routes) {
    if (method === 'GET') route.get(...handlers);
    else if (method === 'POST') route.post(...handlers);
    else route.patch(...handlers);
  }
  route.options((_req, res) => void res.status(204).set('Allow', allow).end());
  route.all((req) => {
    throw new Problem(405, message('http.method', { method: req.method, allowed: allow }), {
      headers: { Allow: allow },
    });
  });
}

function allowedMethods(routes: Route[]): string {
  return (['GET', 'POST', 'PATCH'] as const)
    .filter((method) => routes.some((route) => route.method === method))
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .concat('OPTIONS')
    .join(', ');
}

/** The path pattern of the route that answered, for log lines and metrics. */
export function routeOf(res: Response): string {
  const pattern: unknown = res.locals['route'];
  return typeof pattern === 'string' ? pattern : '(none)';
}

/** A decoded segment of the path. */
export function pathParam(req: Request, name: string): string {
  const value = req.params[name];
  return typeof value === 'string' ? value : '';
}
