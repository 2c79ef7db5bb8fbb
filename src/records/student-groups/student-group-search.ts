import type { Knex } from 'knex';
import { z } from 'zod';
import { CERTIFICATE_STATES } from '../../domain/certificate/certificate-state.ts';
import { type Db, parseRows } from '../rows.ts';
import { type NamePlace, selectNamed, walkNames } from './name-walk.ts';
import { nameOf } from './names.ts';
import { REASON, shownReason } from './standing.ts';
import { bucketCondition, NO_FILTER, type StudentGroupFilter, sumOfBuckets } from './student-group-filter.ts';

/** The place of a row in the list: its bucket and its id; in a list by words of names, the word that matched and its id. */
export type StudentGroupPlace = { bucketId: number; studentGroupId: string } | NamePlace;

const KEY = ['release_id', 'state', 'reason_code', 'country', 'cert_template', 'needs_reissue'];
const keyOf = (row: string, direction = '') => KEY.map((column) => `${row}.${column}${direction}`).join(', ');

const Found = z
  .object({
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
 * of ids; by words of names in the order of the matching words (`walkNames`), where a page may have fewer rows than
 * `limit`, even none, and a next page.
 * @throws UnknownPlace when `after` is no place of such a list
 */
export async function selectStudentGroupPage(
  db: Db,
  filter: StudentGroupFilter,
  { after, limit }: { after: StudentGroupPlace | null; limit: number },
): Promise<{ rows: FoundStudentGroup[]; next: StudentGroupPlace | null }> {
  if (filter.words.length > 0) {
    if (after !== null && !isPlaceOf(after, filter.words)) throw new UnknownPlace();
    const { places, next } = await walkNames(db, filter, { after, limit });
    const ids = places.map(({ studentGroupId }) => studentGroupId);
    return { rows: await selectRows(db, ids), next };
  }
  if (after !== null && 'word' in after) throw new UnknownPlace();
  const places = await selectPlaces(db, filter, after, limit + 1);
  const rows = await selectRows(
    db,
    places.slice(0, limit).map(({ student_group_id: id }) => id),
  );
  const last = places.length > limit ? places[limit - 1] : undefined;
  return {
    rows,
    next: last === undefined ? null : { bucketId: last.bucket_id, studentGroupId: last.student_group_id },
  };
}

/** A cursor names a bucket that never was, or belongs to another list. */
export class UnknownPlace extends Error {}

function isPlaceOf(place: StudentGroupPlace, words: string[]): place is NamePlace {
  return 'word' in place && words.includes(place.typed) && place.word.startsWith(place.typed);
}

/** These student groups as a list shows them, in this order. */
async function selectRows(db: Db, ids: string[]): Promise<FoundStudentGroup[]> {
  if (ids.length === 0) return [];
  const page = db.raw<{ rows: unknown[] }>(
    `select g.id as student_group_id, g.student_id,
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
    [ids],
  );
  // Named: planned once per connection, because planning the view costs more than reading a page.
  return parseRows(Found, (await page.options({ name: 'student-group-page' })).rows);
}

/** Every bucket has rows, so a page reads at most as many buckets as it has rows, whatever the filter. */
async function selectPlaces(
  db: Db,
  filter: StudentGroupFilter,
  after: { bucketId: number; studentGroupId: string } | null,
  limit: number,
): Promise<{ bucket_id: number; student_group_id: string }[]> {
  const { sql: bucket, values } = bucketCondition(filter);
  const from =
    after === null ? '' : `and (${keyOf('b')}) <= (select ${keyOf('f')} from find_bucket as f where f.id = ?)`;
  const rest = after === null ? '' : 'and (b.id <> ? or e.student_group_id > ?)';
  const place = after === null ? [] : [after.bucketId, after.studentGroupId];
  const { rows } = await db.raw<{ rows: { bucket_id: number; student_group_id: string }[] }>(
    filter.ids === null
      ? `with b as materialized (select * from find_bucket as b where ${bucket} ${from}
           order by ${keyOf('b', ' desc')} limit ${limit + 1})
         select b.id as bucket_id, r.student_group_id from b
         cross join lateral (select e.student_group_id from find_entry as e
           where e.bucket_id = b.id ${rest} order by e.student_group_id limit ${limit}) as r
         order by ${keyOf('b', ' desc')}, r.student_group_id limit ${limit}`
      : `select b.id as bucket_id, e.student_group_id from find_bucket as b join find_entry as e on e.bucket_id = b.id
         where ${bucket} ${from} and e.student_group_id = any(?::text[]) ${rest}
         order by ${keyOf('b', ' desc')}, e.student_group_id limit ${limit}`,
    [...values, ...place.slice(0, 1), ...(filter.ids === null ? [] : [filter.ids]), ...place] as Knex.RawBinding[],
  );
  if (rows.length === 0 && after !== null && !(await db('find_bucket').where({ id: after.bucketId }).first('id')))
    throw new UnknownPlace();
  return rows;
}

/**
 * Ids of all student groups that match, as they are at one moment, in no order; of more than `most` only so many. For
 * acts on all of them.
 */
export async function selectStudentGroupIds(db: Db, filter: StudentGroupFilter, most: number): Promise<string[]> {
  if (filter.words.length > 0) return (await selectNamed(db, filter, most)).map(({ studentGroupId: id }) => id);
  const { sql, values } = matching(filter);
  const { rows } = await db.raw<{ rows: { student_group_id: string }[] }>(
    `select e.student_group_id ${sql} limit ${most}`,
    values as Knex.RawBinding[],
  );
  return rows.map(({ student_group_id: id }) => id);
}

/**
 * How many student groups match. Without a name it is a sum over totals, or over the buckets of a release; with one, matching rows are counted, to
 * `most + 1` at the most.
 */
export async function countStudentGroups(db: Db, filter: StudentGroupFilter, most: number): Promise<number> {
  if (filter.words.length > 0) return (await selectNamed(db, filter, most + 1)).length;
  const { sql, values } =
    filter.ids === null
      ? sumOfBuckets(filter)
      : {
          sql: `select count(*) as n from (select 1 ${matching(filter).sql} limit ${most + 1}) as counted`,
          values: matching(filter).values,
        };
  const { rows } = await db.raw<{ rows: { n: string | null }[] }>(sql, values as Knex.RawBinding[]);
  return Number(rows[0]?.n ?? 0);
}

function matching({ ids, ...filter }: StudentGroupFilter): { sql: string; values: unknown[] } {
  const bucket = bucketCondition({ ids, ...filter });
  return {
    sql: `from find_bucket as b join find_entry as e on e.bucket_id = b.id
     where ${bucket.sql} ${ids === null ? '' : 'and e.student_group_id = any(?::text[])'}`,
    values: [...bucket.values, ...(ids === null ? [] : [ids])],
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

/** Student groups whose names have words with these prefixes; null when there are more than `most`. */
export async function selectGroupsByWords(db: Db, words: string[], most: number): Promise<string[] | null> {
  const { places, next } = await walkNames(db, { ...NO_FILTER, words }, { after: null, limit: most });
  return next === null ? places.map(({ studentGroupId }) => studentGroupId) : null;
}
