import { z } from 'zod';
import { BULK_VERBS, type BulkVerb } from '../../domain/bulk-verb.ts';
import { type Db, parseRow, parseRows } from '../rows.ts';

/** Number of rows by result, and of refused rows by reason code. Rows without a result are `pending`. */
export const BulkCounts = z.object({
  pending: z.int(),
  possible: z.int(),
  done: z.int(),
  refused: z.int(),
  failed: z.int(),
  refusedBy: z.record(z.string(), z.int()),
});
export type BulkCounts = z.infer<typeof BulkCounts>;

const BulkAct = z
  .object({
    id: z.uuid(),
    verb: z.enum(BULK_VERBS),
    options: z.record(z.string(), z.unknown()),
    reason: z.string(),
    actor: z.string(),
    dry_run: z.boolean(),
    filter: z.record(z.string(), z.unknown()).nullable(),
    total: z.int(),
    request_hash: z.string(),
    needs_second_person: z.boolean(),
    confirmed_at: z.date().nullable(),
    confirmed_by: z.string().nullable(),
    created_at: z.date(),
    paused_at: z.date().nullable(),
    cancelled_at: z.date().nullable(),
    finished_at: z.date().nullable(),
    counts: BulkCounts.nullable(),
    last_error_code: z.string().nullable(),
    last_error: z.string().nullable(),
    next_attempt_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    verb: row.verb,
    /** The fields of the request that only this verb has. */
    options: row.options,
    reason: row.reason,
    actor: row.actor,
    dryRun: row.dry_run,
    filter: row.filter,
    total: row.total,
    requestHash: row.request_hash,
    isUnconfirmed: row.needs_second_person && row.confirmed_at === null,
    confirmedAt: row.confirmed_at,
    confirmedBy: row.confirmed_by,
    createdAt: row.created_at,
    pausedAt: row.paused_at,
    cancelledAt: row.cancelled_at,
    finishedAt: row.finished_at,
    /** Null while rows can change. */
    counts: row.counts,
    lastError:
      row.last_error_code === null
        ? null
        : { code: row.last_error_code, detail: row.last_error ?? '', nextAttemptAt: row.next_attempt_at },
  }));
export type BulkAct = z.infer<typeof BulkAct>;

export interface NewBulkAct {
  id: string;
  verb: BulkVerb;
  options: object;
  reason: string;
  actor: string;
  dryRun: boolean;
  filter: object | null;
  idempotencyKey: string | null;
  requestHash: string;
}

/** Creates a bulk act without rows; null when this actor has used the Idempotency-Key before. */
export async function insertBulkAct(trx: Db, bulk: NewBulkAct, at: Date): Promise<BulkAct | null> {
  const rows = await trx('bulk_act')
    .insert({
      id: bulk.id,
      verb: bulk.verb,
      options: JSON.stringify(bulk.options),
      reason: bulk.reason,
      actor: bulk.actor,
      dry_run: bulk.dryRun,
      filter: bulk.filter === null ? null : JSON.stringify(bulk.filter),
      idempotency_key: bulk.idempotencyKey,
      request_hash: bulk.requestHash,
      created_at: at,
    })
    .onConflict(['actor', 'idempotency_key'])
    .ignore()
    .returning('*');
  return parseRow(BulkAct, rows[0]);
}

export async function selectBulkAct(db: Db, id: string): Promise<BulkAct | null> {
  return parseRow(BulkAct, await db('bulk_act').where({ id }).first());
}

/** The bulk act that this actor started with this Idempotency-Key. */
export async function selectBulkActByKey(db: Db, actor: string, idempotencyKey: string): Promise<BulkAct | null> {
  return parseRow(BulkAct, await db('bulk_act').where({ actor, idempotency_key: idempotencyKey }).first());
}

/**
 * The bulk act on the same filter, with the same verb and fields, that is not over yet, whoever started it; not one that
 * this Idempotency-Key has started. Null without a filter, and when there is none.
 */
