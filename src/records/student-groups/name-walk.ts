import type { Knex } from 'knex';
import type { Db } from '../rows.ts';
import { tsquery } from './names.ts';
import { bucketCondition, type StudentGroupFilter, sumOfBuckets } from './student-group-filter.ts';

/** Matches of the rarest word that are looked at by one statement: few at first, because they mostly fill the page. */
const FIRST_STRIDE = 1000;
const STRIDE = 10_000;
const MOST_STRIDES = 4;
/** A filter that so few student groups pass is looked up first; their names are compared then. */
const FEW = 10_000;

/** The place of a student group in the order of the words that match. */
export interface NamePlace {
  /** The typed word whose matches are read; others are compared with them. */
  typed: string;
  /** The first word of the name that begins so. */
  word: string;
  studentGroupId: string;
}

export interface WalkedNames {
  places: NamePlace[];
  /** After which the next page begins; null when this is the last one. */
  next: NamePlace | null;
}

/**
 * A page of student groups with words in their names that begin as typed, in the order of the matching words, then of ids.
 * The index holds them in this order, so that a page costs the same however many there are. How many are compared with a
 * filter and with other words is bounded, because nothing says where the matches of both lie: the page may be short, or
 * empty, and the next walk goes on where this one ended.
 */
export async function walkNames(
  db: Db,
  filter: StudentGroupFilter,
  page: { after: NamePlace | null; limit: number },
): Promise<WalkedNames> {
  const typed = page.after?.typed ?? (await rarestOf(db, filter.words));
  let after = page.after ?? { typed, word: typed, studentGroupId: '' };
  const places: NamePlace[] = [];
  const last = (): WalkedNames => {
    const shown = places.slice(0, page.limit);
    return { places: shown, next: places.length > page.limit ? (shown.at(-1) ?? null) : null };
  };
  for (let stride = 0; stride < MOST_STRIDES; stride += 1) {
    const limit = page.limit + 1 - places.length;
    // Matches were not dense, so it is worth counting.
    if (stride === 1 && (await isPassedByFew(db, filter))) {
      places.push(...(await amongFew(db, filter, after, limit)));
      return last();
    }
    const size = stride === 0 ? FIRST_STRIDE : STRIDE;
    places.push(...(await matchesOfStride(db, filter, after, { size, limit })));
    if (places.length > page.limit) return last();
    const end = await endOfStride(db, after, size);
    if (end === null) return last();
    after = end;
  }
  return { places, next: after };
}

/** All student groups that match, at most so many, in the order of `walkNames`. */
export async function selectNamed(db: Db, filter: StudentGroupFilter, limit: number): Promise<NamePlace[]> {
  const typed = await rarestOf(db, filter.words);
  const start = { typed, word: typed, studentGroupId: '' };
  return (await isPassedByFew(db, filter))
    ? amongFew(db, filter, start, limit)
    : matchesOfStride(db, filter, start, { size: null, limit });
}

/** SQL, with the prefix twice: words that begin with it. */
const BEGINS = (word: string, prefix: string) =>
  `${word} >= ${prefix} collate "C" and ${word} < ${prefix} || chr(1114111) collate "C"`;
/** SQL, with the prefix twice: the first of the words that begins with it, so that nobody is shown twice. */
const FIRST_WORD = `(select min(w collate "C") from unnest(tsvector_to_array(n.words)) as w where ${BEGINS('w', '?')})`;
/** SQL, with a place's word, id and typed word: entries after it, in their order. */
const ENTRIES_AFTER = `select word, student_group_id from find_word
  where (word, student_group_id) > (?, ?) and word < ? || chr(1114111) collate "C" order by word, student_group_id`;

/** Counted so far only. */
const COUNTED = 1000;

/** The word with the fewest matches; of words with very many, the longest. */
async function rarestOf(db: Db, words: string[]): Promise<string> {
  if (words.length < 2) return words[0] ?? '';
  const { rows } = await db.raw<{ rows: { prefix: string }[] }>(
    `select prefix from unnest(?::text[]) as t (prefix)
     cross join lateral (select count(*) as n from (
       select from find_word where ${BEGINS('word', 'prefix')} order by word, student_group_id limit ${COUNTED}) as f) as counted
     order by n, length(prefix) desc, prefix limit 1`,
    [words],
  );
  return rows[0]?.prefix ?? '';
}

async function matchesOfStride(
  db: Db,
  filter: StudentGroupFilter,
  { typed, word, studentGroupId }: NamePlace,
  { size, limit }: { size: number | null; limit: number },
): Promise<NamePlace[]> {
  const bucket = bucketCondition(filter);
  // "offset 0" keeps the order: first the stride, then the whole name, then the bucket, until the page is full.
  return placesOf(
    db,
    typed,
    `select e.word, e.student_group_id from (${ENTRIES_AFTER} limit ${size ?? 'all'}) as e
     cross join lateral (select words from find_words where student_group_id = e.student_group_id offset 0) as n
     where n.words @@ ?::tsquery and e.word = ${FIRST_WORD}
       and ${bucket.values.length === 0 ? 'true' : inBucket('e', bucket.sql)}
     order by e.word, e.student_group_id limit ${limit}`,
    [word, studentGroupId, typed, tsquery(filter.words), typed, typed, ...bucket.values],
  );
}

const inBucket = (row: string, condition: string) =>
  `exists (select from find_entry as f join find_bucket as b on b.id = f.bucket_id
     where f.student_group_id = ${row}.student_group_id and ${condition} offset 0)`;

/** The last place of a stride; null when it is the last stride. */
async function endOfStride(
  db: Db,
  { typed, word, studentGroupId }: NamePlace,
  size: number,
): Promise<NamePlace | null> {
  const [end] = await placesOf(db, typed, `${ENTRIES_AFTER} offset ${size - 1} limit 1`, [word, studentGroupId, typed]);
  return end ?? null;
}

async function isPassedByFew(db: Db, filter: StudentGroupFilter): Promise<boolean> {
  const { sql, values } = sumOfBuckets(filter);
  if (values.length === 0) return false;
  const { rows } = await db.raw<{ rows: { n: string }[] }>(sql, values as Knex.RawBinding[]);
  return Number(rows[0]?.n) <= FEW;
}

async function amongFew(db: Db, filter: StudentGroupFilter, after: NamePlace, limit: number): Promise<NamePlace[]> {
  const { typed, word, studentGroupId } = after;
  const bucket = bucketCondition(filter);
  return placesOf(
    db,
    typed,
    `with few as materialized (select e.student_group_id from find_bucket as b cross join lateral (
         select student_group_id from find_entry where bucket_id = b.id offset 0) as e where ${bucket.sql}),
     named as materialized (select few.student_group_id, ${FIRST_WORD} as word from few
       cross join lateral (select words from find_words where student_group_id = few.student_group_id offset 0) as n
       where n.words @@ ?::tsquery)
     select word, student_group_id from named where (word, student_group_id) > (?, ?)
     order by word, student_group_id limit ${limit}`,
    [...bucket.values, typed, typed, tsquery(filter.words), word, studentGroupId],
  );
}

async function placesOf(db: Db, typed: string, sql: string, values: unknown[]): Promise<NamePlace[]> {
  const { rows } = await db.raw<{ rows: { word: string; student_group_id: string }[] }>(
    sql,
    values as Knex.RawBinding[],
  );
  return rows.map(({ word, student_group_id: studentGroupId }) => ({ typed, word, studentGroupId }));
}
