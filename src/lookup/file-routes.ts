import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { bakePng } from '../credential/baked-png.ts';
import { diplomaFileName } from '../domain/certificate/diploma-file-name.ts';
import {
  type AnswerDescription,
  BAD_REQUEST,
  BYTES,
  either,
  METHOD_NOT_ALLOWED,
  NOT_MODIFIED,
  problemAnswer,
  unavailableAnswer,
} from '../platform/http/answers.ts';
import { pathParam, type Route } from '../platform/http/declare-route.ts';
import { clientOf } from '../platform/http/limit-per-address.ts';
import { Problem, unavailable } from '../platform/http/problem.ts';
import { stepOf } from '../platform/http/request-step.ts';
import { parseInput } from '../platform/http/validate.ts';
import type { Log } from '../platform/log.ts';
import { during } from '../platform/trace.ts';
import { type Artefacts, ArtefactsFault } from '../ports/artefacts.ts';
import type { Clock } from '../ports/clock.ts';
import { type Pictures, PicturesBusy } from '../ports/pictures.ts';
import type { LookupRecord, LookupVersion } from '../records/certificates/lookup.ts';
import type { Db } from '../records/rows.ts';
import { type Answering, answerMiss, answerRecord, wantsHtml } from './answer.ts';
import { CREDENTIAL_FORMS, credentialForm } from './credential-forms.ts';
import { findByCode } from './find.ts';
import { CodeParam, htmlPage, TAG } from './lookup-answers.ts';
import { awaitsCredential, httpStatusOf, statusOf } from './lookup-object.ts';
import { chooseLanguage } from './page-frame.ts';
import { shareCardOf } from './page-head.ts';
import { viewOf } from './page-view.ts';

export interface FileContext extends Answering {
  db: Db;
  artefacts: Artefacts;
  pictures: Pictures;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** `?version=`: an older version; without it the newest version is returned. */
export const VersionNumber = z
  .string('expected a whole number of at least 1')
  .regex(/^[1-9]\d{0,5}$/, 'expected a whole number of at least 1')
  .optional()
  .describe('Number of the version; default: the newest version.')
  .meta({ example: '1' });
const VersionQuery = z.object({ version: VersionNumber });

const REVOKED = either(
  'The certificate was revoked or erased.',
  htmlPage(''),
  problemAnswer(410, '', 'This diploma has been revoked.'),
);
const NOT_THERE = either(
  'No certificate was found, or it has no such version or file.',
  htmlPage(''),
  problemAnswer(404, '', 'No certificate was found.'),
);
const LATER = unavailableAnswer(
  'The database or the stored file cannot be reached, or the file is still being made: try again after `Retry-After`.',
  'The stored file cannot be read now; try again later.',
);
const NAMED = { 'Content-Disposition': 'File name for saving the file.' };

/** Files that a certificate's page links to: the diploma, its credential and its images. */
export function fileRoutes(ctx: FileContext): Route[] {
  const common = { method: 'GET', tag: 'Lookup', access: 'anyone', params: CodeParam } as const;
  const refusals = { 400: BAD_REQUEST, 404: NOT_THERE, 405: METHOD_NOT_ALLOWED, 410: REVOKED, 503: LATER };
  const picture = (description: string, headers: Record<string, string> = {}): AnswerDescription => ({
    description,
    content: { 'image/png': { schema: BYTES } },
    headers: { ...TAG, ...headers },
  });
  return [
    {
      ...common,
      path: '/c/:code/diploma.pdf',
      name: 'getDiploma',
      summary: 'The PDF of the diploma, as it was mailed',
      query: VersionQuery,
      answers: {
        200: {
          description: 'Exactly the bytes of the mailed file.',
          content: { 'application/pdf': { schema: BYTES } },
          headers: { ...TAG, ...NAMED },
        },
        304: NOT_MODIFIED,
        ...refusals,
      },
      handlers: [sendDiploma(ctx)],
    },
    {
      ...common,
      path: '/c/:code/credential.json',
      name: 'getCredential',
      summary: 'The signed credential',
      description:
        'Open Badges 3.0, as attached to the diploma: with an embedded proof, or as a JWT if the `Accept` header asks for one.',
      query: VersionQuery,
      answers: {
        200: { description: 'The credential.', content: CREDENTIAL_FORMS, headers: TAG },
        304: NOT_MODIFIED,
        ...refusals,
      },
      handlers: [sendCredential(ctx)],
    },
    {
      ...common,
      path: '/c/:code/diploma.png',
      name: 'getDiplomaPicture',
      summary: 'The first page of the diploma as an image',
      query: VersionQuery,
      answers: { 200: picture('The picture.'), 304: NOT_MODIFIED, ...refusals },
      handlers: [sendPicture(ctx)],
    },
    {
      ...common,
      path: '/c/:code/og.png',
      name: 'getShareCard',
      summary: 'The preview image for links in social networks',
      description: 'The image does not contain the name of the holder.',
      answers: {
        200: picture('The picture.'),
        304: NOT_MODIFIED,
        404: NOT_THERE,
        405: METHOD_NOT_ALLOWED,
        410: REVOKED,
        503: LATER,
      },
      handlers: [sendShareCard(ctx)],
    },
    {
      ...common,
      path: '/c/:code/badge.png',
      name: 'getBadge',
      summary: 'A badge image that contains the credential',
      description: 'An image that wallets and verifiers of Open Badges can read.',
      query: VersionQuery,
      answers: { 200: picture('The badge.', NAMED), 304: NOT_MODIFIED, ...refusals },
      handlers: [sendBadge(ctx)],
    },
  ];
}

/** Sends the stored bytes; of the newest version unless `?version=` names another. */
function sendDiploma(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'diploma');
    if (record === null) return;
    const version = chooseVersion(record, req.query);
    res.set({ ETag: `"${version.sha256}"`, 'Content-Type': 'application/pdf' });
    res.set('Content-Disposition', `inline; filename="${fileName(record, version)}.pdf"`);
    // The PDF viewer of the browser needs its own styles and images.
    res.removeHeader('Content-Security-Policy');
    await sendStored(ctx, req, res, version.sha256);
  };
}

