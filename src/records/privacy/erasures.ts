import { z } from 'zod';
import { ERASURE_GROUNDS, type ErasureGround } from '../../domain/erasure-ground.ts';
import type { Artefacts } from '../../ports/artefacts.ts';
import { type Db, parseRow, parseRows } from '../rows.ts';
import type { ErasedCounts } from './erase-person.ts';
import { FREE_TEXTS } from './free-texts.ts';

/** What a person sees before an erasure, and confirms. Ids and counts; no personal data. */
export const ErasureScope = z.object({
  studentGroups: z.array(z.string()).describe('Ids of the student groups of this student.'),
  sharedStudentGroups: z
    .array(z.string())
    .describe(
      'Student groups that are of another student by now: only the certificate and what belongs to it is erased.',
    ),
  certificates: z
    .array(
      z.object({
        id: z.uuid(),
        number: z.string(),
        versions: z.int().describe('Number of its versions.'),
        letters: z.int().describe('Number of its letters.'),
        unsent: z.boolean().describe('True if its letter has not left, so that it will be revoked too.'),
      }),
    )
    .describe('All certificates of this student.'),
  overrides: z.int().describe('Number of overrides.'),
  importRows: z.int().describe('Number of rows of imported files.'),
  files: z.int().describe('Number of stored files.'),
});
export type ErasureScope = z.infer<typeof ErasureScope>;

const Erasure = z
  .object({
    id: z.uuid(),
    ground: z.enum([...ERASURE_GROUNDS, 'retention-ended']),
    shown: ErasureScope,
    asked_by: z.string(),
    asked_at: z.date(),
    confirmed_by: z.string().nullable(),
    confirmed_at: z.date().nullable(),
    receipt: z.record(z.string(), z.number()).nullable(),
    files: z.array(z.string()),
    finished_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    ground: row.ground,
    shown: row.shown,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    confirmedBy: row.confirmed_by,
    confirmedAt: row.confirmed_at,
    /** Emptied and deleted rows by table; null: not carried out. */
    receipt: row.receipt,
    /** SHA-256 of files that are still in the artefact store. */
    files: row.files,
    finishedAt: row.finished_at,
  }));
export type Erasure = z.infer<typeof Erasure>;

/** Erasures of persons; the retention job has its own rows. */
const ofPersons = (db: Db) => db('erasure').whereNotNull('student_hash');

export async function insertErasure(
  db: Db,
  erasure: { id: string; ground: ErasureGround; studentId: string; shown: ErasureScope; actor: string },
  at: Date,
): Promise<Erasure> {
  const rows = await db('erasure')
    .insert({
      id: erasure.id,
      ground: erasure.ground,
      student_hash: db.raw('person_hash(?)', [erasure.studentId]),
      shown: JSON.stringify(erasure.shown),
      asked_by: erasure.actor,
      asked_at: at,
    })
    .returning('*');
  return Erasure.parse(rows[0]);
}

export async function selectErasure(db: Db, id: string): Promise<Erasure | null> {
  return parseRow(Erasure, await ofPersons(db).where({ id }).first());
}

/** Locks it; null when it is of another student. */
export async function lockErasure(trx: Db, id: string, studentId: string): Promise<Erasure | null> {
  const found = ofPersons(trx).where({ id }).whereRaw('student_hash = person_hash(?)', [studentId]);
  return parseRow(Erasure, await found.forUpdate().first());
}

/**
 * Confirms the erasure for this transaction: until its receipt is written, frozen rows may be emptied.
 * No pull stores a student group meanwhile, so that none is missed.
 */
export async function beginErasing(trx: Db, id: string, actor: string, at: Date): Promise<void> {
  await trx.raw(`set local lock_timeout to '20s'`);
  await trx.raw('lock table student_group in share row exclusive mode');
  await trx('erasure')
    .where({ id })
    .update({
      confirmed_by: trx.raw('coalesce(confirmed_by, ?)', [actor]),
      confirmed_at: trx.raw('coalesce(confirmed_at, ?)', [at]),
    });
  await trx.raw(`select set_config('gramota.erasure', ?, true)`, [id]);
}

/** Ends the erasing; the files are deleted after the commit. */
export async function recordReceipt(trx: Db, id: string, receipt: ErasedCounts, files: string[]): Promise<Erasure> {
  const rows = await trx('erasure')
    .where({ id })
    .update({ receipt: JSON.stringify(receipt), files })
    .returning('*');
  return Erasure.parse(rows[0]);
}

/** Erasures whose files are not deleted yet: the process that carried them out was killed, or the store was away. */
export async function selectUnfinishedErasures(db: Db, limit: number): Promise<Erasure[]> {
  const rows = await db('erasure')
    .whereNotNull('receipt')
    .whereNull('finished_at')
    .orderBy('confirmed_at')
    .limit(limit);
  return parseRows(Erasure, rows);
}

/** Tables whose dead rows and statistics still hold what was erased. */
const EMPTIED = new Set([
  ...FREE_TEXTS.map(([table]) => table),
  'student_group',
  'find_words',
  'find_word',
  'decision',
  'import_row',
  'certificate',
  'certificate_search',
  'artefact',
]);

/** Those with names whose rows an erasure deletes, so that they may be empty afterwards. No view reads them. */
const DELETED_FROM = new Set(['find_word', 'import_row', 'certificate_search']);

/** Removes dead rows, and statistics that were sampled from them: `pg_stats` shows values of columns. */
async function vacuumErased(db: Db): Promise<void> {
  for (const table of EMPTIED) {
    await db.raw('vacuum (analyze) ??', [table]);
    if (DELETED_FROM.has(table)) await forgetStatistics(db, table);
  }
}

/**
 * PostgreSQL keeps the statistics of a table that has become empty. They end when the type of a column is set, also to the
 * type that it has, which costs nothing on an empty table.
 */
async function forgetStatistics(db: Db, table: string): Promise<void> {
  if (await db(table).first(db.raw('1'))) return;
  const { rows } = await db.raw<{ rows: { set: string }[] }>(
    `select format('alter column %I type %s', a.attname, format_type(a.atttypid, a.atttypmod))
       || coalesce(' collate ' || quote_ident(n.nspname) || '.' || quote_ident(c.collname), '') as set
     from pg_stats as s join pg_attribute as a on a.attrelid = to_regclass(s.schemaname || '.' || s.tablename)
       and a.attname = s.attname
     left join pg_collation as c on c.oid = a.attcollation left join pg_namespace as n on n.oid = c.collnamespace
     where s.tablename = ? and s.schemaname = current_schema()`,
    [table],
  );
  if (rows.length > 0) await db.raw(`alter table ?? ${rows.map(({ set }) => set).join(', ')}`, [table]);
}

/** Deletes the files of an erasure for good; a repeat deletes the rest. */
export async function finishErasure(
  db: Db,
  artefacts: Pick<Artefacts, 'remove'>,
  { id, files }: Pick<Erasure, 'id' | 'files'>,
  at: Date,
): Promise<void> {
  await artefacts.remove(files);
  await vacuumErased(db);
  await db('erasure').where({ id }).whereNull('finished_at').update({ files: [], finished_at: at });
}

/** Ends the tombstone of a student; false when there is none. */
export async function endTombstone(trx: Db, studentId: string, actor: string, at: Date): Promise<boolean> {
  const changed = await trx('erased_person')
    .whereRaw('student_hash = person_hash(?)', [studentId])
    .whereNull('readmitted_at')
    .update({ readmitted_at: at, readmitted_by: actor });
  return changed > 0;
}
