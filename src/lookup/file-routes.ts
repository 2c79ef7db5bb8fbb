import type { Express, Request, RequestHandler, Response } from 'express';
import { bakePng } from '../credential/baked-png.ts';
import { diplomaFileName } from '../domain/certificate/diploma-file-name.ts';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { Problem, unavailable } from '../platform/http/problem.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { Clock } from '../ports/clock.ts';
import { type Pictures, PicturesBusy } from '../ports/pictures.ts';
import type { LookupRecord, LookupVersion } from '../records/certificates/lookup.ts';
import type { Db } from '../records/rows.ts';
import { answerMiss, answerRecord, wantsHtml } from './answer.ts';
import { credentialForm } from './credential-forms.ts';
import { findByCode } from './find.ts';
import { awaitsCredential, httpStatusOf, statusOf } from './lookup-object.ts';
import { chooseLanguage } from './page-frame.ts';
import { shareCardOf } from './page-head.ts';
import { type Site, viewOf } from './page-view.ts';

export interface FileContext extends Site {
  db: Db;
  artefacts: Artefacts;
  pictures: Pictures;
  clock: Pick<Clock, 'now'>;
}

/** What a certificate's page leads to: the diploma, its credential and its pictures. */
export function declareFiles(app: Express, ctx: FileContext): void {
  declareRoute(app, '/c/:code/diploma.pdf', { GET: [sendDiploma(ctx)] });
  declareRoute(app, '/c/:code/credential.json', { GET: [sendCredential(ctx)] });
  declareRoute(app, '/c/:code/diploma.png', { GET: [sendPicture(ctx)] });
  declareRoute(app, '/c/:code/og.png', { GET: [sendShareCard(ctx)] });
  declareRoute(app, '/c/:code/badge.png', { GET: [sendBadge(ctx)] });
}

/** The stored bytes, the newest version's unless `?version=` names another. */
function sendDiploma(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'diploma');
    if (record === null) return;
    const version = chooseVersion(record, req.query['version']);
    res.set({ ETag: `"${version.sha256}"`, 'Content-Type': 'application/pdf' });
    res.set('Content-Disposition', `inline; filename="${fileName(record, version)}.pdf"`);
    // A browser's own viewer of PDF needs styles and images of its own.
    res.removeHeader('Content-Security-Policy');
    await sendStored(ctx, req, res, version.sha256);
  };
}

/** The signed credential as it is attached to the diploma, with its embedded proof or, where asked for, as a token. */
function sendCredential(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'credential');
    if (record === null) return;
    const version = chooseVersion(record, req.query['version']);
    const { credential } = version;
    if (credential === null) throw new Problem(404, 'This certificate was issued without a credential.');
    if (awaitsCredential(record, version)) throw notYet();
    const { form, type } = credentialForm(req);
    const sha256 = credential[`${form}Sha256`];
    res.set({ ETag: `"${sha256}"`, 'Content-Type': type });
    await sendStored(ctx, req, res, sha256);
  };
}

/** Part of the tags of pictures: raised when they are made in another way. */
const EDITION = 'a';

/** The first page as a picture, made of the stored bytes when it is first asked for. */
function sendPicture(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'picture');
    if (record === null) return;
    const { sha256 } = chooseVersion(record, req.query['version']);
    await sendMade(req, res, sha256, () => ctx.pictures.firstPage(sha256, () => ctx.artefacts.get(sha256)));
  };
}

/** The picture of a shared link, in the diploma's language: whoever asks for it speaks for no reader. */
function sendShareCard(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'picture');
    if (record === null) return;
    const language = chooseLanguage(null, [], record.facts?.language ?? null);
    const shown = { page: { language, root: './' }, site: ctx, now: ctx.clock.now(), wanted: null };
    const view = viewOf(record, shown);
    if (view === null) throw new Problem(404, 'There is no such picture.');
    await sendMade(req, res, `card-${view.newest.sha256}`, () => ctx.pictures.card(shareCardOf(view)));
  };
}

/** A badge with the credential baked in: a picture that wallets and verifiers of Open Badges read. */
function sendBadge(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'picture');
    if (record === null) return;
    const version = chooseVersion(record, req.query['version']);
    const { credential, facts } = version;
    if (credential === null || facts === null)
      throw new Problem(404, 'This certificate was issued without a credential.');
    if (awaitsCredential(record, version)) throw notYet();
    res.set('Content-Disposition', `inline; filename="${fileName(record, version)}.badge.png"`);
    await sendMade(req, res, `badge-${credential.jsonSha256}`, async () => {
      const json = await ctx.artefacts.get(credential.jsonSha256);
      const { templateId, language, courseTitle: title, issuer, issueDate } = facts;
      const badge = { templateId, language, title, issuer: issuer.name, year: issueDate.slice(0, 4) };
      return json === null ? null : bakePng(await ctx.pictures.badge(badge), json);
    });
  };
}

const notYet = (): Problem =>
  unavailable('The certificate is valid again, and its new credential is being made; try again later.', 60);

/** @param of what the picture follows from */
async function sendMade(req: Request, res: Response, of: string, make: () => Promise<Buffer | null>): Promise<void> {
  res.set({ ETag: `"${of}-${EDITION}"`, 'Content-Type': 'image/png' });
  if (req.fresh) {
    res.status(304).end();
    return;
  }
  const bytes = await make().catch((error: unknown) => {
    if (error instanceof PicturesBusy) throw unavailable('Too many pictures are wanted now; try again later.', 5);
    throw error;
  });
  if (bytes === null) throw unavailable('What is stored cannot be reached now; try again later.', 30);
  res.send(bytes);
}

/** What is told of a miss and of what was revoked or erased is told here already: null then. */
async function findStanding(
  ctx: FileContext,
  req: Request,
  res: Response,
  what: 'diploma' | 'credential' | 'picture',
): Promise<LookupRecord | null> {
  const record = await findByCode(ctx.db, pathParam(req, 'code'));
  const now = ctx.clock.now();
  const status = record && statusOf(record, now);
  if (record === null || status === null) answerMiss(req, res, 'json');
  else if (httpStatusOf(status) === 200) return record;
  else if (!wantsHtml(req, 'json')) throw new Problem(410, `This ${what} has been ${status}.`);
  else answerRecord(req, res, record, { otherwise: 'json', site: ctx, now });
  return null;
}

/** Stored bytes under their hash, which is their ETag already. */
async function sendStored(ctx: FileContext, req: Request, res: Response, sha256: string): Promise<void> {
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

/** What the letter calls it too. */
function fileName({ number }: LookupRecord, { facts }: LookupVersion): string {
  return diplomaFileName(facts ?? { number, holderName: '', latinName: null });
}
