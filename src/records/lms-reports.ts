import type { Db } from './rows.ts';

/** True when the LMS has been told of this certificate. */
export async function isPatched(db: Db, certificateId: string): Promise<boolean> {
  const row = await db('lms_report').where({ certificate_id: certificateId }).first('patched_at');
  return row?.patched_at != null;
}

/** Records that the LMS applied our PATCH; false when it was recorded before. */
export async function recordPatched(trx: Db, certificateId: string, at: Date): Promise<boolean> {
  const changed = await trx('lms_report')
    .where({ certificate_id: certificateId })
    .whereNull('patched_at')
    .update({ patched_at: at, last_error: null, next_attempt_at: null });
  return changed > 0;
}

/** Records that the LMS could not be reached; returns how many times in a row. */
export async function recordUnreachable(
  trx: Db,
  certificateId: string,
  error: string,
  nextAttemptAt: (attempts: number) => Date,
): Promise<Date | null> {
  const [row] = await trx('lms_report')
    .where({ certificate_id: certificateId })
    .whereNull('patched_at')
    .increment('attempts', 1)
    .returning<{ attempts: number }[]>('attempts');
  if (!row) return null;
  const at = nextAttemptAt(row.attempts);
  await trx('lms_report')
    .where({ certificate_id: certificateId })
    .update({ last_error: error.slice(0, 500), next_attempt_at: at });
  return at;
}
