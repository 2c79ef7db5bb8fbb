import type { ErrorRequestHandler, Express, Request, RequestHandler } from 'express';
import { z } from 'zod';
import { either, json, METHOD_NOT_ALLOWED, NOT_MODIFIED, problemAnswer, TOO_MANY } from '../platform/http/answers.ts';
import { pathParam, type Route } from '../platform/http/declare-route.ts';
import { limitPerAddress } from '../platform/http/limit-per-address.ts';
import { Problem } from '../platform/http/problem.ts';
import { parseInput } from '../platform/http/validate.ts';
import { answerMiss, answerRecord, pageFor, sendPage, wantsHtml } from './answer.ts';
import { numberPage } from './certificate-page.ts';
import { type FileContext, fileRoutes, VersionNumber } from './file-routes.ts';
import { findByCode, findByNumber } from './find.ts';
import {
  COMMON,
  CodeParam,
  FOUND,
  GONE,
  htmlPage,
  LANGUAGE,
  LOOKUP_EXAMPLE,
  MISS,
  PageQuery,
} from './lookup-answers.ts';
import {
  ErasedObject,
  httpStatusOf,
  LookupObject,
  NumberObject,
  toLookupObject,
  toNumberObject,
} from './lookup-object.ts';
import { assetRoutes } from './page-assets.ts';
import { FORM_POLICY } from './page-policy.ts';
import { answerPreflight } from './preflight.ts';
import type { School } from './school.ts';
import { readSearchInput } from './search-input.ts';
import { refusedPage, searchPage } from './search-page.ts';
import { createTranslations } from './translations.ts';

export type LookupContext = Omit<FileContext, 'translations'>;

const LIMIT = {
  name: 'lookup',
  perMinute: 30,
  detail: 'Too many lookups from this address; try again after the number of seconds in Retry-After.',
};

/**
 * Public for all origins, not indexed by search engines, never used from a cache without asking: a revocation is visible
 * at once. Most answers show a name, so only the reader's own cache may keep them.
 */
const publicHeaders: RequestHandler = (_req, res, next) => {
  for (const [name, value] of PUBLIC) res.setHeader(name, value);
  next();
};
const PUBLIC = Object.entries({
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
  'Cache-Control': 'private, no-cache',
  'Content-Security-Policy': FORM_POLICY,
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Robots-Tag': 'noindex',
  Vary: 'Accept, Accept-Language',
});

const ADDRESSES = ['/c', '/certificates/lookup'];

/** Whether a request is for the public addresses: it begins nothing that goes on after its answer. */
export function isLookup({ url }: Request): boolean {
  return ADDRESSES.some(
    (prefix) => url.startsWith(prefix) && /^($|[/?])/.test(url.slice(prefix.length, prefix.length + 1)),
  );
}

/** Headers of all responses from the public addresses, errors included. */
export function guardLookup(app: Express): void {
  for (const prefix of ADDRESSES) app.use(prefix, publicHeaders, answerPreflight);
}

/** Handles refused lookups; register it after the routes. */
export function answerRefusedLookup(app: Express, { school }: Pick<LookupContext, 'school'>): void {
  app.use('/certificates/lookup', refusedAsPage(school));
}

