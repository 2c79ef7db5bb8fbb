import { z } from 'zod';
import { HAS_OBSTACLE, IS_STOPPED } from '../certificates/obstacles.ts';
import { type Db, parseRows } from '../rows.ts';

const Due = z
  .object({
    certificate_id: z.uuid(),
    student_group_id: z.string(),
    release_id: z.string(),
    cert_template: z.string(),
    code: z.string(),
    issued_attempts: z.number().int(),
  })
  .transform((row) => ({
    certificateId: row.certificate_id,
    studentGroupId: row.student_group_id,
    releaseId: row.release_id,
    certTemplate: row.cert_template,
    code: row.code,
    attempts: row.issued_attempts,
  }));
export type IssuedReportDue = z.infer<typeof Due>;

/**
 * Certificates whose letter was sent since a given time and whose report to the LMS is due, longest sent first.
 * Excludes revoked and erased ones, and those whose student group is now in another release.
 */
export async function selectIssuedReportsDue(
  db: Db,
  { sentSince, now }: { sentSince: Date; now: Date },
  limit: number,
): Promise<IssuedReportDue[]> {
  const rows = await db
    .from('teacher_letter as i')
    .join('certificate as c', 'c.id', 'i.certificate_id')
    .join('lms_report as r', 'r.certificate_id', 'c.id')
    .whereIn('i.state', ['sent', 'delivered'])
    .where('i.changed_at', '>', sentSince)
    .whereNull('r.issued_told_at')
    .where((due) => due.whereNull('r.issued_next_at').orWhere('r.issued_next_at', '<=', now))
    .whereRaw(`not ${IS_STOPPED('report-issued')}`)
    .groupBy('r.certificate_id', 'c.id')
    .orderByRaw('min(i.changed_at)')
    .limit(limit)
    .select('r.certificate_id', 'c.student_group_id', 'c.release_id', 'c.cert_template', 'c.code', 'r.issued_attempts');
  return parseRows(Due, rows);
}

/**
 * Ends the flags of certificates that will not be reported to the LMS any more: revoked, erased, or sent before a given
 * time.
 */
export async function endFlagsOfUnreported(db: Db, sentSince: Date, at: Date): Promise<void> {
  await db('flag as f')
    .where({ 'f.kind': 'lms-not-told-issued' })
    .whereNull('f.ended_at')
    .whereRaw(
      `(exists (select 1 from certificate as c where c.id = f.certificate_id and ${HAS_OBSTACLE('revoked', 'erased')})
        or not exists (select 1 from teacher_letter as i where i.certificate_id = f.certificate_id
          and i.state in ('sent', 'delivered') and i.changed_at > ?))`,
      [sentSince],
    )
    .update({ cleared_at: at, ended_at: at });
}

/** Records that the LMS was informed of the issued certificate. */
export async function recordIssuedReported(trx: Db, certificateId: string, at: Date): Promise<void> {
  await trx('lms_report').where({ certificate_id: certificateId }).update({ issued_told_at: at, issued_next_at: null });
}

/** Records that the report failed, and when to retry. */
export async function putOffIssued(trx: Db, certificateId: string, nextAt: Date): Promise<void> {
  await trx('lms_report')
    .where({ certificate_id: certificateId })
    .update({ issued_next_at: nextAt, issued_attempts: trx.raw('issued_attempts + 1') });
}
