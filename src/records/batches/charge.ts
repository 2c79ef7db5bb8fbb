import type { Db } from '../rows.ts';

/**
 * Sets the batch that controls a certificate: the one that awarded it, or continued it last. While that batch is paused
 * or cancelled, the certificate does not continue. Null: no batch controls it. A batch whose letters others send keeps
 * Gramota from opening the first letter; it does not call back one that is open.
 *
 * A cancelled batch keeps its end: an item whose call was under way at the cancellation, and then had to wait, was not
 * cancelled by itself.
 */
export async function takeCharge(trx: Db, certificateId: string, batchId: string | null): Promise<void> {
  const noLetter = trx.raw(
    `no_letter or (select letter = 'none' from batch where id = ?) is true
       and not exists (select 1 from teacher_letter where certificate_id = certificate.id)`,
    [batchId],
  );
  await trx.raw(
    `update batch_item as i set cancelled_at = b.cancelled_at
     from certificate as c join batch as b on b.id = c.batch_id join find_entry as e on e.student_group_id = c.student_group_id
     where c.id = :certificateId and i.batch_id = b.id and i.student_group_id = c.student_group_id
       and b.cancelled_at is not null and i.cancelled_at is null and e.place = 'cancelled'
       and b.id is distinct from :batchId
       and not exists (select from item_apart as a where (a.batch_id, a.student_group_id) = (i.batch_id, i.student_group_id))`,
    { certificateId, batchId },
  );
  await trx('certificate').where({ id: certificateId }).update({ batch_id: batchId, no_letter: noLetter });
}
