import { z } from 'zod';
import { ROW_RESULTS, type RowResult } from '../../domain/bulk-verb.ts';
import { type Db, parseRows } from '../rows.ts';
import { IS_RUNNING } from './bulk-acts.ts';

/** A row that has no result yet. */
export interface OpenRow {
  position: number;
  /** Id of the student group, certificate or flag; of an unknown one, the text that was given. */
  subject: string;
  studentGroupId: string | null;
  /** Number of failed tries. */
  tries: number;
}

/** Rows without a result that may be tried now, ordered by position, after a given one. */
export async function selectOpenRows(
  db: Db,
  bulkId: string,
  query: { after: number; dueBefore: Date; limit: number },
): Promise<OpenRow[]> {
  return db('bulk_act_row')
    .where({ bulk_act_id: bulkId })
    .whereNull('result')
    .where('position', '>', query.after)
    .where((due) => due.whereNull('due_at').orWhere('due_at', '<=', query.dueBefore))
    .orderBy('position')
    .limit(query.limit)
    .select('position', 'subject', 'student_group_id as studentGroupId', 'tries');
}

/** Of the rows without a result: how many there are, and when the next one may be tried. */
export async function selectLeftRows(db: Db, bulkId: string): Promise<{ count: number; dueAt: Date | null }> {
  const { rows } = await db.raw<{ rows: { count: number; dueAt: Date | null }[] }>(
    `select count(*)::int as count, min(due_at) as "dueAt"
     from bulk_act_row where bulk_act_id = ? and result is null`,
    [bulkId],
  );
  return rows[0] ?? { count: 0, dueAt: null };
}

/**
 * Takes a row for this transaction, and links all acts of the transaction with the bulk act. False when the row has a
 * result already, or the bulk act is not running. A second worker with the same row waits here.
 */
export async function claimRow(trx: Db, bulkId: string, position: number): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `select set_config('gramota.bulk_act', b.id::text, true)
     from bulk_act as b join bulk_act_row as r on r.bulk_act_id = b.id
     where b.id = :bulkId and r.position = :position and r.result is null and ${IS_RUNNING('b')}
     for share of b for update of r`,
    { bulkId, position },
  );
  return rows.length > 0;
}

export interface RowOutcome {
  result: RowResult;
  reason: { code: string; detail: string } | null;
  /** State of the subject after that. */
  state: string | null;
  /** The newest act on the subject, for a refused row. */
  formerAct: { verb: string; actor: string; at: string } | null;
}

/** Stores the result of a claimed row, in the transaction of its act. */
export async function recordRowResult(
  trx: Db,
  bulkId: string,
  position: number,
  outcome: RowOutcome,
  at: Date,
): Promise<void> {
  await trx('bulk_act_row')
    .where({ bulk_act_id: bulkId, position })
    .update({
      result: outcome.result,
      reason_code: outcome.reason?.code ?? null,
      reason_detail: outcome.reason?.detail.slice(0, 2000) ?? null,
      state: outcome.state,
      former_act: outcome.formerAct === null ? null : JSON.stringify(outcome.formerAct),
      due_at: null,
      handled_at: at,
    });
}

/** Counts a failed try of a row that has no result yet. */
export async function recordFailedTry(db: Db, bulkId: string, position: number, dueAt: Date): Promise<void> {
  await db('bulk_act_row')
    .where({ bulk_act_id: bulkId, position })
    .whereNull('result')
    .update({ tries: db.raw('tries + 1'), due_at: dueAt });
}

const BulkRow = z
  .object({
    position: z.int(),
    subject: z.string(),
    student_group_id: z.string().nullable(),
    certificate_id: z.uuid().nullable(),
    full_name: z.string().nullable(),
    number: z.string().nullable(),
    result: z.enum(ROW_RESULTS).nullable(),
    reason_code: z.string().nullable(),
    reason_detail: z.string().nullable(),
    state: z.string().nullable(),
    former_act: z.object({ verb: z.string(), actor: z.string(), at: z.string() }).nullable(),
    handled_at: z.date().nullable(),
  })
  .transform((row) => ({
    position: row.position,
    subject: row.subject,
    studentGroupId: row.student_group_id,
    certificateId: row.certificate_id,
    fullName: row.full_name,
    number: row.number,
    result: row.result,
    reason: row.reason_code === null ? null : { code: row.reason_code, detail: row.reason_detail ?? '' },
    state: row.state,
    formerAct: row.former_act,
    handledAt: row.handled_at,
  }));
export type BulkRow = z.infer<typeof BulkRow>;

/** Rows ordered by position, optionally with one result (`pending`: none yet), after a given position. */
export async function selectBulkRows(
  db: Db,
  bulkId: string,
  query: { result: RowResult | 'pending' | null; after: number; limit: number },
): Promise<BulkRow[]> {
  const page = db('bulk_act_row')
    .where({ bulk_act_id: bulkId })
    .where('position', '>', query.after)
    .orderBy('position')
    .limit(query.limit);
  if (query.result === 'pending') page.whereNull('result');
  else if (query.result !== null) page.where({ result: query.result });
  const rows = await db
    .from(page.as('r'))
    .leftJoin('student_group as g', 'g.id', 'r.student_group_id')
    .leftJoin('certificate as c', 'c.id', 'r.certificate_id')
    .orderBy('r.position')
    .select('r.*', 'c.number', db.raw(`g.snapshot #>> '{student,fullName}' as full_name`));
  return parseRows(BulkRow, rows);
}
