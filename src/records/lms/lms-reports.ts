import type { Reason } from '../../domain/failure.ts';
import { coalescedRow, sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { byPlace, type Db, inputTable } from '../rows.ts';

const reportRow = coalescedRow<{ patched_at: Date | null; next_attempt_at: Date | null }>(
  'lms_report',
  'certificate_id',
  'uuid',
);

/** Whether this certificate was reported to the LMS, and while it is unavailable, when the next attempt is due. */
export async function selectReport(
  db: Db,
  certificateId: string,
): Promise<{ isPatched: boolean; nextAttempt: Date | null }> {
  const row = await reportRow(db, certificateId);
  return { isPatched: row?.patched_at != null, nextAttempt: row?.next_attempt_at ?? null };
}

/** Whether this certificate was reported to the LMS. */
export async function isPatched(db: Db, certificateId: string): Promise<boolean> {
  return (await selectReport(db, certificateId)).isPatched;
}

export interface Patched {
  certificateId: string;
  studentGroupId: string;
  /** The student group's ETag after our PATCH, so that the next one does not conflict with it; null: not told. */
  etag: string | null;
  /** When the LMS was asked for the student group right before, and had what is stored; null: it was not asked. */
  readAt: Date | null;
}

/**
 * Records that the LMS applied our PATCH; null when it was already recorded. `waitingLetter` is the letter that waits for
 * the PATCH; it exists only when the LMS had lost the first report and the report was repeated.
 */
export async function recordPatched(
  trx: Db,
  patched: Patched,
  at: Date,
): Promise<{ waitingLetter: string | null } | null> {
  return (await recorded(trx, { ...patched, at })) ?? null;
}

const PATCHED = inputTable({
  certificateId: 'uuid',
  studentGroupId: 'text',
  etag: 'text',
  readAt: 'timestamptz',
  at: 'timestamptz',
});

/** Locks the student groups first, as everybody does. Ids are looked up, however small the planner believes a table is. */
const recorded = sharedStatement<Patched & { at: Date }, { place: number; waitingLetter: string | null }>(
  async (trx, patched) => {
    const { rows } = await trx.raw<{ rows: { place: number; waitingLetter: string | null }[] }>(
      `with input as materialized (select * from ${PATCHED.as('i')}),
       seen as (
         update student_group as g set etag = coalesce(i.etag, g.etag), pulled_at = greatest(g.pulled_at, i."readAt")
         from input as i where g.id = i."studentGroupId" and g.id = any(:studentGroupId::text[])
           and (i.etag is not null or i."readAt" is not null)
         returning g.id),
       told as (
         update lms_report as r set patched_at = i.at, last_error = null, last_error_code = null, next_attempt_at = null
         from input as i where r.certificate_id = i."certificateId" and r.certificate_id = any(:certificateId::uuid[])
           and r.patched_at is null and (select count(*) from seen) is not null
         returning i.place, r.certificate_id)
       select place::int, (select id from teacher_letter as p where p.certificate_id = told.certificate_id
         and p.state = 'waiting') as "waitingLetter" from told`,
      PATCHED.values(patched),
    );
    return byPlace(patched.length, rows);
  },
);

/**
 * The LMS lost the report, so it is due again, by the rules of the first time. False when it was never reported.
 * Existing diploma and letters stay unchanged.
 */
export async function recordReportLost(trx: Db, certificateId: string): Promise<boolean> {
  const changed = await trx('lms_report')
    .where({ certificate_id: certificateId })
    .whereNotNull('patched_at')
    .update({ patched_at: null, attempts: 0, last_error: null, last_error_code: null, next_attempt_at: null });
  return changed > 0;
}

/** Records an unusable answer of the LMS, the number of them in a row, and when to retry. */
export async function recordUnreachable(
  trx: Db,
  certificateId: string,
  error: Reason,
  nextAttemptAt: (attempts: number) => Date,
): Promise<Date | null> {
  const [row] = await trx('lms_report')
    .where({ certificate_id: certificateId })
    .whereNull('patched_at')
    .update({ attempts: trx.raw('case when last_error is null then 1 else attempts + 1 end') })
    .returning<{ attempts: number }[]>('attempts');
  if (!row) return null;
  const at = nextAttemptAt(row.attempts);
  await trx('lms_report')
    .where({ certificate_id: certificateId })
    .update({ last_error_code: error.code, last_error: error.detail.slice(0, 500), next_attempt_at: at });
  return at;
}

/** Counts one more 412 in a row and returns the number. An answering LMS is no longer unavailable. */
export async function countChangedMeanwhile(trx: Db, certificateId: string): Promise<number> {
  const [row] = await trx('lms_report')
    .where({ certificate_id: certificateId })
    .update({
      attempts: trx.raw('case when last_error is null then attempts + 1 else 1 end'),
      last_error: null,
      last_error_code: null,
      next_attempt_at: null,
    })
    .returning<{ attempts: number }[]>('attempts');
  return row?.attempts ?? 0;
}

/** Resets the attempts, because a person handles the certificate now; afterwards all attempts are available again. */
export async function forgetAttempts(trx: Db, certificateId: string): Promise<void> {
  await trx('lms_report').where({ certificate_id: certificateId }).update({ attempts: 0 });
}
