import type { RequestHandler } from 'express';
import { Problem } from './problem.ts';

/**
 * Makes every request target one the router can read. A segment that is no percent-encoded UTF-8 is taken literally:
 * it names nothing, so it is refused where any unknown name is, in the usual order.
 */
export const readTarget: RequestHandler = (req, _res, next) => {
  const target = req.url.startsWith('/') ? req.url : originForm(req.url);
  if (target === null) throw new Problem(400, 'The request target is no path.');
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  const rest = end < 0 ? '' : target.slice(end).replace(/#.*$/s, '');
  req.url = path.split('/').map(literalUnlessEncoded).join('/') + rest;
  next();
};

function originForm(target: string): string | null {
  try {
    const { pathname, search } = new URL(target);
    return pathname.startsWith('/') ? pathname + search : null;
  } catch {
    return null;
  }
}

function literalUnlessEncoded(segment: string): string {
  try {
    decodeURIComponent(segment);
    return segment;
  } catch {
    return segment.replaceAll('%', '%25');
  }
}
