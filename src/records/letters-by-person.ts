import { z } from 'zod';
import { type Certificate, selectCertificate } from './certificates.ts';
import { type Db, parseRow } from './rows.ts';

/** Takes a certificate for one person's act: of two at once the second sees what the first did. */
export async function lockCertificate(trx: Db, id: string): Promise<Certificate | null> {
  await trx('certificate').where({ id }).forNoKeyUpdate().first('id');
  return selectCertificate(trx, id);
}

const Latest = z.object({ id: z.uuid(), state: z.string(), reason_detail: z.string().nullable() }).transform((row) => ({
  id: row.id,
  state: row.state,
  detail: row.reason_detail,
}));

/** The certificate's newest letter. */
export async function selectLatestLetter(db: Db, certificateId: string): Promise<z.infer<typeof Latest> | null> {
  return parseRow(
    Latest,
    await db('personal_issue').where({ certificate_id: certificateId }).orderBy('created_at', 'desc').first(),
  );
}

/** Whether the newest act on a certificate's validity took it away. */
export async function isRevoked(db: Db, certificateId: string): Promise<boolean> {
  const act = await db('validity_act')
    .where({ certificate_id: certificateId })
    .orderBy('sequence', 'desc')
    .first('kind');
  return act?.kind === 'revoke';
}

/**
 * Writes a person's answer to an unknown outcome: `sent` without a letter number, on the word of that act; or
 * `cancelled`, since it never left. The attempts keep what they recorded. False when it was settled meanwhile.
 */
export async function settleByPerson(
  trx: Db,
  letter: { id: string; state: 'sent' | 'cancelled'; actId: string; detail: string },
  at: Date,
): Promise<boolean> {
  const changed = await trx('personal_issue')
    .where({ id: letter.id })
    .whereIn('state', ['sending', 'uncertain', 'accepted'])
    .update({
      state: letter.state,
      resolved_by: letter.actId,
      reason_code: 'by-person',
      reason_detail: letter.detail,
      changed_at: at,
    });
  return changed > 0;
}
