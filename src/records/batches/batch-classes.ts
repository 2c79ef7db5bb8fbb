import { z } from 'zod';
import { BATCH_CLASS_NAMES } from '../../domain/batch-class.ts';
import { type Db, parseRow, parseRows } from '../rows.ts';

const Class = z.enum(BATCH_CLASS_NAMES);
const Place = z.object({ class: Class, cause: z.string().nullable() });
/** A class with its cause. */
export type Place = z.infer<typeof Place>;

/** Number of a batch's student groups by class and cause; class null: not judged yet. They add up to its items. */
export async function countClasses(
  db: Db,
  batchId: string,
): Promise<{ class: Place['class'] | null; cause: string | null; count: number }[]> {
  const rows = await db('batch_item')
    .where({ batch_id: batchId })
    .groupBy('class', 'cause')
    .select('class', 'cause', db.raw('count(*)::int as count'));
  return parseRows(z.object({ class: Class.nullable(), cause: z.string().nullable(), count: z.number() }), rows);
}

const Letters = z.object({ country: z.string(), zone: z.string(), due: z.date().nullable(), count: z.number() });

/** Letters that a real batch would open, by country, zone and the time before which they may not leave. */
export async function selectLettersByZone(db: Db, batchId: string): Promise<z.infer<typeof Letters>[]> {
  const rows = await db('batch_item')
    .where({ batch_id: batchId })
    .whereNotNull('zone')
    .groupBy('country', 'zone', 'letter_due')
    .select('country', 'zone', 'letter_due as due', db.raw('count(*)::int as count'));
  return parseRows(Letters, rows);
}

/** Letters that wait to be sent, of all batches. */
export async function countWaitingLetters(db: Db): Promise<number> {
  const row = await db('personal_issue').where({ state: 'waiting' }).count({ n: '*' }).first();
  return Number(row?.['n'] ?? 0);
}

const EarlierRun = z.object({ id: z.uuid(), dry_run: z.boolean(), created_at: z.date() }).transform((row) => ({
  id: row.id,
  dryRun: row.dry_run,
  createdAt: row.created_at,
}));
/** An earlier batch over the same release. */
export type EarlierRun = z.infer<typeof EarlierRun>;

/** The batch over the same release before this one that judged anybody; null: there is none, or it is over ids. */
export async function selectRunBefore(db: Db, batchId: string): Promise<EarlierRun | null> {
  const row = await db
    .from('batch as b')
    .joinRaw('join batch as own on own.id = ? and own.release_id = b.release_id', [batchId])
    .whereRaw('(b.created_at, b.id) < (own.created_at, own.id)')
    .whereRaw('exists (select 1 from batch_item where batch_id = b.id and class is not null)')
    .orderBy([
      { column: 'b.created_at', order: 'desc' },
      { column: 'b.id', order: 'desc' },
    ])
    .first('b.id', 'b.dry_run', 'b.created_at');
  return parseRow(EarlierRun, row);
}

/**
 * Every student group of one of two batches whose place differs, with both places; null: it was in only one of them.
 * What a real batch found new has been issued by it. The cause of an issued certificate is its state, which changes by
 * itself, so it does not count.
 */
const CHANGES = (from: string) => `
  select student_group_id, before_class, before_cause, after_class, after_cause
  from (
    select coalesce(n.student_group_id, p.student_group_id) as student_group_id,
           case when p.class = 'new' and not :dryRun then 'already-issued' else p.class end as before_class,
           case when p.class in ('held', 'not-met', 'excluded') then p.cause end as before_cause,
           n.class as after_class,
           case when n.class in ('held', 'not-met', 'excluded') then n.cause end as after_cause
    from (select * from batch_item where batch_id = :id ${from}) as n
    full join (select * from batch_item where batch_id = :before ${from}) as p using (student_group_id)
  ) as both_runs
  where (before_class, before_cause) is distinct from (after_class, after_cause)`;

const MoveRow = z
  .object({
    before_class: Class.nullable(),
    before_cause: z.string().nullable(),
    after_class: Class.nullable(),
    after_cause: z.string().nullable(),
  })
  .transform((row) => ({
    from: place(row.before_class, row.before_cause),
    to: place(row.after_class, row.after_cause),
  }));

function place(of: Place['class'] | null, cause: string | null): Place | null {
  return of === null ? null : { class: of, cause };
}

/** How many student groups moved from where to where since an earlier run, with the first ids of each move. */
export async function selectMoves(
  db: Db,
  batchId: string,
  before: EarlierRun,
  named: number,
): Promise<{ from: Place | null; to: Place | null; count: number; ids: string[] }[]> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select before_class, before_cause, after_class, after_cause, count(*)::int as count,
            (array_agg(student_group_id order by student_group_id))[1 : :named] as ids
     from (${CHANGES('')}) as changed
     group by 1, 2, 3, 4 order by count desc, 1, 2, 3, 4`,
    { id: batchId, before: before.id, dryRun: before.dryRun, named },
  );
  return rows.map((row) => {
    const { count, ids } = z.object({ count: z.number(), ids: z.array(z.string()) }).parse(row);
    return { ...MoveRow.parse(row), count, ids };
  });
}

/** The student groups that moved, ordered by id, after the one with the given id. */
export async function selectChanges(
  db: Db,
  batchId: string,
  before: EarlierRun,
  page: { after: string; limit: number },
): Promise<{ studentGroupId: string; from: Place | null; to: Place | null }[]> {
  const { rows } = await db.raw<{ rows: { student_group_id: string }[] }>(
    `${CHANGES('and student_group_id > :after')} order by student_group_id limit :limit`,
    { id: batchId, before: before.id, dryRun: before.dryRun, ...page },
  );
  return rows.map((row) => ({ studentGroupId: row.student_group_id, ...MoveRow.parse(row) }));
}

const Sample = z
  .object({ student_group_id: z.string(), script: z.string(), name_length: z.number(), count: z.number() })
  .transform((row) => ({
    studentGroupId: row.student_group_id,
    script: row.script,
    nameLength: row.name_length,
    count: row.count,
  }));
/** A student group whose diploma is worth a look. */
export type Sample = z.infer<typeof Sample>;

/** The longest printed name, and the longest one of each of the rarest scripts, rarest first. */
export async function selectSamples(
  db: Db,
  batchId: string,
  scripts: number,
): Promise<{ longest: Sample | null; rarest: Sample[] }> {
  const columns = 'student_group_id, script, name_length';
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select ${columns}, count from (
       select ${columns}, count(*) over (partition by script)::int as count,
              row_number() over (partition by script order by name_length desc, student_group_id) as place
       from batch_item where batch_id = ? and script is not null) as named
     where place = 1 order by count, script`,
    [batchId],
  );
  const ofScripts = parseRows(Sample, rows);
  const [longest = null] = [...ofScripts].sort((a, b) => b.nameLength - a.nameLength);
  return { longest, rarest: ofScripts.slice(0, scripts) };
}
