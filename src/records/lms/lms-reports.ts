import type { Reason } from '../../domain/failure.ts';
import { coalescedRow } from '../../platform/database/coalesced-reads.ts';
import type { Db } from '../rows.ts';

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

/**
 * Records that the LMS applied our PATCH; null when it was already recorded. `waitingLetter` is the letter that waits for
 * the PATCH; it exists only when the LMS had lost the first report and the report was repeated.
 */
export async function recordPatched(
  trx: Db,
  certificateId: string,
  at: Date,
): Promise<{ waitingLetter: string | null } | null> {
  const [row] = await trx('lms_report')
    .where({ certificate_id: certificateId })
    .whereNull('patched_at')
    .update({ patched_at: at, last_error: null, last_error_code: null, next_attempt_at: null })
    .returning<{ waitingLetter: string | null }[]>(
      trx.raw(
        `(select id from teacher_letter where certificate_id = lms_report.certificate_id and state = 'waiting') as "waitingLetter"`,
      ),
    );
  return row ?? null;
}

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
