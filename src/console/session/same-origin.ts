import type { Request, RequestHandler } from 'express';
import { message } from '../../domain/messages/message.ts';
import { Problem } from '../../platform/http/problem.ts';
import { sessionIdOf } from './session-cookie.ts';

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a form that another site sent (CSRF): by `Sec-Fetch-Site`, or by `Origin` of browsers without it. A request
 * with a session cookie that has neither header is refused too.
 * @param publicOrigin the origin of PUBLIC_URL
 */
export function refuseForeignForms(publicOrigin: string): RequestHandler {
  return (req, _res, next) => {
    if (!READING.has(req.method) && !isOwnForm(req, publicOrigin)) throw new Problem(403, message('http.foreign-form'));
    next();
  };
}

function isOwnForm(req: Request, publicOrigin: string): boolean {
  const site = req.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin';
  const origin = req.get('Origin');
  if (origin !== undefined) return origin === publicOrigin || origin === `${req.protocol}://${req.get('Host') ?? ''}`;
  return sessionIdOf(req) === null;
}
