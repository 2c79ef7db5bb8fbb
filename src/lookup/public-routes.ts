import { createHash } from 'node:crypto';
import type { ErrorRequestHandler, Express, Request, RequestHandler } from 'express';
import { z } from 'zod';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { parseInput } from '../platform/http/validate.ts';
import { answerMiss, answerRecord, pageFor, sendPage, wantsHtml } from './answer.ts';
import { numberPage } from './certificate-page.ts';
import { COMPARE_SCRIPT } from './compare-script.ts';
import { declareFiles, type FileContext } from './file-routes.ts';
import { findByCode, findByNumber } from './find.ts';
import { httpStatusOf, toLookupObject, toNumberObject } from './lookup-object.ts';
import { FORM_POLICY } from './page-policy.ts';
import { answerPreflight } from './preflight.ts';
import { limitPerAddress } from './rate-limit.ts';
import { readSearchInput } from './search-input.ts';
import { refusedPage, searchPage } from './search-page.ts';

export type LookupContext = FileContext;

/** Public for all origins, not indexed by search engines, never cached: a revocation is visible at once. */
const publicHeaders: RequestHandler = (_req, res, next) => {
  res.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'ETag, Retry-After, X-Request-Id',
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': FORM_POLICY,
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Robots-Tag': 'noindex',
  });
  res.vary('Accept, Accept-Language');
  next();
};

/** Declares the routes of the public lookup. They write nothing except rate-limit counters. */
export function declareLookup(app: Express, ctx: LookupContext): void {
  for (const prefix of ['/c', '/certificates/lookup']) app.use(prefix, publicHeaders, answerPreflight);
  declareRoute(app, '/', {
    GET: [publicHeaders, (req, res) => sendPage(res, 200, searchPage(pageFor(req, null)))],
  });
  declareRoute(app, '/c/:code', {
    GET: [
      async (req, res) => {
        const record = await findByCode(ctx.db, pathParam(req, 'code'));
        answerRecord(req, res, record, { otherwise: 'html', site: ctx, now: ctx.clock.now() });
      },
    ],
  });
  declareFiles(app, ctx);
  declareRoute(app, '/check-file.js', { GET: [publicHeaders, sendCheckScript] });
  const limit = limitPerAddress(ctx.db);
  declareRoute(app, '/certificates/lookup', {
    GET: [(req, res, next) => (isFormAsked(req) ? next() : limit(req, res, next)), lookUp(ctx)],
  });
  app.use('/certificates/lookup', refusedAsPage);
}

const SCRIPT_TAG = `"${createHash('sha256').update(COMPARE_SCRIPT).digest('hex')}"`;

const sendCheckScript: RequestHandler = (req, res) => {
  res.set({ ETag: SCRIPT_TAG, 'Content-Type': 'text/javascript; charset=utf-8' });
  if (req.fresh) res.status(304).end();
  else res.send(Buffer.from(COMPARE_SCRIPT));
};

function isFormAsked(req: Request): boolean {
  const { code, number, surname } = req.query;
  return wantsHtml(req, 'json') && [code, number, surname].every((value) => value === undefined);
}

/** Forms send empty fields; treat them as absent. */
const Field = z
  .string('expected one value')
  .transform((text) => (text.trim() === '' ? undefined : text))
  .optional();
const LookupQuery = z
  .object({ code: Field, number: Field, surname: Field })
  .superRefine(({ code, number, surname }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if (code !== undefined && (number !== undefined || surname !== undefined)) {
      refuse('code', 'expected either code, or number and surname, not both');
    } else if (code === undefined && number === undefined && surname === undefined) {
      refuse('code', 'expected either code, or number and surname');
    } else if (code === undefined && number === undefined) refuse('number', 'expected together with surname');
    else if (code === undefined && surname === undefined) refuse('surname', 'expected together with number');
  });

function lookUp(ctx: LookupContext): RequestHandler {
  return async (req, res) => {
    if (isFormAsked(req)) {
      sendPage(res, 200, searchPage(pageFor(req, null)));
      return;
    }
    const { code, number = '', surname = '' } = parseInput(LookupQuery, { ...req.query });
    const now = ctx.clock.now();
    if (code !== undefined) {
      const record = await findByCode(ctx.db, code);
      answerRecord(req, res, record, { otherwise: 'json', site: ctx, now });
      return;
    }
    const record = await findByNumber(ctx.db, number, surname);
    const found = record && toLookupObject(record, ctx.publicUrl, now);
    if (!record || !found || found.status === 'erased') {
      answerMiss(req, res, 'json');
      return;
    }
    const answer = toNumberObject(found);
    const status = httpStatusOf(answer.status);
    if (!wantsHtml(req, 'json')) res.status(status).json(answer);
    else sendPage(res, status, numberPage(answer, record, pageFor(req, record.facts?.language ?? null)));
  };
}

/** Browsers get the form again with the fault; programs get the problem document. */
const refusedAsPage: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const refused = error instanceof Problem && (error.status === 400 || error.status === 429);
  if (!refused || !wantsHtml(req, 'json')) {
    next(error);
    return;
  }
  res.set(error.headers);
  sendPage(
    res,
    error.status,
    refusedPage(pageFor(req, null), error.status === 429 ? 'tooMany' : 'badQuery', readSearchInput(req.query)),
  );
};
