import type { Db } from '../rows.ts';

/**
 * Sets the batch that controls a certificate: the one that awarded it, or continued it last. While that batch is paused
 * or cancelled, the certificate does not continue. Null: no batch controls it. A batch whose letters others send keeps
 * Gramota from opening the first letter; it does not call back one that is open.
 */
export async function takeCharge(trx: Db, certificateId: string, batchId: string | null): Promise<void> {
  const noLetter = trx.raw(
    `no_letter or (select letter = 'none' from batch where id = ?) is true
       and not exists (select 1 from teacher_letter where certificate_id = certificate.id)`,
    [batchId],
  );
  await trx('certificate').where({ id: certificateId }).update({ batch_id: batchId, no_letter: noLetter });
}
