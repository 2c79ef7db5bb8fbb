import type { Knex } from 'knex';
import { z } from 'zod';
import { CERTIFICATE_STATES, type CertificateState } from '../../domain/certificate/certificate-state.ts';
import { type Db, parseRows } from '../rows.ts';
import { isNamed, nameOf, tsquery } from './names.ts';
import { REASON, shownReason } from './standing.ts';

/** What a list of student groups is narrowed to; null: not by this. */
export interface StudentGroupFilter {
  /** Only these student groups. */
  ids: string[] | null;
  /** Prefixes of words of the names, as `searchWords` returns them; all must match. Empty: any name. */
  words: string[];
  state: CertificateState | null;
  reason: string | null;
  releaseId: string | null;
  countries: string[] | null;
  template: string | null;
  needsReissue: boolean | null;
}

export const NO_FILTER: StudentGroupFilter = {
  ids: null,
  words: [],
  state: null,
  reason: null,
  releaseId: null,
  countries: null,
  template: null,
  needsReissue: null,
};

/** SQL condition over bucket `b` (see the migration `find`), with its values. */
function bucketCondition(filter: StudentGroupFilter): { sql: string; values: unknown[] } {
  const conditions: [string, unknown][] = [
    ['b.release_id = ?', filter.releaseId],
    ['b.state = ?', filter.state],
    ['b.reason_code = ?', filter.reason],
    ['b.country = any(?)', filter.countries],
    ['b.cert_template = ?', filter.template],
    ['b.needs_reissue = ?', filter.needsReissue],
  ];
  const narrowing = conditions.filter(([, value]) => value !== null);
  return {
    sql: ['b.size > 0', ...narrowing.map(([sql]) => sql)].join(' and '),
    values: narrowing.map(([, value]) => value),
  };
}

/** SQL condition over the student group of row `e`, with its values. */
function entryCondition({ ids, words }: StudentGroupFilter): { sql: string; values: unknown[] } {
  const conditions: [string, unknown][] = [];
  if (ids !== null) conditions.push(['e.student_group_id = any(?::text[])', ids]);
  if (words.length > 0) conditions.push([isNamed('e'), tsquery(words)]);
  return {
    sql: ['true', ...conditions.map(([sql]) => sql)].join(' and '),
    values: conditions.map(([, value]) => value),
  };
}

/** The place of a row in the list: its bucket and its id. */
export interface StudentGroupPlace {
  bucketId: number;
  studentGroupId: string;
}

const KEY = ['release_id', 'state', 'reason_code', 'country', 'cert_template', 'needs_reissue'];
const keyOf = (row: string, direction = '') => KEY.map((column) => `${row}.${column}${direction}`).join(', ');

const Found = z
  .object({
    bucket_id: z.number().int(),
    student_group_id: z.string(),
    student_id: z.string().nullable(),
    full_name: z.string().nullable(),
    latin_name: z.string().nullable(),
    release_id: z.string().nullable(),
    country: z.string().nullable(),
    state: z.enum(CERTIFICATE_STATES),
    ...REASON,
    decision_id: z.uuid().nullable(),
    certificate_id: z.uuid().nullable(),
    number: z.string().nullable(),
    needs_reissue: z.boolean(),
  })
  .transform((row) => ({
    bucketId: row.bucket_id,
    studentGroupId: row.student_group_id,
    studentId: row.student_id,
    fullName: row.full_name,
    latinName: row.latin_name,
    releaseId: row.release_id,
    country: row.country,
    state: row.state,
    reason: shownReason(row),
    decisionId: row.decision_id,
    /** Its own; or, where its student was awarded by another student group, that one. */
    certificateId: row.certificate_id,
    number: row.number,
    needsReissue: row.needs_reissue,
  }));
export type FoundStudentGroup = z.infer<typeof Found>;

/**
 * One page of student groups, newest release id first, then by state, reason, country and template, each in the order
 * of ids. Every bucket has rows, so a page reads at most as many buckets as it has rows, whatever the filter.
 */
export async function selectStudentGroupPage(
  db: Db,
  filter: StudentGroupFilter,
  { after, limit }: { after: StudentGroupPlace | null; limit: number },
): Promise<FoundStudentGroup[]> {
  const places = await selectPlaces(db, filter, after, limit);
  if (places.length === 0) return [];
  const page = db.raw<{ rows: unknown[] }>(
    `select b.id as bucket_id, g.id as student_group_id, g.student_id,
       ${nameOf('fullName')} as full_name, ${nameOf('latinName')} as latin_name,
       s.release_id, nullif(b.country, '') as country, s.state, s.reason_code, s.reason_detail, s.obstacle,
       s.decision_id, s.certificate_id, c.number, b.needs_reissue
     from unnest(?::text[]) with ordinality as wanted(id, place)
     join find_entry as e on e.student_group_id = wanted.id
     join find_bucket as b on b.id = e.bucket_id
     join student_group as g on g.id = wanted.id
     cross join lateral (select * from standing where student_group_id = g.id offset 0) as s
     left join certificate as c on c.id = s.certificate_id
     order by wanted.place`,
    [places.map(({ student_group_id: id }) => id)],
  );
  // Named: planned once per connection, because planning the view costs more than reading a page.
  return parseRows(Found, (await page.options({ name: 'student-group-page' })).rows);
}

/** More than there ever are: a limit makes the planner read buckets in order, until the page is full. */
const ALL_BUCKETS = 10_000_000;

