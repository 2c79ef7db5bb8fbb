import type { Reason } from '../../domain/failure.ts';
import { NO_ERROR } from '../batches/batches.ts';
import type { Db } from '../rows.ts';

/** Records why a batch's pull waits for the LMS and when it retries; null: it does not wait any more. */
export async function recordPullWaits(
  trx: Db,
  batchId: string,
  waits: (Reason & { nextAttemptAt: Date }) | null,
): Promise<void> {
  const row = waits && {
    last_error_code: waits.code,
    last_error: waits.detail.slice(0, 500),
    next_attempt_at: waits.nextAttemptAt,
  };
  await trx('batch')
    .where({ id: batchId })
    .update(row ?? NO_ERROR);
}

/**
 * Records why a waiting letter still waits: the last check got no usable answer of the LMS. False when it is not
 * waiting any more.
 */
export async function recordLmsUnavailable(
  trx: Db,
  id: string,
  { code, detail, sendAfter }: Reason & { sendAfter: Date },
  at: Date,
): Promise<boolean> {
  const changed = await trx('personal_issue')
    .where({ id, state: 'waiting' })
    .update({ send_after: sendAfter, reason_code: code, reason_detail: detail.slice(0, 500), changed_at: at });
  return changed > 0;
}

/** Ids of the certificates of a batch's student groups. */
const certificatesOf = (db: Db, batchId: string) =>
  db('certificate as c')
    .join('batch_item as i', 'i.student_group_id', 'c.student_group_id')
    .where('i.batch_id', batchId)
    .select('c.id');

/** Makes a batch's letters that wait for the LMS due now, at a person's request. Returns their ids. */
export async function hastenLetters(trx: Db, batchId: string, at: Date): Promise<string[]> {
  const rows = await trx('personal_issue')
    .where({ state: 'waiting' })
    .whereIn('reason_code', ['lms-unavailable', 'lms-unreadable'])
    .whereIn('certificate_id', certificatesOf(trx, batchId))
    .update({ send_after: at })
    .returning<{ id: string }[]>('id');
  return rows.map((row) => row.id);
}

/** Makes reports that wait for the LMS due now; returns the ids of their certificates. */
export async function hastenReports(trx: Db, batchId: string): Promise<string[]> {
  const rows = await trx('lms_report')
    .whereNull('patched_at')
    .whereNotNull('next_attempt_at')
    .whereIn('certificate_id', certificatesOf(trx, batchId))
    .update({ next_attempt_at: null })
    .returning<{ certificate_id: string }[]>('certificate_id');
  return rows.map((row) => row.certificate_id);
}
