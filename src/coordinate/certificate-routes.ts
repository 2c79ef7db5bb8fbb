import { z } from 'zod';
import { foldNumber } from '../domain/certificate/certificate-number.ts';
import { parseCode } from '../domain/certificate/lookup-code.ts';
import { readCountries } from '../domain/country/country-list.ts';
import { normaliseEmail } from '../domain/letter/email-address.ts';
import { message } from '../domain/messages/message.ts';
import { searchWords } from '../domain/text/search-words.ts';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { cursorOf, Limit, pageOf, plainText, toPage } from '../platform/http/validate.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type CertificateFilter,
  type FoundCertificate,
  selectCertificates,
  selectIdsByKeys,
  selectIdsByWords,
} from '../records/certificates/certificate-search.ts';
import type { Db } from '../records/rows.ts';
import { CERTIFICATE_EXAMPLE, CertificateAnswer, FOUND_EXAMPLE, FoundAnswer } from './certificate-schema.ts';
import { viewCertificate, viewFound } from './certificate-view.ts';
import { SAMPLE, StateFilter } from './shared-schemas.ts';
import { certificateSubject } from './verb-routes.ts';

export interface CertificateContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  publicUrl: string;
}

const Uuid = z.uuid();
/** Award time and id of the last row of a page. */
const Place = z.string().refine((text) => {
  const [instant, id, ...more] = text.split(' ');
  return z.iso.datetime({ precision: 3 }).safeParse(instant).success && Uuid.safeParse(id).success && more.length === 0;
});
export const CertificateList = z.strictObject({
  limit: Limit,
  cursor: cursorOf(Place),
  q: plainText(200)
    .optional()
    .describe('A number, a code, an id, an e-mail address, or the first letters of words of a name.')
    .meta({ example: 'nurmukh' }),
  state: StateFilter,
  country: z
    .string(message('input.country'))
    .transform((text, context) => {
      const read = readCountries(text);
      if (read.ok) return read.codes;
      context.addIssue({ code: 'custom', message: read.detail });
      return z.NEVER;
    })
    .optional()
    .describe('Countries as ISO 3166-1 alpha-2 codes or names, separated by commas.')
    .meta({ example: 'KZ,UZ' }),
  release: plainText(200).optional().describe('Id of the release in the LMS.').meta({ example: SAMPLE.release }),
});

/** HTTP routes that show certificates. */
export function certificateRoutes(ctx: CertificateContext): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/certificates',
      name: 'listCertificates',
      tag: 'Certificates',
      summary: 'Search certificates',
      description: 'Certificates are sorted by award time, newest first.',
      role: 'viewer',
      query: CertificateList,
      answer: {
        description: 'One page of matching certificates.',
        schema: pageOf(FoundAnswer),
        example: { items: [FOUND_EXAMPLE], nextCursor: null },
      },
      handle: ({ query }) => listCertificates(ctx, query),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/certificates/:id',
      name: 'getCertificate',
      tag: 'Certificates',
      summary: 'Show a certificate',
      role: 'viewer',
      subject: certificateSubject(ctx.db),
      answer: {
        description: 'The certificate with its history.',
        schema: CertificateAnswer,
        example: CERTIFICATE_EXAMPLE,
      },
      handle: ({ subject }) => viewCertificate(ctx, subject, ctx.clock.now()),
    }),
  ];
}

/** One page of certificates, most recently awarded first. */
export async function listCertificates(
  ctx: CertificateContext,
  { limit, cursor, q, ...narrowed }: z.output<typeof CertificateList>,
) {
  const found = q === undefined ? { ids: null, words: [] } : await find(ctx.db, q);
  const rows =
    found === null
      ? []
      : await selectCertificates(ctx.db, {
          ...found,
          state: narrowed.state ?? null,
          countries: narrowed.country ?? null,
          releaseId: narrowed.release ?? null,
          after: cursor === null ? null : readPlace(cursor),
          limit: limit + 1,
        });
  return toPage(rows, limit, placeOf, (row) => viewFound(row, ctx.clock.now()));
}

/** Maximum number of certificates that one search value (such as an e-mail address) can match. */
const MOST_BY_KEY = 1000;
/**
 * If more certificates than this have the words, the words are common; a scan of the newest certificates then finds
 * matches quickly.
 */
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
