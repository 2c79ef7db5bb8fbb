import type { RequestHandler } from 'express';

/**
 * Makes every path one the router can decode. A segment that is no percent-encoded UTF-8 is taken literally: it names
 * nothing, so it is refused where any unknown name is, in the usual order.
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
 * The path and query of a request target (RFC 9112, 3.2), whether it came as a path or as a whole address; null for
 * what is neither, such as `*`. Express cannot route such a target at all, hence before it.
 */
export function originForm(target: string): string | null {
  const [local = ''] = target.split('#');
  if (local.startsWith('/')) return local;
  if (!URL.canParse(local)) return null;
  const { pathname, search } = new URL(local);
  return pathname.startsWith('/') ? pathname + search : null;
}
