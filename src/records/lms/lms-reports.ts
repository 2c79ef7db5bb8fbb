import type { Db } from '../rows.ts';

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
    .update({ patched_at: at, last_error: null, last_error_code: null, next_attempt_at: null });
  return changed > 0;
}

/**
 * The LMS has lost what it was told: it is to be told once more, by the same rules as the first time. False when it has not
 * been told yet. Diploma and letters, which exist by now, are not touched.
 */
export async function recordToldAnew(trx: Db, certificateId: string): Promise<boolean> {
  const changed = await trx('lms_report')
    .where({ certificate_id: certificateId })
    .whereNotNull('patched_at')
    .update({ patched_at: null, attempts: 0, last_error: null, last_error_code: null, next_attempt_at: null });
  return changed > 0;
}

/** Records that the LMS gave no usable answer, by how many times in a row; when it is to be asked again. */
export async function recordUnreachable(
  trx: Db,
  certificateId: string,
  error: { code: string; detail: string },
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

/** When the next attempt is due, while the LMS is away; null when none was put off. */
export async function selectNextAttempt(db: Db, certificateId: string): Promise<Date | null> {
  return (
    (await db('lms_report').where({ certificate_id: certificateId }).first('next_attempt_at'))?.next_attempt_at ?? null
  );
}

/** Counts one more 412 in a row; how many there were. An LMS that answers is not away any more. */
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

/** A person is asked now; whoever takes the certificate up again has all attempts before them. */
export async function forgetAttempts(trx: Db, certificateId: string): Promise<void> {
  await trx('lms_report').where({ certificate_id: certificateId }).update({ attempts: 0 });
}
