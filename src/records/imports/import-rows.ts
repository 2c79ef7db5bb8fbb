import { z } from 'zod';
import { RowValues } from '../../domain/import/read-row.ts';
import type { RowProblem } from '../../domain/import/row-problem.ts';
import { type RowChange, VERDICTS, type Verdict } from '../../domain/import/verdict.ts';
import { type Db, parseRow, parseRows } from '../rows.ts';

const ImportRow = z
  .object({
    row: z.int(),
    verdict: z.enum(VERDICTS),
    student_group_id: z.string().nullable(),
    values: RowValues,
    changes: z.array(z.custom<RowChange>()),
    problems: z.array(z.custom<RowProblem>()),
    result: z.enum(['applied', 'changed', 'refused']).nullable(),
    detail: z.string().nullable(),
  })
  .transform(({ student_group_id: studentGroupId, ...row }) => ({ ...row, studentGroupId }));
export type ImportRow = z.infer<typeof ImportRow>;
export type ImportResult = NonNullable<ImportRow['result']>;

const A_STATEMENT = 1000;

export async function insertImportRows(
  trx: Db,
  importId: string,
  rows: readonly Omit<ImportRow, 'result' | 'detail'>[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += A_STATEMENT) {
    const some = rows.slice(from, from + A_STATEMENT).map((row) => ({
      import_id: importId,
      row: row.row,
      verdict: row.verdict,
      student_group_id: row.studentGroupId,
      values: JSON.stringify(row.values),
      changes: JSON.stringify(row.changes),
      problems: JSON.stringify(row.problems),
    }));
    await trx('import_row').insert(some);
  }
}

/** In the order of the file, after a given row. */
export async function selectImportRows(
  db: Db,
  importId: string,
  query: { verdict: Verdict | null; result: ImportResult | null; after: number; limit: number },
): Promise<ImportRow[]> {
  const rows = db('import_row')
    .where({ import_id: importId })
    .where('row', '>', query.after)
    .orderBy('row')
    .limit(query.limit);
  if (query.verdict !== null) rows.where({ verdict: query.verdict });
  if (query.result !== null) rows.where({ result: query.result });
  return parseRows(ImportRow, await rows);
}

/** Locks the next row that has to be applied; rows that another process is applying are passed over. */
export async function lockNextRow(trx: Db, importId: string): Promise<ImportRow | null> {
  const row = await trx('import_row')
    .where({ import_id: importId })
    .whereNull('settled_at')
    .whereIn('verdict', ['found', 'same'])
    .orderBy('row')
    .forUpdate()
    .skipLocked()
    .first();
  return parseRow(ImportRow, row);
}

/** Whether a row still has to be applied; rows that are being applied count. */
export async function hasOpenRow(db: Db, importId: string): Promise<boolean> {
  const row = await db('import_row')
    .where({ import_id: importId })
    .whereNull('settled_at')
    .whereIn('verdict', ['found', 'same'])
    .first('row');
  return row !== undefined;
}

export async function recordImportResult(
  trx: Db,
  importId: string,
  row: number,
  outcome: { result: ImportResult; detail: string | null },
  at: Date,
): Promise<void> {
  await trx('import_row')
    .where({ import_id: importId, row })
    .update({ ...outcome, settled_at: at });
}

/** Rows by result, of those that were applied or tried. */
export async function countImportResults(db: Db, importId: string): Promise<Partial<Record<ImportResult, number>>> {
  const rows: { result: ImportResult; count: string }[] = await db('import_row')
    .where({ import_id: importId })
    .whereNotNull('result')
    .groupBy('result')
    .select('result')
    .count();
  return Object.fromEntries(rows.map(({ result, count }) => [result, Number(count)]));
}
