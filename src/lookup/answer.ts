import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { Problem, sendProblem } from '../platform/http/problem.ts';
import type { LookupRecord } from '../records/certificates/lookup.ts';
import { askedOf, queryOf } from './asked.ts';
import { certificatePage } from './certificate-page.ts';
import { httpStatusOf, statusOf, toLookupObject } from './lookup-object.ts';
import { chooseLanguage, type Page } from './page-frame.ts';
import { CERTIFICATE_POLICY } from './page-policy.ts';
import type { Site } from './page-view.ts';
import { missPage } from './search-page.ts';
import type { PageLanguage } from './texts/page-texts.ts';

/** What an address answers where `Accept` prefers neither of the two. */
export type Default = 'html' | 'json';

export function wantsHtml(req: Request, otherwise: Default): boolean {
  const order = otherwise === 'html' ? ['text/html', 'application/json'] : ['application/json', 'text/html'];
  const best = req.accepts(order);
  return best === false ? otherwise === 'html' : best === 'text/html';
}

export function languageFor(req: Request, diploma: string | null): PageLanguage {
  // `*`, which stands for a missing header too, is no known language: whoever takes any has no wish.
  return chooseLanguage(req.query['lang'], req.acceptsLanguages(), diploma);
}

/** @param diploma language of the diploma, where there is one */
export function pageFor(req: Request, diploma: string | null): Page {
  // Counted in what was asked, not in what it decodes to: a coded slash is no step.
  const steps = req.path.split('/').length - 2;
  return { language: languageFor(req, diploma), root: steps === 0 ? './' : '../'.repeat(steps) };
}

export function sendPage(res: Response, status: number, page: string): void {
  res.status(status).set('Content-Type', 'text/html; charset=utf-8').send(Buffer.from(page));
}

/** As `res.json`, in one piece with its headers. The tag is of all that is told, so that a revocation changes it. */
function sendJson(req: Request, res: Response, status: number, body: object): void {
  const text = JSON.stringify(body);
  res.statusCode = status;
  res.setHeader('ETag', `"${createHash('sha256').update(text).digest('base64url')}"`);
  if (req.fresh) {
    res.status(304).end();
    return;
  }
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  res.end(text);
}

/** The lookup object or its page: 200, 410 for what was revoked or erased; 404 for every kind of miss. */
export function answerRecord(
  req: Request,
  res: Response,
  record: LookupRecord | null,
  { otherwise, site, now }: { otherwise: Default; site: Site; now: Date },
): void {
  if (record === null) {
    answerMiss(req, res, otherwise);
    return;
  }
  const status = httpStatusOf(statusOf(record, now));
  if (!wantsHtml(req, otherwise)) {
    sendJson(req, res, status, toLookupObject(record, site.publicUrl, now));
    return;
  }
  const page = pageFor(req, record.facts?.language ?? null);
  res.set('Content-Security-Policy', CERTIFICATE_POLICY);
  sendPage(res, status, certificatePage(record, page, { site, now, wanted: Number(req.query['version']) || null }));
}

/** Programs get one body for every kind of miss; people get what they typed, and what its form alone tells. */
export function answerMiss(req: Request, res: Response, otherwise: Default): void {
  if (!wantsHtml(req, otherwise)) {
    sendProblem(res, new Problem(404, 'No certificate was found.'));
    return;
  }
  // A code in the address stays in the links to other languages by itself.
  const inAddress = req.params['code'] !== undefined;
  const asked = askedOf(inAddress ? req.params : req.query);
  sendPage(res, 404, missPage(pageFor(req, null), asked, inAddress ? '' : queryOf(asked)));
}
