import type { Knex } from 'knex';
import type { Db } from '../rows.ts';
import { isNamed, tsquery } from './names.ts';
import { bucketCondition, type StudentGroupFilter } from './student-group-filter.ts';

/** Names that are compared by one statement, and by one walk. */
const STRIDE = 10_000;
const MOST_STRIDES = 10;
/** A filter that so few student groups pass is looked up first; their names are compared then. */
const FEW = 10_000;

/**
 * A page of student groups with common words in their names, in the order of ids. Names are compared one after the other,
 * which finds common words soon. How many are compared is bounded, because nothing says where the matches of a common
 * word and a filter lie: the page may be short, or empty, and the next walk goes on where this one ended.
 * @param page.after an id, or '' for the first page
 * @returns `next`: the id after which the next page begins; null when this is the last one
 */
export async function walkNames(
  db: Db,
  filter: StudentGroupFilter,
  page: { after: string; limit: number },
): Promise<{ ids: string[]; next: string | null }> {
  const ids: string[] = [];
  let { after } = page;
  for (let stride = 0; stride < MOST_STRIDES; stride += 1) {
    // Matches were not dense, so it is worth counting.
    if (stride === 1 && (await isPassedByFew(db, filter))) {
      ids.push(...(await amongFew(db, filter, { after, limit: page.limit + 1 - ids.length })));
      return toWalked(ids, page.limit, null);
    }
    ids.push(...(await matchesOfStride(db, filter, { after, limit: page.limit + 1 - ids.length })));
    if (ids.length > page.limit) return toWalked(ids, page.limit, null);
    const end = await endOfStride(db, after);
    if (end === null) return toWalked(ids, page.limit, null);
    after = end;
  }
  return toWalked(ids, page.limit, after);
}

function toWalked(ids: string[], limit: number, walkedTo: string | null): { ids: string[]; next: string | null } {
  const shown = ids.slice(0, limit);
  return { ids: shown, next: ids.length > limit ? (shown.at(-1) ?? null) : walkedTo };
}

interface From {
  after: string;
  limit: number;
}

async function matchesOfStride(db: Db, filter: StudentGroupFilter, { after, limit }: From): Promise<string[]> {
  const bucket = bucketCondition(filter);
  // "offset 0" keeps the order: first the stride, then the name, then the bucket, until the page is full.
  return idsOf(
    db,
    `select n.student_group_id from (
       select student_group_id, words from find_words where student_group_id > ? order by student_group_id limit ${STRIDE}) as n
     where n.words @@ ?::tsquery and exists (select from find_entry as e join find_bucket as b on b.id = e.bucket_id
       where e.student_group_id = n.student_group_id and ${bucket.sql} offset 0)
     order by n.student_group_id limit ${limit}`,
    [after, tsquery(filter.words), ...bucket.values],
  );
}

/** The last id of a stride; null when it is the last stride. */
async function endOfStride(db: Db, after: string): Promise<string | null> {
  const [id] = await idsOf(
    db,
    `select student_group_id from find_words where student_group_id > ? order by student_group_id offset ${STRIDE - 1} limit 1`,
    [after],
  );
  return id ?? null;
}

async function isPassedByFew(db: Db, filter: StudentGroupFilter): Promise<boolean> {
  const bucket = bucketCondition(filter);
  if (bucket.values.length === 0) return false;
  const { rows } = await db.raw<{ rows: { size: string | null }[] }>(
    `select sum(b.size) as size from find_bucket as b where ${bucket.sql}`,
    bucket.values as Knex.RawBinding[],
  );
  return Number(rows[0]?.size ?? 0) <= FEW;
}

async function amongFew(db: Db, filter: StudentGroupFilter, { after, limit }: From): Promise<string[]> {
  const bucket = bucketCondition(filter);
  return idsOf(
    db,
    `with few as materialized (select e.student_group_id from find_bucket as b cross join lateral (
         select student_group_id from find_entry where bucket_id = b.id offset 0) as e
       where ${bucket.sql} and e.student_group_id > ?)
     select few.student_group_id from few where ${isNamed('few')} order by few.student_group_id limit ${limit}`,
    [...bucket.values, after, tsquery(filter.words)],
  );
}

async function idsOf(db: Db, sql: string, values: unknown[]): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { student_group_id: string }[] }>(sql, values as Knex.RawBinding[]);
  return rows.map(({ student_group_id: id }) => id);
}
