import { z } from 'zod';
import type { Reason } from '../../domain/failure.ts';
import type { ReasonCode } from '../../domain/reason-codes.ts';
import { sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { type Certificate, selectCertificate } from '../certificates/certificates.ts';
import { IS_STOPPED } from '../certificates/obstacles.ts';
import { byPlace, type Db, inputTable, parseRow } from '../rows.ts';

/** Locks a certificate for one act, so that a concurrent act sees its result. */
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
    await db('teacher_letter').where({ certificate_id: certificateId }).orderBy('created_at', 'desc').first(),
  );
}

const VERSIONS = inputTable({ certificateId: 'uuid', version: 'integer' });

/** Locks in the order of ids, so that two transactions cannot deadlock; then reads what was committed until then. */
const versionLocked = sharedStatement<{ certificateId: string; version: number }, { place: number; counts: boolean }>(
  async (trx, versions) => {
    const ids = versions.map(({ certificateId }) => certificateId);
    await trx.raw('select from certificate where id = any(?::uuid[]) order by id for no key update', [ids]);
    const { rows } = await trx.raw<{ rows: { place: number; counts: boolean }[] }>(
      `select i.place::int, not exists (select 1 from certificate_version where certificate_id = c.id and version > i.version)
         and not ${IS_STOPPED('keep-diploma')} as counts
       from ${VERSIONS.as('i')} join certificate as c on c.id = i."certificateId"`,
      VERSIONS.values(versions),
    );
    return byPlace(versions.length, rows);
  },
);

/**
 * Locks a certificate for the steps after a version's diploma. False when that version is outdated: a newer one
 * exists, or an obstacle keeps the diploma from being stored.
 */
export async function lockVersion(trx: Db, certificateId: string, version: number): Promise<boolean> {
  return (await versionLocked(trx, { certificateId, version }))?.counts ?? false;
}

/**
 * Cancels a waiting letter and waiting copies, so that they are never sent; returns the letter's id, or null when none is
 * waiting.
 */
export async function cancelWaitingLetter(
  trx: Db,
  certificateId: string,
  reason: Reason,
  at: Date,
): Promise<string | null> {
  const rows = await trx('personal_issue')
    .where({ certificate_id: certificateId, state: 'waiting' })
    .update({ state: 'cancelled', reason_code: reason.code, reason_detail: reason.detail, changed_at: at })
    .returning<{ id: string; copy_of: string | null }[]>(['id', 'copy_of']);
  return rows.find(({ copy_of }) => copy_of === null)?.id ?? null;
}

/**
 * Records a person's answer to an unknown outcome: `sent` without a letter number, based on that act; or `cancelled`,
 * because it was never sent. The attempts keep their records. False when it was settled meanwhile.
 */
export async function settleByPerson(
  trx: Db,
  letter: { id: string; state: 'sent' | 'cancelled'; actId: string; detail: string },
  at: Date,
): Promise<boolean> {
  const changed = await trx('personal_issue')
    .where({ id: letter.id })
    .whereIn('state', ['uncertain', 'accepted'])
    .update({
      state: letter.state,
      resolved_by: letter.actId,
      reason_code: 'by-person' satisfies ReasonCode,
      reason_detail: letter.detail,
      changed_at: at,
    });
  return changed > 0;
}