/** Sends the signed credential as attached to the diploma: with embedded proof, or as a token when requested. */
function sendCredential(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'credential');
    if (record === null) return;
    const version = chooseVersion(record, req.query);
    const { credential } = version;
    if (credential === null) throw new Problem(404, 'This certificate was issued without a credential.');
    if (awaitsCredential(record, version)) throw notYet();
    const { form, type } = credentialForm(req);
    const sha256 = credential[`${form}Sha256`];
    res.set({ ETag: `"${sha256}"`, 'Content-Type': type });
    await sendStored(ctx, req, res, sha256);
  };
}

/** Part of the images' ETag; increase it when images are made differently. */
const EDITION = 'a';

/** Sends the first page as an image, made from the stored bytes on first request. */
function sendPicture(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'picture');
    if (record === null) return;
    const { sha256 } = chooseVersion(record, req.query);
    await sendMade(req, res, sha256, () =>
      ctx.pictures.firstPage(sha256, () => stored(ctx, res, sha256), clientOf(req)),
    );
  };
}

/** Sends the share card of a link in the diploma's language, because the requester is a preview bot, not the reader. */
function sendShareCard(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'picture');
    if (record === null) return;
    // It names nobody, so caches on the way may keep it.
    res.set('Cache-Control', 'no-cache');
    const language = chooseLanguage(null, [], record.facts?.language ?? null);
    const page = { language, root: './', school: ctx.school };
    const shown = { page, site: ctx, now: ctx.clock.now(), wanted: null, release: null };
    const view = viewOf(record, shown);
    if (view === null) throw new Problem(404, 'There is no such picture.');
    await sendMade(req, res, `card-${view.newest.sha256}`, () => ctx.pictures.card(shareCardOf(view), clientOf(req)));
  };
}

