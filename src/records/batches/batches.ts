import { z } from 'zod';
import type { Classified } from '../../domain/batch-class.ts';
import type { Reason } from '../../domain/failure.ts';
import { NO_LETTER } from '../../domain/letter/choose-letter.ts';
import type { ReasonCode } from '../../domain/reason-codes.ts';
import { coalescedRow, sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { type Db, inputTable, parseRow, parseRows, parseShared } from '../rows.ts';

const Batch = z
  .object({
    id: z.uuid(),
    release_id: z.string().nullable(),
    student_group_ids: z.array(z.string()).nullable(),
    countries: z.array(z.string()).nullable(),
    dry_run: z.boolean(),
    template: z.string().nullable(),
    letter: z.literal(NO_LETTER).nullable(),
    note: z.string().nullable(),
    actor: z.string(),
    request_hash: z.string(),
    created_at: z.date(),
    started_at: z.date().nullable(),
    pulled_at: z.date().nullable(),
    paused_at: z.date().nullable(),
    cancelled_at: z.date().nullable(),
    second_person: z.object({ programme: z.string(), above: z.number(), count: z.number() }).nullable(),
    second_person_at: z.date().nullable(),
    confirmed_at: z.date().nullable(),
    last_error_code: z.string().nullable() as z.ZodType<ReasonCode | null>,
    last_error: z.string().nullable(),
    next_attempt_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    releaseId: row.release_id,
    studentGroupIds: row.student_group_ids,
    countries: row.countries,
    dryRun: row.dry_run,
    template: row.template,
    /** `none`: others send the letters. Null: as the programme says. */
    letter: row.letter,
    note: row.note,
    actor: row.actor,
    requestHash: row.request_hash,
    createdAt: row.created_at,
    startedAt: row.started_at,
    pulledAt: row.pulled_at,
    pausedAt: row.paused_at,
    cancelledAt: row.cancelled_at,
    /** Why it needs a second person, and whether it waits for one now; null: it needs none. */
    secondPerson: row.second_person === null ? null : { ...row.second_person, isAwaited: row.confirmed_at === null },
    /** When it was paused by the wait for the second person. */
    secondPersonAt: row.second_person_at,
    /** Why its pull waits for the LMS, and until when; null while it does not. */
    lastError: row.last_error_code === null ? null : { code: row.last_error_code, detail: row.last_error ?? '' },
    nextAttemptAt: row.next_attempt_at,
  }));
export type Batch = z.infer<typeof Batch>;

export interface NewBatch {
  id: string;
  releaseId: string | null;
  studentGroupIds: string[] | null;
  countries: string[] | null;
  dryRun: boolean;
  template: string | null;
  letter?: typeof NO_LETTER | null;
  note: string | null;
  actor: string;
  idempotencyKey: string | null;
  requestHash: string;
}

/** Creates a batch, or returns the one that this actor created with the same Idempotency-Key. */
export async function insertOrReturnBatch(
  trx: Db,
  batch: NewBatch,
  at: Date,
): Promise<{ batch: Batch; created: boolean }> {
  const rows = await trx('batch')
    .insert({
      id: batch.id,
      release_id: batch.releaseId,
      student_group_ids: batch.studentGroupIds === null ? null : JSON.stringify(batch.studentGroupIds),
      countries: batch.countries === null ? null : JSON.stringify(batch.countries),
      dry_run: batch.dryRun,
      template: batch.template,
      letter: batch.letter ?? null,
      note: batch.note,
      actor: batch.actor,
      idempotency_key: batch.idempotencyKey,
      request_hash: batch.requestHash,
      created_at: at,
    })
    .onConflict(['actor', 'idempotency_key'])
    .ignore()
    .returning('*');
  if (rows[0]) return { batch: Batch.parse(rows[0]), created: true };
  const before = await trx('batch').where({ actor: batch.actor, idempotency_key: batch.idempotencyKey }).first();
  return { batch: Batch.parse(before), created: false };
}

const batchRow = coalescedRow('batch', 'id', 'uuid');
/** Of a batch over ids, the list of them is long. */
const parseBatch = parseShared(Batch);

export async function selectBatch(db: Db, id: string): Promise<Batch | null> {
  return parseBatch(await batchRow(db, id));
}

/** The batch that this actor created with this Idempotency-Key. */
export async function selectBatchByKey(db: Db, actor: string, idempotencyKey: string): Promise<Batch | null> {
  return parseRow(Batch, await db('batch').where({ actor, idempotency_key: idempotencyKey }).first());
}

/** Newest batches first; begins with the one that is next older than the given batch. */
export async function selectBatches(db: Db, limit: number, after: string | null): Promise<Batch[]> {
  const query = db('batch')
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit);
  if (after) query.whereRaw('(created_at, id) < (select created_at, id from batch where id = ?)', [after]);
  return parseRows(Batch, await query);
}

/** The newest batches over a release, dry runs included. */
export async function selectBatchesOfRelease(db: Db, releaseId: string, limit: number): Promise<Batch[]> {
  return parseRows(
    Batch,
    await db('batch').where({ release_id: releaseId }).orderBy('created_at', 'desc').limit(limit),
  );
}

