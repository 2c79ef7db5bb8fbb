import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { foldNumber } from '../domain/certificate/certificate-number.ts';
import { CERTIFICATE_STATES } from '../domain/certificate/certificate-state.ts';
import { parseCode } from '../domain/certificate/lookup-code.ts';
import { normaliseEmail } from '../domain/letter/email-address.ts';
import { searchWords } from '../domain/text/search-words.ts';
import { requireRole } from '../platform/http/auth.ts';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { cursorOf, Limit, parseInput, plainText, refuseQuery, toPage } from '../platform/http/validate.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type CertificateFilter,
  type FoundCertificate,
  selectCertificates,
  selectIdsByKeys,
  selectIdsByWords,
} from '../records/certificates/certificate-search.ts';
import { selectCertificate } from '../records/certificates/certificates.ts';
import type { Db } from '../records/rows.ts';
import { viewCertificate, viewFound } from './certificate-view.ts';

export interface CertificateContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  /** Without a trailing slash. */
  publicUrl: string;
}

const Uuid = z.uuid();
/** Award time and id of the last row of a page. */
const Place = z.string().refine((text) => {
  const [instant, id, ...more] = text.split(' ');
  return z.iso.datetime({ precision: 3 }).safeParse(instant).success && Uuid.safeParse(id).success && more.length === 0;
});
const CertificateList = z.strictObject({
  limit: Limit,
  cursor: cursorOf(Place),
  q: plainText(200).optional(),
  state: z.enum(CERTIFICATE_STATES, `expected one of ${CERTIFICATE_STATES.join(', ')}`).optional(),
  country: z
    .string('expected one country')
    .regex(/^[A-Z]{2}$/, 'expected an ISO 3166-1 alpha-2 code in upper case, e.g. KZ')
    .optional(),
  release: plainText(200).optional(),
});

/** Routes that show certificates; `/api` has already authenticated the caller. */
export function declareCertificateRoutes(app: Express, ctx: CertificateContext): void {
  const viewer = requireRole('viewer');
  declareRoute(app, '/api/certificates', { GET: [viewer, listCertificates(ctx)] });
  declareRoute(app, '/api/certificates/:id', { GET: [viewer, showCertificate(ctx)] });
}

function listCertificates(ctx: CertificateContext): RequestHandler {
  return async (req, res) => {
    const { limit, cursor, q, ...narrowed } = parseInput(CertificateList, req.query);
    const found = q === undefined ? { ids: null, words: [] } : await find(ctx.db, q);
    const rows =
      found === null
        ? []
        : await selectCertificates(ctx.db, {
            ...found,
            state: narrowed.state ?? null,
            country: narrowed.country ?? null,
            releaseId: narrowed.release ?? null,
            after: cursor === null ? null : readPlace(cursor),
            limit: limit + 1,
          });
    res.json(toPage(rows, limit, placeOf, (row) => viewFound(row, ctx.clock.now())));
  };
}

/** Maximum number of certificates that one key can match. */
const MOST_BY_KEY = 1000;
/** Words shared by more certificates are common; scanning the newest certificates then finds matches soon. */
const MOST_BY_WORDS = 2000;

/**
 * Searches by typed number or code, by an id, or by an e-mail address, exactly; if none matches, by words of the
 * holder's name or their prefixes. Null: nothing can match.
 */
async function find(db: Db, q: string): Promise<Pick<CertificateFilter, 'ids' | 'words'> | null> {
  const wanted = q.trim();
  const email = normaliseEmail(wanted);
  const keys = {
    id: Uuid.safeParse(wanted).success ? wanted : null,
    code: parseCode(wanted),
    number: foldNumber(wanted),
    lmsId: wanted,
    email: email.ok ? email.email : null,
  };
  const ids = await selectIdsByKeys(db, keys, MOST_BY_KEY);
  if (ids.length > 0) return { ids, words: [] };
  const words = email.ok ? [] : searchWords(wanted);
  if (words.length === 0) return null;
  const named = await selectIdsByWords(db, words, MOST_BY_WORDS);
  return named === null ? { ids: null, words } : { ids: named, words: [] };
}

function placeOf({ awardedAt, id }: FoundCertificate): string {
  return `${awardedAt.toISOString()} ${id}`;
}

function readPlace(cursor: string): { awardedAt: Date; id: string } {
  const [instant = '', id = ''] = cursor.split(' ');
  return { awardedAt: new Date(instant), id };
}

function showCertificate(ctx: CertificateContext): RequestHandler {
  return async (req, res) => {
    const id = pathParam(req, 'id');
    const certificate = Uuid.safeParse(id).success ? await selectCertificate(ctx.db, id) : null;
    if (certificate === null) throw new Problem(404, 'There is no certificate of this id.');
    refuseQuery(req);
    res.json(await viewCertificate(ctx, certificate, ctx.clock.now()));
  };
}
