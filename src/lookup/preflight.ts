import type { RequestHandler } from 'express';

/** Answers CORS preflight requests. */
export const answerPreflight: RequestHandler = (req, res, next) => {
  if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) {
    next();
    return;
  }
  res.set({
    'Access-Control-Allow-Methods': 'GET, HEAD',
    'Access-Control-Allow-Headers': 'Accept, If-None-Match, X-Request-Id',
    'Access-Control-Max-Age': '86400',
  });
  res.status(204).end();
};
