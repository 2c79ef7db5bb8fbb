import type { RequestHandler } from 'express';

/**
 * Makes every path decodable for the router. A segment that is not percent-encoded UTF-8 is taken literally; as it
 * matches no name, it gets the usual 404.
 */
export const readTarget: RequestHandler = (req, _res, next) => {
  if (req.url.includes('%')) {
    const end = req.url.search(/[?#]/);
    const path = end < 0 ? req.url : req.url.slice(0, end);
    req.url = path.split('/').map(literalUnlessEncoded).join('/') + (end < 0 ? '' : req.url.slice(end));
  }
  next();
};

function literalUnlessEncoded(segment: string): string {
  try {
    decodeURIComponent(segment);
    return segment;
  } catch {
    return segment.replaceAll('%', '%25');
  }
}

/**
 * Path and query of a request target (RFC 9112, 3.2), which may be a path or an absolute address; null for anything
 * else, such as `*`. Express cannot route such targets, so this runs before it.
 */
export function originForm(target: string): string | null {
  const [local = ''] = target.split('#');
  if (local.startsWith('/')) return local;
  if (!URL.canParse(local)) return null;
  const { pathname, search } = new URL(local);
  return pathname.startsWith('/') ? pathname + search : null;
}