/** Sends a badge with the baked credential, readable by wallets and Open Badges verifiers. */
function sendBadge(ctx: FileContext): RequestHandler {
  return async (req, res) => {
    const record = await findStanding(ctx, req, res, 'picture');
    if (record === null) return;
    const version = chooseVersion(record, req.query);
    const { credential, facts } = version;
    if (credential === null || facts === null)
      throw new Problem(404, 'This certificate was issued without a credential.');
    if (awaitsCredential(record, version)) throw notYet();
    res.set('Content-Disposition', `inline; filename="${fileName(record, version)}.badge.png"`);
    await sendMade(req, res, `badge-${credential.jsonSha256}`, async () => {
      const json = await stored(ctx, res, credential.jsonSha256);
      const { templateId, language, courseTitle: title, issuer, issueDate } = facts;
      const badge = { templateId, language, title, issuer: issuer.name, year: issueDate.slice(0, 4) };
      return json === null ? null : bakePng(await ctx.pictures.badge(badge, clientOf(req)), json);
    });
  };
}

const notYet = (): Problem =>
  unavailable('The certificate is valid again, but its new credential is still being made; try again later.', 60);

/** @param of hash of the image's source, for the ETag */
async function sendMade(req: Request, res: Response, of: string, make: () => Promise<Buffer | null>): Promise<void> {
  res.set({ ETag: `"${of}-${EDITION}"`, 'Content-Type': 'image/png' });
  if (req.fresh) {
    res.status(304).end();
    return;
  }
  const bytes = await make().catch((error: unknown) => {
    if (error instanceof PicturesBusy) throw unavailable('Too many images are being drawn; try again later.', 5);
    throw error;
  });
  if (bytes === null) throw unavailable('The stored file cannot be read now; try again later.', 30);
  res.send(bytes);
}

/**
 * Finds the certificate and version of a request. For a miss, and for a revoked or erased certificate, it sends the
 * answer itself and returns null.
 */
async function findStanding(
  ctx: FileContext,
  req: Request,
  res: Response,
  what: 'diploma' | 'credential' | 'picture',
): Promise<LookupRecord | null> {
  const record = await findByCode(ctx.db, pathParam(req, 'code'));
  const now = ctx.clock.now();
  const status = record && statusOf(record, now);
  if (record === null || status === null) answerMiss(req, res, ctx.school, 'json');
  else if (httpStatusOf(status) === 200) return record;
  else if (!wantsHtml(req, 'json')) throw new Problem(410, `This ${what} has been ${status}.`);
  else await answerRecord(req, res, record, { otherwise: 'json', site: ctx, now });
  return null;
}

/** Sends stored bytes; their hash is the ETag. */
async function sendStored(ctx: FileContext, req: Request, res: Response, sha256: string): Promise<void> {
  if (req.fresh) {
    res.status(304).end();
    return;
  }
  const bytes = await stored(ctx, res, sha256);
  if (bytes === null) throw unavailable('The stored file cannot be read now; try again later.', 30);
  res.send(bytes);
}

/** Reads the stored bytes; null when they are not available now. */
async function stored({ artefacts, log }: FileContext, res: Response, sha256: string): Promise<Buffer | null> {
  try {
    return await artefacts.get(sha256);
  } catch (error) {
    if (!(error instanceof ArtefactsFault)) throw error;
    const { message } = error;
    during(stepOf(res), () =>
      log.error({ event: 'artefacts', error: message }, 'the store of diplomas does not respond'),
    );
    return null;
  }
}

function chooseVersion(record: LookupRecord, query: unknown): LookupVersion {
  const { version: wanted } = parseInput(VersionQuery, query);
  const found = record.versions.find(({ version }) => wanted === undefined || version === Number(wanted));
  if (found === undefined) throw new Problem(404, 'This certificate has no such version.');
  return found;
}

/** The file name is the same as in the letter. */
function fileName({ number }: LookupRecord, { facts }: LookupVersion): string {
  return diplomaFileName(facts ?? { number, holderName: '', latinName: null });
}