async function selectPlaces(
  db: Db,
  filter: StudentGroupFilter,
  after: StudentGroupPlace | null,
  limit: number,
): Promise<{ student_group_id: string }[]> {
  const bucket = bucketCondition(filter);
  const entry = entryCondition(filter);
  const from =
    after === null ? '' : `and (${keyOf('b')}) <= (select ${keyOf('f')} from find_bucket as f where f.id = ?)`;
  const rest = after === null ? '' : 'and (b.id <> ? or e.student_group_id > ?)';
  const place = after === null ? [] : [after.bucketId, after.studentGroupId];
  const most = filter.words.length > 0 ? ALL_BUCKETS : limit + 1;
  const values = [...bucket.values, ...place.slice(0, 1), ...entry.values, ...place] as Knex.RawBinding[];
  const { rows } = await db.raw<{ rows: { student_group_id: string }[] }>(
    filter.ids === null
      ? `with b as materialized (select * from find_bucket as b where ${bucket.sql} ${from}
           order by ${keyOf('b', ' desc')} limit ${most})
         select r.student_group_id from b
         cross join lateral (select e.student_group_id from find_entry as e
           where e.bucket_id = b.id and ${entry.sql} ${rest} order by e.student_group_id limit ${limit}) as r
         order by ${keyOf('b', ' desc')}, r.student_group_id limit ${limit}`
      : `select e.student_group_id from find_bucket as b join find_entry as e on e.bucket_id = b.id
         where ${bucket.sql} ${from} and ${entry.sql} ${rest}
         order by ${keyOf('b', ' desc')}, e.student_group_id limit ${limit}`,
    values,
  );
  return rows;
}

/**
 * Ids of the student groups that match, in order, in pages: for acts on all of them. A student group that changes
 * meanwhile is met once at most.
 */
export async function selectStudentGroupIds(
  db: Db,
  filter: StudentGroupFilter,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const { sql, values } = matching(filter);
  const { rows } = await db.raw<{ rows: { student_group_id: string }[] }>(
    `select e.student_group_id ${sql} and e.student_group_id > ? order by e.student_group_id limit ?`,
    [...values, after, limit] as Knex.RawBinding[],
  );
  return rows.map(({ student_group_id: id }) => id);
}

/** How many student groups match. Without a name it is a sum over buckets; with one, the matching rows are counted. */
export async function countStudentGroups(db: Db, filter: StudentGroupFilter): Promise<number> {
  const bucket = bucketCondition(filter);
  const { sql, values } =
    filter.ids === null && filter.words.length === 0
      ? { sql: `select sum(b.size) as n from find_bucket as b where ${bucket.sql}`, values: bucket.values }
      : { sql: `select count(*) as n ${matching(filter).sql}`, values: matching(filter).values };
  const { rows } = await db.raw<{ rows: { n: string | null }[] }>(sql, values as Knex.RawBinding[]);
  return Number(rows[0]?.n ?? 0);
}

function matching(filter: StudentGroupFilter): { sql: string; values: unknown[] } {
  const [bucket, entry] = [bucketCondition(filter), entryCondition(filter)];
  return {
    sql: `from find_entry as e join find_bucket as b on b.id = e.bucket_id where ${bucket.sql} and ${entry.sql}`,
    values: [...bucket.values, ...entry.values],
  };
}

/** Keys that can match a student group, in stored form. */
export interface StudentGroupKeys {
  /** Of a certificate. */
  certificateId: string | null;
  code: string | null;
  /** As returned by `foldNumber`. */
  number: string;
  /** Of a student or a student group, or a number as printed; exact. */
  text: string;
  /** As returned by `normaliseEmail`. */
  email: string | null;
}

/** Student groups that one of the keys matches exactly, at most `most`. */
export async function selectGroupsByKeys(db: Db, keys: StudentGroupKeys, most: number): Promise<string[]> {
  const certificates: [string, string | null][] = [
    ['c.id = ?::uuid', keys.certificateId],
    ['c.code = ?', keys.code],
    [
      'c.id in (select certificate_id from certificate_search where number_key = ?)',
      keys.number === '' ? null : keys.number,
    ],
    // An erased certificate has no search row.
    ['c.number = ?', keys.text],
    ['c.recipient = ?', keys.email],
  ];
  const groups: [string, string | null][] = [
    ['select id from student_group where id = ?', keys.text],
    ['select id from student_group where student_id = ?', keys.text],
    ['select id from student_group where email = ?', keys.email],
    [`select student_group_id from override where field = 'email' and value = to_jsonb(?::text)`, keys.email],
    ...certificates.map(([sql, key]): [string, string | null] => [
      `select c.student_group_id from certificate as c where ${sql}`,
      key,
    ]),
  ];
  const asked = groups.filter((pair): pair is [string, string] => pair[1] !== null);
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select distinct id from (${asked.map(([sql]) => `(${sql} limit ${most})`).join(' union all ')}) as found(id) limit ${most}`,
    asked.map(([, key]) => key),
  );
  return rows.map(({ id }) => id);
}

/** As the planner guesses: what is clearly common is not looked up, because even collecting its places costs too much. */
const COMMON = 20_000;

/** Student groups whose names have words with these prefixes; null when there are more than `most`. */
export async function selectGroupsByWords(db: Db, words: string[], most: number): Promise<string[] | null> {
  const guess = await db.raw<{ rows: { 'QUERY PLAN': { Plan: { 'Plan Rows': number } }[] }[] }>(
    'explain (format json) select from find_words where words @@ ?::tsquery',
    [tsquery(words)],
  );
  if ((guess.rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0) > Math.max(COMMON, most)) return null;
  // Materialized, so that the index is used even when the planner expects common words.
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `with named as materialized (select student_group_id as id from find_words where words @@ ?::tsquery)
     select id from named limit ?`,
    [tsquery(words), most + 1],
  );
  return rows.length > most ? null : rows.map(({ id }) => id);
}