/** Routes of the public lookup. They write nothing except the number of requests. */
export function lookupRoutes(deps: LookupContext): Route[] {
  const ctx: FileContext = { ...deps, translations: createTranslations(deps.db, deps.clock) };
  const common = { method: 'GET', tag: 'Lookup', access: 'anyone' } as const;
  const limit = limitPerAddress(ctx.db, LIMIT);
  return [
    {
      ...common,
      path: '/',
      name: 'getSearchPage',
      summary: 'Show the search page',
      query: PageQuery,
      answers: { 200: htmlPage('The search form for certificates.'), 405: METHOD_NOT_ALLOWED },
      handlers: [publicHeaders, (req, res) => sendPage(res, 200, searchPage(pageFor(req, ctx.school, null)))],
    },
    {
      ...common,
      path: '/c/:code',
      name: 'getCertificateByCode',
      summary: 'Verify a certificate by its code',
      description: 'The page that the QR code opens; JSON if the `Accept` header prefers it.',
      params: CodeParam,
      query: z.object({ ...LANGUAGE, version: VersionNumber.describe('Show this older version on the page.') }),
      answers: { 200: FOUND, 304: NOT_MODIFIED, 404: MISS, 410: GONE, ...COMMON },
      handlers: [
        async (req, res) => {
          const record = await findByCode(ctx.db, pathParam(req, 'code'));
          await answerRecord(req, res, record, { otherwise: 'html', site: ctx, now: ctx.clock.now() });
        },
      ],
    },
    ...fileRoutes(ctx),
    ...assetRoutes(publicHeaders, ctx.school.look),
    {
      ...common,
      path: '/certificates/lookup',
      name: 'lookUpCertificate',
      summary: 'Find a certificate by code, or by number and surname',
      description:
        'Use either `code`, or `number` with `surname`. A wrong number and a wrong surname give the same response. At most 30 requests a minute per client address; `RateLimit-Policy` and `RateLimit` tell the limit, what is left of it and when it starts again. Without parameters, a client that prefers HTML gets the search form.',
      query: LookupQuery,
      answers: {
        200: either(
          'The certificate is valid or expired.',
          htmlPage(''),
          json('', z.union([LookupObject, NumberObject]), LOOKUP_EXAMPLE),
        ),
        304: NOT_MODIFIED,
        400: either('A parameter is missing, or there are too many.', htmlPage(''), BAD_LOOKUP),
        404: MISS,
        410: either(
          'The certificate was revoked or erased; the response still contains its status.',
          htmlPage(''),
          json('', z.union([LookupObject, ErasedObject, NumberObject]), { ...LOOKUP_EXAMPLE, status: 'revoked' }),
        ),
        429: either(TOO_MANY.description, htmlPage(''), TOO_MANY),
        ...COMMON,
      },
      handlers: [(req, res, next) => (isFormAsked(req) ? next() : limit(req, res, next)), lookUp(ctx)],
    },
  ];
}

const BAD_LOOKUP = problemAnswer(400, '', 'The request does not have the expected form; see errors.', {
  errors: [{ pointer: '/code', detail: 'expected either code, or number and surname' }],
});

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
  .object({
    code: Field.describe('The code as printed, with or without dashes.').meta({ example: 'K7Q2M9XHDA3TR6WB8ZNE5VJ4P' }),
    number: Field.describe('The certificate number; requires `surname`.'),
    surname: Field.describe('Any word of the name, in the native or the Latin script.'),
    ...LANGUAGE,
  })
  .superRefine(({ code, number, surname }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if (code !== undefined && (number !== undefined || surname !== undefined)) {
      refuse('code', 'expected either code, or number and surname, not both');
    } else if (code === undefined && number === undefined && surname === undefined) {
      refuse('code', 'expected either code, or number and surname');
    } else if (code === undefined && number === undefined) refuse('number', 'required together with surname');
    else if (code === undefined && surname === undefined) refuse('surname', 'required together with number');
  });

function lookUp(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    if (isFormAsked(req)) {
      sendPage(res, 200, searchPage(pageFor(req, ctx.school, null)));
      return;
    }
    const { code, number = '', surname = '' } = parseInput(LookupQuery, { ...req.query });
    const now = ctx.clock.now();
    if (code !== undefined) {
      const record = await findByCode(ctx.db, code);
      await answerRecord(req, res, record, { otherwise: 'json', site: ctx, now });
      return;
    }
    const record = await findByNumber(ctx.db, number, surname);
    const found = record && toLookupObject(record, ctx.publicUrl, now);
    if (!record || !found || found.status === 'erased') {
      answerMiss(req, res, ctx.school, 'json');
      return;
    }
    const answer = toNumberObject(found);
    const status = httpStatusOf(answer.status);
    if (!wantsHtml(req, 'json')) res.status(status).json(answer);
    else sendPage(res, status, numberPage(answer, record, pageFor(req, ctx.school, record.facts?.language ?? null)));
  };
}

/** Browsers get the form again with the fault; programs get the problem document. */
const refusedAsPage =
  (school: School): ErrorRequestHandler =>
  (error: unknown, req, res, next) => {
    const refused = error instanceof Problem && (error.status === 400 || error.status === 429);
    if (!refused || !wantsHtml(req, 'json')) {
      next(error);
      return;
    }
    res.set(error.headers);
    sendPage(
      res,
      error.status,
      refusedPage(
        pageFor(req, school, null),
        error.status === 429 ? 'tooMany' : 'badQuery',
        readSearchInput(req.query),
      ),
    );
  };
