import { indexWords, soundKeys } from '../../domain/text/sound-keys.ts';
import type { Db } from '../rows.ts';

const newest = (field: string) =>
  `(select value #>> '{}' from override where student_group_id = g.id and field = '${field}' order by sequence desc limit 1)`;

/** The names of these student groups, by id; those without a name are left out. */
export const selectNames = (db: Db, ids: readonly string[]): Promise<Map<string, string>> =>
  selectTexts(db, 'fullName', ids);

/** The addresses to which letters to these student groups go, by id; those without an address are left out. */
export const selectAddresses = (db: Db, ids: readonly string[]): Promise<Map<string, string>> =>
  selectTexts(db, 'email', ids);

async function selectTexts(db: Db, field: 'fullName' | 'email', ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.raw<{ rows: { id: string; text: string | null }[] }>(
    `select g.id, ${nameOf(field)} as text from student_group as g where g.id = any(?::text[])`,
    [[...ids]],
  );
  return new Map(rows.flatMap(({ id, text }) => (text === null ? [] : [[id, text] as const])));
}

/** SQL: the name or address of student group `g`: of a coordinator, else of a registration file, else of the LMS. */
export const nameOf = (field: 'fullName' | 'latinName' | 'email') =>
  `coalesce(${[
    newest(field),
    ...(field === 'latinName' ? [newest('fileLatinName')] : []),
    `g.snapshot #>> '{student,${field}}'`,
  ].join(', ')})`;

/** Words, as `searchWords` or `wordsAlike` returns them, as a query for words that begin so. */
export const tsquery = (words: string[]): string => words.map((word) => `'${word}':*`).join(' & ');

/** SQL condition with a `tsquery`: the student group of a row has such a name. "offset 0" looks row by row. */
export const isNamed = (row: string) =>
  `exists (select from find_words where student_group_id = ${row}.student_group_id and words @@ ?::tsquery offset 0)`;

/**
 * SQL: adds the words of rows `r` (`id`, `words jsonb`: `indexWords`) to those of before, in one order, where any is new.
 * "offset 0" looks for each row by the index; else the planner, which expects many rows, reads all names there are.
 */
export const addNames = (from: string) => `
  insert into find_words as f (student_group_id, words, has_keys)
  select r.id, w.words, true from ${from}
    cross join lateral (select array_to_tsvector(array(select jsonb_array_elements_text(r.words))) as words) as w
    left join lateral (select words from find_words where student_group_id = r.id offset 0) as known on true
  where r.words is not null and (known.words is null or known.words || w.words <> known.words)
  order by r.id
  on conflict (student_group_id) do update set words = coalesce(f.words || excluded.words, excluded.words)`;

/** Makes a student group findable by names; the names of before stay. */
export async function recordNames(db: Db, id: string, names: readonly string[]): Promise<void> {
  const words = JSON.stringify(indexWords(names.join(' ')));
  await db.raw(addNames('(select ?::text as id, ?::jsonb as words) as r'), [id, words]);
}

const PAGE = 1000;

/**
 * Folds the names of student groups that an older version stored, some at a time: SQL cannot fold.
 * @returns how many there were
 */
export async function foldWaitingNames(db: Db, most: number): Promise<number> {
  const waiting: string[] = await db('find_words').whereNull('words').limit(most).pluck('student_group_id');
  for (let from = 0; from < waiting.length; from += PAGE) {
    const { rows } = await db.raw<{ rows: { id: string; names: string[] }[] }>(
      `select g.id, array_remove(array[g.snapshot #>> '{student,fullName}', g.snapshot #>> '{student,latinName}']
         || array(select value #>> '{}' from override as o where o.student_group_id = g.id
           and o.field in ('fullName', 'latinName', 'fileLatinName')), null) as names
       from student_group as g where g.id = any(?)`,
      [waiting.slice(from, from + PAGE)],
    );
    const folded = rows.map(({ id, names }) => ({ id, words: indexWords(names.join(' ')) }));
    await db.raw(addNames('(select * from jsonb_to_recordset(?::jsonb) as t (id text, words jsonb)) as r'), [
      JSON.stringify(folded),
    ]);
  }
  return waiting.length;
}

/**
 * Gives the names that an older version folded their keys (`soundKeys`), some at a time.
 * @returns how many there were
 */
export async function addWaitingKeys(db: Db, most: number): Promise<number> {
  let done = 0;
  while (done < most) {
    const { rows } = await db.raw<{ rows: { id: string; words: string[] }[] }>(
      `select student_group_id as id, tsvector_to_array(words) as words from find_words
       where not has_keys and words is not null order by 1 limit ?`,
      [Math.min(PAGE, most - done)],
    );
    if (rows.length === 0) break;
    const keyed = rows.map(({ id, words }) => ({ id, keys: words.flatMap(soundKeys) }));
    await db.raw(
      // Locked in the order in which `addNames` takes them.
      `with k as materialized (
         select f.student_group_id, t.keys from jsonb_to_recordset(?::jsonb) as t (id text, keys jsonb)
         join find_words as f on f.student_group_id = t.id order by 1 for update of f)
       update find_words as f set has_keys = true, words = f.words || array_to_tsvector(array(select jsonb_array_elements_text(k.keys)))
       from k where f.student_group_id = k.student_group_id`,
      [JSON.stringify(keyed)],
    );
    done += rows.length;
  }
  return done;
}