export async function selectBulkActUnderWay(
  db: Db,
  wanted: { verb: BulkVerb; options: object; selection: { filter?: object | null | undefined } },
  { actor, idempotencyKey }: { actor: string; idempotencyKey: string | null },
): Promise<string | null> {
  if (wanted.selection.filter == null) return null;
  const row = await db('bulk_act')
    .whereNull('finished_at')
    .whereNull('cancelled_at')
    .where({ dry_run: false, verb: wanted.verb })
    .whereRaw('filter = ?::jsonb and options = ?::jsonb', [
      JSON.stringify(wanted.selection.filter),
      JSON.stringify(wanted.options),
    ])
    .whereRaw('not (actor = ? and idempotency_key is not distinct from ?)', [actor, idempotencyKey])
    .orderBy('created_at', 'desc')
    .first('id');
  return row?.id ?? null;
}

/** Newest first, after the one with the given id. */
export async function selectBulkActs(db: Db, limit: number, after: string | null): Promise<BulkAct[]> {
  const query = db('bulk_act')
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit);
  if (after) query.whereRaw('(created_at, id) < (select created_at, id from bulk_act where id = ?)', [after]);
  return parseRows(BulkAct, await query);
}

/** Locks a bulk act for one act on it. It waits for rows that are being handled. */
export async function lockBulkAct(trx: Db, id: string): Promise<BulkAct | null> {
  await trx('bulk_act').where({ id }).forNoKeyUpdate().first('id');
  return selectBulkAct(trx, id);
}

/** Changes a bulk act. Call under `lockBulkAct`, or in the transaction that created it. */
export async function updateBulkAct(
  trx: Db,
  id: string,
  changes: Partial<{
    total: number;
    needsSecondPerson: boolean;
    confirmedAt: Date;
    confirmedBy: string;
    pausedAt: Date | null;
    cancelledAt: Date;
    finishedAt: Date;
    counts: BulkCounts;
  }>,
): Promise<void> {
  const { counts, ...rest } = changes;
  const columns = Object.entries(rest).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  await trx('bulk_act')
    .where({ id })
    .update({ ...Object.fromEntries(columns), ...(counts === undefined ? {} : { counts: JSON.stringify(counts) }) });
}

/** Why the bulk act waits for the LMS, and until when; null when it does not. */
export async function recordBulkWaits(
  db: Db,
  id: string,
  error: { code: string; detail: string; nextAttemptAt: Date } | null,
): Promise<void> {
  await db('bulk_act')
    .where({ id })
    .update({
      last_error_code: error?.code ?? null,
      last_error: error?.detail ?? null,
      next_attempt_at: error?.nextAttemptAt ?? null,
    });
}

/** The rows of a bulk act, counted. */
export async function countBulkRows(db: Db, id: string): Promise<BulkCounts> {
  const { rows } = await db.raw<{
    rows: { result: keyof Omit<BulkCounts, 'refusedBy'>; code: string | null; count: number }[];
  }>(
    `select coalesce(result, 'pending') as result, case when result = 'refused' then reason_code end as code, count(*)::int as count
     from bulk_act_row where bulk_act_id = ? group by 1, 2 order by 3 desc, 2`,
    [id],
  );
  const counts: BulkCounts = { pending: 0, possible: 0, done: 0, refused: 0, failed: 0, refusedBy: {} };
  for (const { result, code, count } of rows) {
    counts[result] += count;
    if (code !== null) counts.refusedBy[code] = count;
  }
  return counts;
}

/** Bulk acts that have rows to handle and were started before a given time. */
export async function selectRunningBulkActs(db: Db, before: Date): Promise<string[]> {
  return db('bulk_act')
    .whereNull('finished_at')
    .whereNull('cancelled_at')
    .whereRaw(IS_RUNNING('bulk_act'))
    .where('created_at', '<', before)
    .pluck('id');
}

/** SQL condition: rows of this bulk act are handled now. */
export const IS_RUNNING = (table: string): string =>
  `(${table}.finished_at is null and ${table}.cancelled_at is null and ${table}.paused_at is null
    and (not ${table}.needs_second_person or ${table}.confirmed_at is not null))`;