/**
 * Adds student groups to a batch; existing items stay unchanged.
 * @param releaseId the batch's; null for a batch over ids, whose items get theirs when they are judged
 */
export async function insertBatchItems(
  trx: Db,
  batchId: string,
  studentGroupIds: string[],
  releaseId: string | null,
): Promise<void> {
  if (studentGroupIds.length === 0) return;
  await trx('batch_item')
    .insert(studentGroupIds.map((id) => ({ batch_id: batchId, student_group_id: id, release_id: releaseId })))
    .onConflict()
    .ignore();
}

/** A batch whose pull does not wait for the LMS. */
export const NO_ERROR = { last_error_code: null, last_error: null, next_attempt_at: null };

/** Records the start of a batch's pull; false when it was cancelled. */
export async function recordPulling(trx: Db, batchId: string, at: Date): Promise<boolean> {
  const changed = await trx('batch')
    .where({ id: batchId })
    .whereNull('cancelled_at')
    .update({ ...NO_ERROR, started_at: trx.raw('coalesce(started_at, ?)', [at]) });
  return changed > 0;
}

/** Records that a batch is completely pulled; all its items are known then. */
export async function recordPulled(trx: Db, batchId: string, at: Date): Promise<void> {
  await trx('batch')
    .where({ id: batchId })
    .update({ ...NO_ERROR, pulled_at: at, started_at: trx.raw('coalesce(started_at, ?)', [at]) });
}

/** Ids of a batch's items in pages, for enqueuing. */
export async function selectBatchItemIds(db: Db, batchId: string, after: string, limit: number): Promise<string[]> {
  return db('batch_item')
    .where({ batch_id: batchId })
    .where('student_group_id', '>', after)
    .orderBy('student_group_id')
    .limit(limit)
    .pluck('student_group_id');
}

interface RecordedOutlook extends Classified {
  letter: { country: string; zone: string; due: Date | null } | null;
  name: { length: number; script: string } | null;
}

/** Records the result of an evaluation for the batch's item. */
export async function recordItemEvaluated(
  trx: Db,
  input: {
    batchId: string;
    studentGroupId: string;
    /** The release in which it was judged; absent: unchanged. */
    releaseId?: string;
    decisionId: string | null;
    wouldBe: string | null;
    skipped: Reason | null;
    /** What the batch found out. */
    outlook: RecordedOutlook | null;
  },
  at: Date,
): Promise<void> {
  const { outlook } = input;
  await evaluated(trx, {
    batch_id: input.batchId,
    student_group_id: input.studentGroupId,
    release_id: input.releaseId ?? null,
    decision_id: input.decisionId,
    would_be: input.wouldBe,
    skipped_code: input.skipped?.code ?? null,
    skipped_detail: input.skipped?.detail ?? null,
    class: outlook?.class ?? null,
    cause: outlook?.cause ?? null,
    country: outlook?.letter?.country ?? null,
    zone: outlook?.letter?.zone ?? null,
    letter_due: outlook?.letter?.due ?? null,
    name_length: outlook?.name?.length ?? null,
    script: outlook?.name?.script ?? null,
    evaluated_at: at,
  });
}

const EVALUATED = {
  decision_id: 'uuid',
  would_be: 'text',
  skipped_code: 'text',
  skipped_detail: 'text',
  class: 'text',
  cause: 'text',
  country: 'text',
  zone: 'text',
  letter_due: 'timestamptz',
  name_length: 'integer',
  script: 'text',
  evaluated_at: 'timestamptz',
};
const ITEM = { batch_id: 'uuid', student_group_id: 'text', release_id: 'text' };
const ITEMS = inputTable({ ...ITEM, ...EVALUATED });

const evaluated = sharedStatement<Record<keyof typeof ITEM | keyof typeof EVALUATED, unknown>, void>(
  async (trx, items) => {
    const set = Object.keys(EVALUATED).map((column) => `${column} = i.${column}`);
    await trx.raw(
      `update batch_item as b set release_id = coalesce(i.release_id, b.release_id), ${set.join(', ')}
       from ${ITEMS.as('i')} where b.batch_id = i.batch_id and b.student_group_id = i.student_group_id
         -- So that the planner looks them up, however small it believes the table is.
         and b.student_group_id = any(:student_group_id::text[])`,
      ITEMS.values(items),
    );
    return [];
  },
);

/** Releases of a batch's items. */
export async function selectBatchReleases(db: Db, batchId: string): Promise<string[]> {
  return db('batch_item as b')
    .join('student_group as g', 'g.id', 'b.student_group_id')
    .where('b.batch_id', batchId)
    .whereNotNull('g.release_id')
    .distinct()
    .pluck('g.release_id');
}

/** Another student group of the same student that this dry run would award; its id, or null. */
export async function selectForeseen(
  db: Db,
  batchId: string,
  subject: { studentId: string; releaseId: string; notGroup: string },
): Promise<string | null> {
  const row = await db('batch_item as b')
    .join('student_group as g', 'g.id', 'b.student_group_id')
    .where({
      'b.batch_id': batchId,
      'b.would_be': 'awarded',
      'g.student_id': subject.studentId,
      'g.release_id': subject.releaseId,
    })
    .whereNot('g.id', subject.notGroup)
    .first('g.id');
  return row?.id ?? null;
}
