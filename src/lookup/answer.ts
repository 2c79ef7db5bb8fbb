import { hash } from 'node:crypto';
import type { Request, Response } from 'express';
import { Problem, sendProblem } from '../platform/http/problem.ts';
import type { LookupRecord } from '../records/certificates/lookup.ts';
import { certificatePage } from './certificate-page.ts';
import { httpStatusOf, statusOf, toLookupObject } from './lookup-object.ts';
import { chooseLanguage, type Page } from './page-frame.ts';
import { CERTIFICATE_POLICY } from './page-policy.ts';
import { baseLanguage, type Site } from './page-view.ts';
import type { School } from './school.ts';
import { queryOf, readSearchInput } from './search-input.ts';
import { missPage } from './search-page.ts';
import type { PageLanguage } from './texts/page-texts.ts';
import type { Translations } from './translations.ts';

/** The format of the response when the `Accept` header prefers none. */
export type Default = 'html' | 'json';

export function wantsHtml(req: Request, otherwise: Default): boolean {
  const order = otherwise === 'html' ? ['text/html', 'application/json'] : ['application/json', 'text/html'];
  const best = req.accepts(order);
  return best === false ? otherwise === 'html' : best === 'text/html';
}

export function languageFor(req: Request, diploma: string | null): PageLanguage {
  // `*` and a missing header mean no preference.
  return chooseLanguage(req.query['lang'], req.acceptsLanguages(), diploma);
}

/** @param diploma language of the diploma, or null */
export function pageFor(req: Request, school: School, diploma: string | null): Page {
  // Counts segments of the path as requested: an encoded slash does not separate segments.
  const steps = req.path.split('/').length - 2;
  return { language: languageFor(req, diploma), root: steps === 0 ? './' : '../'.repeat(steps), school };
}

export function sendPage(res: Response, status: number, page: string): void {
  res.status(status).set('Content-Type', 'text/html; charset=utf-8').send(Buffer.from(page));
}

/**
 * Like `res.json`, but the text is encoded once, not for hash, length and socket each. The ETag covers the whole answer, so
 * a revocation changes it.
 */
function sendJson(req: Request, res: Response, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  res.statusCode = status;
  res.setHeader('ETag', `"${hash('sha256', bytes, 'base64url')}"`);
  if (req.fresh) {
    res.status(304).end();
    return;
  }
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': bytes.length,
  });
  res.end(bytes);
}

/** What answers with a page need. */
export interface Answering extends Site {
  translations: Translations;
}

/**
 * Answers with the lookup object or its page: 200, 410 for revoked or erased certificates, 404 for every kind of
 * miss.
 */
export async function answerRecord(
  req: Request,
  res: Response,
  record: LookupRecord | null,
  { otherwise, site, now }: { otherwise: Default; site: Answering; now: Date },
): Promise<void> {
  if (record === null) {
    answerMiss(req, res, site.school, otherwise);
    return;
  }
  const status = httpStatusOf(statusOf(record, now));
  if (!wantsHtml(req, otherwise)) {
    sendJson(req, res, status, toLookupObject(record, site.publicUrl, now));
    return;
  }
  const diploma = record.facts?.language ?? null;
  const page = pageFor(req, site.school, diploma);
  const isForeign = diploma !== null && baseLanguage(diploma) !== page.language;
  const release = isForeign ? await site.translations(record.releaseId) : null;
  res.set('Content-Security-Policy', CERTIFICATE_POLICY);
  const wanted = Number(req.query['version']) || null;
  sendPage(res, status, certificatePage(record, page, { site, now, wanted, release }));
}

/** JSON misses have one body for every kind of miss. HTML misses repeat the input and hints about its form. */
export function answerMiss(req: Request, res: Response, school: School, otherwise: Default): void {
  if (!wantsHtml(req, otherwise)) {
    sendProblem(res, new Problem(404, 'No certificate was found.'));
    return;
  }
  // Links to other languages keep a code in the path anyway.
  const inAddress = req.params['code'] !== undefined;
  const asked = readSearchInput(inAddress ? req.params : req.query);
  sendPage(res, 404, missPage(pageFor(req, school, null), asked, inAddress ? '' : queryOf(asked)));
}
