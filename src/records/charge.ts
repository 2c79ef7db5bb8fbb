import type { Db } from './rows.ts';

/**
 * A certificate may be in the charge of a batch: the one that awarded it, or took it up last. While that batch is paused
 * or cancelled nothing of the certificate goes on. Null puts it in nobody's charge.
 */
export async function takeCharge(trx: Db, certificateId: string, batchId: string | null): Promise<void> {
  await trx('certificate').where({ id: certificateId }).update({ batch_id: batchId });
}

/** True while the batch in charge is paused or cancelled: the certificate's steps park, without a job, until it is resumed. */
export async function isStopped(db: Db, certificateId: string): Promise<boolean> {
  const row = await db('certificate as c')
    .join('batch as b', 'b.id', 'c.batch_id')
    .where('c.id', certificateId)
    .whereRaw('(b.paused_at is not null or b.cancelled_at is not null)')
    .first('b.id');
  return row !== undefined;
}

/**
 * As `isStopped`, for a letter about to leave; keeps the batch from being paused or cancelled until this transaction has
 * ended, so that whoever stopped it may rely on its letters.
 */
export async function isStoppedForSending(trx: Db, personalIssueId: string): Promise<boolean> {
  const row = await trx('personal_issue as i')
    .join('certificate as c', 'c.id', 'i.certificate_id')
    .join('batch as b', 'b.id', 'c.batch_id')
    .where('i.id', personalIssueId)
    .forShare('b')
    .first('b.paused_at', 'b.cancelled_at');
  return row !== undefined && (row.paused_at !== null || row.cancelled_at !== null);
}
