import { z } from 'zod';
import { VERDICTS } from '../../domain/import/verdict.ts';
import { type Db, parseRow, parseRows } from '../rows.ts';

const Counts = z.partialRecord(z.enum(VERDICTS), z.int());

const ImportRecord = z
  .object({
    id: z.uuid(),
    form: z.string(),
    kind: z.enum(['registration', 'exceptions']),
    file_sha256: z.string(),
    actor: z.string(),
    created_at: z.date(),
    heading_row: z.int(),
    unused_headings: z.array(z.string()),
    counts: Counts,
    applied_by: z.string().nullable(),
    apply_reason: z.string().nullable(),
    apply_started_at: z.date().nullable(),
    apply_finished_at: z.date().nullable(),
    forgotten_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    form: row.form,
    kind: row.kind,
    /** Of the file's bytes, hex. */
    sha256: row.file_sha256,
    actor: row.actor,
    createdAt: row.created_at,
    headingRow: row.heading_row,
    unusedHeadings: row.unused_headings,
    /** Rows by verdict. */
    counts: row.counts,
    /** Who started to apply it; null: nobody yet. */
    appliedBy: row.applied_by,
    applyReason: row.apply_reason,
    applyStartedAt: row.apply_started_at,
    applyFinishedAt: row.apply_finished_at,
    /** When its rows were deleted. */
    forgottenAt: row.forgotten_at,
  }));
export type ImportRecord = z.infer<typeof ImportRecord>;

export async function insertImport(
  trx: Db,
  one: Pick<
    ImportRecord,
    'id' | 'form' | 'kind' | 'sha256' | 'actor' | 'headingRow' | 'unusedHeadings' | 'counts' | 'createdAt'
  >,
): Promise<void> {
  await trx('import').insert({
    id: one.id,
    form: one.form,
    kind: one.kind,
    file_sha256: one.sha256,
    actor: one.actor,
    created_at: one.createdAt,
    heading_row: one.headingRow,
    unused_headings: JSON.stringify(one.unusedHeadings),
    counts: JSON.stringify(one.counts),
  });
}

export async function selectImport(db: Db, id: string): Promise<ImportRecord | null> {
  return parseRow(ImportRecord, await db('import').where({ id }).first());
}

/** Newest first, after a given one. */
export async function selectImports(db: Db, query: { after: string | null; limit: number }): Promise<ImportRecord[]> {
  const rows = db('import').orderBy('sequence', 'desc').limit(query.limit);
  if (query.after !== null) rows.whereRaw('sequence < (select sequence from import where id = ?)', [query.after]);
  return parseRows(ImportRecord, await rows);
}

/** Locks an import for one act. */
export async function lockImport(trx: Db, id: string): Promise<ImportRecord | null> {
  return parseRow(ImportRecord, await trx('import').where({ id }).forNoKeyUpdate().first());
}

/** The import of the same file that somebody applied, if any. */
export async function selectAppliedTwin(
  db: Db,
  { id, form, sha256 }: Pick<ImportRecord, 'id' | 'form' | 'sha256'>,
): Promise<ImportRecord | null> {
  const row = await db('import')
    .where({ form, file_sha256: sha256 })
    .whereNotNull('apply_started_at')
    .whereNot({ id })
    .first();
  return parseRow(ImportRecord, row);
}

/**
 * Marks the start of the application. Call under `lockImport`.
 * @throws a unique violation when another import of the same file is started at the same moment
 */
export async function recordApplyStarted(
  trx: Db,
  id: string,
  by: { actor: string; reason: string | null; actId: string },
  at: Date,
): Promise<void> {
  await trx('import')
    .where({ id })
    .update({ applied_by: by.actor, apply_reason: by.reason, apply_act_id: by.actId, apply_started_at: at });
}

export async function recordApplyFinished(db: Db, id: string, at: Date): Promise<void> {
  await db('import').where({ id }).whereNull('apply_finished_at').update({ apply_finished_at: at });
}

/** Deletes the rows of old imports, which hold personal data; counts and hash stay. Imports that are being applied stay. */
export async function forgetImportRows(db: Db, before: Date, at: Date): Promise<void> {
  await db.transaction(async (trx) => {
    const ids = await trx('import')
      .whereNull('forgotten_at')
      .where('created_at', '<', before)
      .where((query) => query.whereNull('apply_started_at').orWhereNotNull('apply_finished_at'))
      .limit(100)
      .forUpdate()
      .skipLocked()
      .pluck('id');
    if (ids.length === 0) return;
    await trx('import_row').whereIn('import_id', ids).delete();
    await trx('import').whereIn('id', ids).update({ forgotten_at: at });
  });
}
