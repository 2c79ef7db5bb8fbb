import type { Db } from '../rows.ts';

/**
 * Sets the batch that controls a certificate: the one that awarded it, or continued it last. While that batch is paused
 * or cancelled, the certificate does not continue. Null: no batch controls it.
 */
export async function takeCharge(trx: Db, certificateId: string, batchId: string | null): Promise<void> {
  await trx('certificate').where({ id: certificateId }).update({ batch_id: batchId });
}
