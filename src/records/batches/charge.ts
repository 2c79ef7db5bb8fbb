import type { HeldReason } from '../../domain/failure.ts';
import type { Db } from '../rows.ts';
import { HOLDS_CERTIFICATE } from '../student-groups/holds.ts';

/**
 * SQL condition: certificate `c` waits for a person because the LMS moved its student group `g` to another release;
 * see the database function `is_left_behind`.
 */
export const IS_LEFT_BEHIND = '(c.release_id is distinct from g.release_id and is_left_behind(c.id, g.id))';

/**
 * Sets the batch that controls a certificate: the one that awarded it, or took it up last. While that batch is paused
 * or cancelled, the certificate does not continue. Null: no batch controls it.
 */
export async function takeCharge(trx: Db, certificateId: string, batchId: string | null): Promise<void> {
  await trx('certificate').where({ id: certificateId }).update({ batch_id: batchId });
}

/**
 * True while something stops the certificate: an open hold (of any code but `except`), a paused or cancelled batch in
 * control, a revocation, a move of its student group, or a requested new version. Its steps then have no job until
 * the obstacle is gone.
 */
export async function isParked(db: Db, certificateId: string, except: HeldReason | null = null): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { parked: boolean }[] }>(
    `select exists (select 1 from hold h where ${HOLDS_CERTIFICATE} and h.code is distinct from ?)
       or ${IS_LEFT_BEHIND}
       or b.paused_at is not null or b.cancelled_at is not null
       or exists (select 1 from (select kind from validity_act where certificate_id = c.id order by sequence desc limit 1) a
         where a.kind = 'revoke')
       or exists (select 1 from reissue r where r.certificate_id = c.id and r.settled_at is null) as parked
     from certificate c join student_group g on g.id = c.student_group_id left join batch b on b.id = c.batch_id
     where c.id = ?`,
    [except, certificateId],
  );
  return rows[0]?.parked ?? false;
}
