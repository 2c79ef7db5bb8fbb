import type { RequestHandler } from 'express';

const WELL_FORMED = /^[A-Za-z0-9._~:+/=@-]{1,128}$/;

/** Sets `X-Request-Id` on every answer: the caller's id if it is well-formed, else a new one. */
export function nameRequest(newId: () => string): RequestHandler {
  return (req, res, next) => {
    const given = req.headers['x-request-id'];
    res.setHeader('X-Request-Id', typeof given === 'string' && WELL_FORMED.test(given) ? given : newId());
    next();
  };
}
