import type { Knex } from 'knex';
import { z } from 'zod';
import { foldNumber } from '../../domain/certificate/certificate-number.ts';
import type { CertificateState } from '../../domain/certificate/certificate-state.ts';
import { CERTIFICATE_STATES } from '../../domain/certificate/certificate-state.ts';
import { searchWords } from '../../domain/text/search-words.ts';
import { type Db, parseRows } from '../rows.ts';

interface Findable {
  number: string;
  holderName: string;
  latinName: string | null;
}

/** What a certificate is found by: the words of its names, none with a space, and its number by `foldNumber`. */
export function searchTexts({ number, holderName, latinName }: Findable): { words: string[]; numberKey: string } {
  return { words: searchWords(`${holderName} ${latinName ?? ''}`), numberKey: foldNumber(number) };
}

/** Makes a certificate searchable by the names of a version; names of earlier versions stay. */
export async function recordSearchWords(trx: Db, certificateId: string, version: Findable): Promise<void> {
  const { words, numberKey } = searchTexts(version);
  await trx('certificate_search')
    .insert({
      certificate_id: certificateId,
      words: trx.raw('array_to_tsvector(?::text[])', [words]),
      number_key: numberKey,
    })
    .onConflict('certificate_id')
    .merge({ words: trx.raw('certificate_search.words || excluded.words') });
}

/** Keys that can match a certificate, in stored form. */
export interface SearchKeys {
  id: string | null;
  code: string | null;
  /** Certificate number as returned by `foldNumber`. */
  number: string;
  /** Exact id of a student or a student group in the LMS. */
  lmsId: string;
  /** E-mail address as returned by `normaliseEmail`. */
  email: string | null;
}

/** Certificates that one of the keys matches exactly, at most `limit`. */
export async function selectIdsByKeys(db: Db, keys: SearchKeys, limit: number): Promise<string[]> {
  const matches: [string, string | null][] = [
    ['c.id = ?::uuid', keys.id],
    ['c.code = ?', keys.code],
    ['c.id in (select certificate_id from certificate_search where number_key = ?)', keys.number],
    // An erased certificate has no search row.
    ['c.number = ?', keys.lmsId],
    ['c.student_group_id = ?', keys.lmsId],
    ['c.student_id = ?', keys.lmsId],
    ['c.recipient = ?', keys.email],
    ['c.student_group_id in (select id from student_group where email = ?)', keys.email],
  ];
  const asked = matches.flatMap(([sql, key]) =>
    key === null ? [] : [db('certificate as c').whereRaw(sql, [key]).limit(limit).select('c.id')],
  );
  const [first, ...others] = asked;
  if (!first) return [];
  const found = await first.union(others as Knex.QueryBuilder[], true);
  return found.slice(0, limit).map((row: { id: string }) => row.id);
}

const tsquery = (words: string[]): string => words.map((word) => `'${word}':*`).join(' & ');

/** Certificates whose holder's name has words with these prefixes; null when there are more than `most`. */
export async function selectIdsByWords(db: Db, words: string[], most: number): Promise<string[] | null> {
  // Materialized, so that the index is used even when the planner expects common words.
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `with named as materialized (select certificate_id as id from certificate_search where words @@ ?::tsquery)
     select id from named limit ?`,
    [tsquery(words), most + 1],
  );
  return rows.length > most ? null : rows.map(({ id }) => id);
}

export interface CertificateFilter {
  /** Limits the search to these certificates; null: no limit. */
  ids: string[] | null;
  /** Prefixes of words of the holder's name, as returned by `searchWords`; empty: any name. */
  words: string[];
  state: CertificateState | null;
  countries: string[] | null;
  releaseId: string | null;
  /** Position of the last row of the previous page. */
  after: { awardedAt: Date; id: string } | null;
  limit: number;
}

const Row = z
  .object({
    id: z.uuid(),
    code: z.string(),
    number: z.string(),
    version: z.number().int(),
    state: z.enum(CERTIFICATE_STATES),
    student_group_id: z.string(),
    holder_name: z.string().nullable(),
    valid_until: z.string().nullable(),
    issue_date: z.string(),
    awarded_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    code: row.code,
    number: row.number,
    /** Number of the newest version. */
    version: row.version,
    state: row.state,
    revoked: row.state === 'revoked',
    studentGroupId: row.student_group_id,
    /** Name of the holder; null after erasure. */
    holderName: row.holder_name,
    expiresAt: row.valid_until === null ? null : new Date(row.valid_until),
    issueDate: row.issue_date,
    awardedAt: row.awarded_at,
  }));
