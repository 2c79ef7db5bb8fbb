import type { Db } from './rows.ts';

/**
 * A certificate may be in the charge of a batch: the one that awarded it, or took it up last. While that batch is paused
 * or cancelled nothing of the certificate goes on. Null puts it in nobody's charge.
 */
export async function takeCharge(trx: Db, certificateId: string, batchId: string | null): Promise<void> {
  await trx('certificate').where({ id: certificateId }).update({ batch_id: batchId });
}

/**
 * True while a hold is open, or the batch in charge is paused or cancelled: the certificate's steps park, without a job,
 * until it is released or resumed.
 */
export async function isParked(db: Db, certificateId: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { parked: boolean }[] }>(
    `select exists (select 1 from hold h where h.student_group_id = c.student_group_id and h.released_at is null)
       or b.paused_at is not null or b.cancelled_at is not null as parked
     from certificate c left join batch b on b.id = c.batch_id where c.id = ?`,
    [certificateId],
  );
  return rows[0]?.parked ?? false;
}
