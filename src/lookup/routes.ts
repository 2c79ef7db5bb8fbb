import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { Problem, unavailable } from '../platform/problem.ts';
import { declareRoute, pathParam } from '../platform/routes.ts';
import { parseInput } from '../platform/validate.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { Clock } from '../ports/clock.ts';
import type { LookupRecord, LookupVersion } from '../records/lookup.ts';
import type { Db } from '../records/rows.ts';
import { answerMiss, answerRecord, languageFor, sendPage, wantsHtml } from './answer.ts';
import { numberPage } from './certificate-page.ts';
import { findByCode, findByNumber } from './find.ts';
import { PAGE_STYLE_SOURCE } from './page-style.ts';
import { limitPerAddress } from './rate-limit.ts';
import { refusedPage, searchPage } from './search-page.ts';
import { httpStatusOf, statusOf, toLookupObject, toNumberObject } from './standing.ts';

export interface LookupContext {
  db: Db;
  artefacts: Artefacts;
  clock: Pick<Clock, 'now'>;
  /** Without a trailing slash. */
  publicUrl: string;
}

const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${PAGE_STYLE_SOURCE}`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Public, read by anybody from anywhere, kept out of search engines, and asked for anew each time: revocation shows at once. */
const publicHeaders: RequestHandler = (_req, res, next) => {
  res.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'ETag, Retry-After, X-Request-Id',
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': PAGE_POLICY,
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Robots-Tag': 'noindex',
  });
  res.vary('Accept, Accept-Language');
  next();
};

/** What a browser asks before it lets a page of another site read the answer. */
const answerPreflight: RequestHandler = (req, res, next) => {
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

/** Routes of the public lookup; none of them writes anything but the count of requests. */
export function declareLookup(app: Express, ctx: LookupContext): void {
  for (const prefix of ['/c', '/certificates/lookup']) app.use(prefix, publicHeaders, answerPreflight);
  declareRoute(app, '/', {
    GET: [publicHeaders, (req, res) => sendPage(res, 200, searchPage(languageFor(req, null)))],
  });
  declareRoute(app, '/c/:code', {
    GET: [
      async (req, res) => {
        const record = await findByCode(ctx.db, pathParam(req, 'code'));
        answerRecord(req, res, record, { otherwise: 'html', publicUrl: ctx.publicUrl, now: ctx.clock.now() });
      },
    ],
  });
  declareRoute(app, '/c/:code/diploma.pdf', { GET: [sendDiploma(ctx)] });
  declareRoute(app, '/c/:code/credential.json', { GET: [sendCredential(ctx)] });
  const limit = limitPerAddress(ctx.db);
  declareRoute(app, '/certificates/lookup', {
    GET: [(req, res, next) => (isFormAsked(req) ? next() : limit(req, res, next)), lookUp(ctx)],
  });
  app.use('/certificates/lookup', refusedAsPage);
}

function isFormAsked(req: Request): boolean {
  const { code, number, surname } = req.query;
  return wantsHtml(req, 'json') && [code, number, surname].every((value) => value === undefined);
}

/** Blank counts as absent: forms send what was left empty. */
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
      sendPage(res, 200, searchPage(languageFor(req, null)));
      return;
    }
    const { code, number = '', surname = '' } = parseInput(LookupQuery, { ...req.query });
    const now = ctx.clock.now();
    if (code !== undefined) {
      const record = await findByCode(ctx.db, code);
      answerRecord(req, res, record, { otherwise: 'json', publicUrl: ctx.publicUrl, now });
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
    else sendPage(res, status, numberPage(answer, record, languageFor(req, record.facts?.language ?? null)));
  };
}

/** People get the form again, with what was wrong; programs get the problem. */
const refusedAsPage: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const refused = error instanceof Problem && (error.status === 400 || error.status === 429);
  if (!refused || !wantsHtml(req, 'json')) {
    next(error);
    return;
  }
  res.set(error.headers);
  sendPage(res, error.status, refusedPage(languageFor(req, null), error.status === 429 ? 'tooMany' : 'badQuery'));
};

/** The stored bytes, the newest version's unless `?version=` names another. */
function sendDiploma(ctx: LookupContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'diploma');
    if (record === null) return;
    const version = chooseVersion(record, req.query['version']);
    res.set({ ETag: `"${version.sha256}"`, 'Content-Type': 'application/pdf' });
    res.set('Content-Disposition', `inline; filename="${fileName(record.number)}"`);
    // A browser's own viewer of PDF needs styles and images of its own.
    res.removeHeader('Content-Security-Policy');
    await sendStored(ctx, req, res, version.sha256);
  };
}

/** Forms of a credential in the order in which they are preferred where nobody asks for one. */
const CREDENTIAL_JSON = ['application/json', 'application/ld+json', 'application/vc', 'application/vc+ld+json'];
const CREDENTIAL_JWT = ['application/vc+jwt', 'application/jwt'];

/** The signed credential as it is attached to the diploma, with its embedded proof or, where asked for, as a token. */
function sendCredential(ctx: LookupContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'credential');
    if (record === null) return;
    const { credential } = chooseVersion(record, req.query['version']);
    if (credential === null) throw new Problem(404, 'This certificate was issued without a credential.');
    const type = req.accepts([...CREDENTIAL_JSON, ...CREDENTIAL_JWT]) || 'application/json';
    const sha256 = CREDENTIAL_JWT.includes(type) ? credential.jwtSha256 : credential.jsonSha256;
    res.set({ ETag: `"${sha256}"`, 'Content-Type': type });
    await sendStored(ctx, req, res, sha256);
  };
}

/** What is told of a miss and of what was revoked or erased is told here already: null then. */
async function findStanding(
  ctx: LookupContext,
  req: Request,
  res: Response,
  what: 'diploma' | 'credential',
): Promise<LookupRecord | null> {
  const record = await findByCode(ctx.db, pathParam(req, 'code'));
  const now = ctx.clock.now();
  const status = record && statusOf(record, now);
  if (record === null || status === null) answerMiss(req, res, 'json');
  else if (httpStatusOf(status) === 200) return record;
  else if (!wantsHtml(req, 'json')) throw new Problem(410, `This ${what} has been ${status}.`);
  else answerRecord(req, res, record, { otherwise: 'json', publicUrl: ctx.publicUrl, now });
  return null;
}

/** Stored bytes under their hash, which is their ETag already. */
async function sendStored(ctx: LookupContext, req: Request, res: Response, sha256: string): Promise<void> {
  if (req.fresh) {
    res.status(304).end();
    return;
  }
  const bytes = await ctx.artefacts.get(sha256);
  if (bytes === null) throw unavailable('What is stored cannot be reached now; try again later.', 30);
  res.send(bytes);
}

function chooseVersion(record: LookupRecord, wanted: unknown): LookupVersion {
  if (wanted !== undefined && !(typeof wanted === 'string' && /^[1-9]\d{0,5}$/.test(wanted))) {
    const errors = [{ pointer: '/version', detail: 'expected a whole number from 1' }];
    throw new Problem(400, 'The request does not have the expected form; see errors.', { errors });
  }
  const found = record.versions.find(({ version }) => wanted === undefined || version === Number(wanted));
  if (found === undefined) throw new Problem(404, 'This certificate has no such version.');
  return found;
}

/** ASCII, so that no header and no file system stumbles. */
function fileName(number: string): string {
  const plain = number.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[._-]+/, '');
  return /[A-Za-z0-9]/.test(plain) ? `${plain}.pdf` : 'diploma.pdf';
}