export type FoundCertificate = z.infer<typeof Row>;

/**
 * Certificates, most recently awarded first. Computing states row by row is the main cost. Without a wanted state it
 * is done only for the rows of the page; otherwise only for rows with a sign of that state, until the page is full.
 */
export async function selectCertificates(db: Db, filter: CertificateFilter): Promise<FoundCertificate[]> {
  const { state, limit } = filter;
  const narrowed = db.from('certificate as c').modify((query) => narrow(query, filter));
  const page = narrowed.clone().orderBy(NEWEST_FIRST).limit(limit).select('c.*');
  const rows = await (state === null ? db.from(page.as('c')) : narrowed)
    // Prevents the planner from computing the view for the whole table.
    .joinRaw(
      `cross join lateral (select state from membership_standing
       where student_group_id = c.student_group_id and release_id = c.release_id offset 0) s`,
    )
    .joinRaw(
      `cross join lateral (select version, facts ->> 'holderName' as holder_name, facts ->> 'validUntil' as valid_until
       from certificate_version where certificate_id = c.id order by version desc limit 1) v`,
    )
    .modify((query) => {
      if (state !== null) query.where('s.state', state);
    })
    .orderBy(NEWEST_FIRST)
    .limit(limit)
    .select('c.id', 'c.code', 'c.number', 'c.student_group_id', 'c.issue_date', 'c.awarded_at')
    .select('v.version', 'v.holder_name', 'v.valid_until', 's.state');
  return parseRows(Row, rows);
}

const NEWEST_FIRST = [
  { column: 'c.awarded_at', order: 'desc' },
  { column: 'c.id', order: 'desc' },
];

function narrow(query: Knex.QueryBuilder, filter: CertificateFilter): void {
  const { ids, words, state, countries, releaseId, after } = filter;
  if (ids !== null) query.whereIn('c.id', ids);
  // With common words most rows match, so scan in order until the page is full.
  if (words.length > 0)
    query.whereRaw(
      `exists (select 1 from certificate_search
    where certificate_id = c.id and words @@ ?::tsquery offset 0)`,
      [tsquery(words)],
    );
  if (countries !== null) query.whereIn('c.country', countries);
  if (releaseId !== null) query.where('c.release_id', releaseId);
  if (state !== null) query.whereRaw(SIGNS[state]);
  if (after !== null) query.whereRaw('(c.awarded_at, c.id) < (?, ?)', [after.awardedAt, after.id]);
}

const LETTER = (state: CertificateState) =>
  `c.id in (select certificate_id from teacher_letter where state = '${state}')`;

const NEVER = 'false';
const UNREPORTED = 'c.id in (select certificate_id from lms_report where patched_at is null)';
const UNSENT = `c.id in (select v.certificate_id from certificate_version as v where not exists
  (select 1 from teacher_letter as i where i.certificate_id = v.certificate_id and i.version = v.version))`;

/** Nothing was sent or reported, and the LMS has moved its student group. */
const LEFT_BEHIND = `(${UNREPORTED} or ${UNSENT} or ${LETTER('waiting')})
  and c.release_id is distinct from (select release_id from student_group where id = c.student_group_id)`;

/**
 * Necessary conditions of a state, found by an index for rare or temporary states, so that the whole table is not
 * scanned. The view computes the state itself.
 */
const SIGNS: Record<CertificateState, string> = {
  pending: NEVER,
  'not-met': NEVER,
  excluded: NEVER,
  held: `(c.student_group_id in (select student_group_id from hold where released_at is null)
    or c.student_group_id in (select id from student_group where gone_at is not null or invalid is not null)
    or ${LEFT_BEHIND})`,
  cancelled: `(${LETTER('cancelled')} or c.batch_id in (select id from batch where cancelled_at is not null))`,
  awarded: UNREPORTED,
  patched: UNSENT,
  rendered: UNSENT,
  waiting: LETTER('waiting'),
  sending: LETTER('sending'),
  accepted: LETTER('accepted'),
  sent: LETTER('sent'),
  delivered: LETTER('delivered'),
  bounced: LETTER('bounced'),
  refused: LETTER('refused'),
  uncertain: LETTER('uncertain'),
  revoked: `c.id in (select certificate_id from validity_act where kind = 'revoke')`,
};
