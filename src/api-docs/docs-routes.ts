import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { METHOD_NOT_ALLOWED, NOT_MODIFIED } from '../platform/http/answers.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { describeApi, type OpenApi } from '../platform/http/openapi.ts';
import { aboutApi } from './docs-about.ts';
import { DOCS_POLICY, docsPage } from './docs-page.ts';

/**
 * The routes `/openapi.json` and `/docs`. Both documents are created on the first request.
 * @param routes all routes, including these two
 */
export function documentationRoutes(publicUrl: string, routes: () => readonly Route[]): Route[] {
  const document = once(() => describeApi(routes(), aboutApi(publicUrl)));
  const common = { method: 'GET', tag: 'Documentation', access: 'anyone' } as const;
  const TAG = { ETag: 'The ETag changes whenever the contents change.' };
  return [
    {
      ...common,
      path: '/openapi.json',
      name: 'getOpenApi',
      summary: 'This API description as OpenAPI 3.1',
      answers: {
        200: {
          description: 'The document.',
          content: {
            'application/json': {
              schema: z
                .looseObject({ openapi: z.string() })
                .meta({ id: 'OpenApi', description: 'An OpenAPI document.' }),
              example: { openapi: '3.1.1' },
            },
          },
          headers: TAG,
        },
        304: NOT_MODIFIED,
        405: METHOD_NOT_ALLOWED,
      },
      handlers: [
        send(
          'application/json; charset=utf-8',
          once(() => writeDocument(document())),
        ),
      ],
    },
    {
      ...common,
      path: '/docs',
      name: 'getDocs',
      summary: 'This API description as a web page',
      answers: {
        200: {
          description: 'The page.',
          content: { 'text/html': { schema: z.string(), example: '<!doctype html>…' } },
          headers: TAG,
        },
        304: NOT_MODIFIED,
        405: METHOD_NOT_ALLOWED,
      },
      handlers: [
        (_req, res, next) => {
          res.set('Content-Security-Policy', DOCS_POLICY);
          next();
        },
        send(
          'text/html; charset=utf-8',
          once(() => docsPage(document(), publicUrl)),
        ),
      ],
    },
  ];
}

/** The text of openapi.json, as committed and as served. */
export function writeDocument(document: OpenApi): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function send(type: string, make: () => string): RequestHandler {
  const made = once(() => {
    const bytes = Buffer.from(make());
    return { bytes, tag: `"${createHash('sha256').update(bytes).digest('hex')}"` };
  });
  return (req, res) => {
    const { bytes, tag } = made();
    res.set({ 'Content-Type': type, ETag: tag, 'Cache-Control': 'no-cache', 'Access-Control-Allow-Origin': '*' });
    if (req.fresh) res.status(304).end();
    else res.send(bytes);
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
