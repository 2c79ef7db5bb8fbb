import type { RevocationClass } from '../../domain/certificate/revocation.ts';
import type { Db } from '../rows.ts';

/** An act on a certificate's validity. Append only: the newest one counts. */
interface ValidityAct {
  id: string;
  certificateId: string;
  /** The newest version at that time. */
  version: number;
  actor: string;
  /** In the person's own words; never shown to the public. */
  reason: string;
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
 * Takes a certificate's validity away, and that of every credential of it, for ever. Call under `lockCertificate` after
 * `isRevoked`.
 */
export async function recordRevoked(
  trx: Db,
  act: ValidityAct & { reasonClass: RevocationClass },
  at: Date,
): Promise<void> {
  await insertAct(trx, 'revoke', act, act.reasonClass, at);
  await revokeCredentials(trx, act.certificateId, { reasonClass: 'revoked', before: null }, at);
}

/**
 * Gives a certificate its validity back, at once for those who look it up. Its credentials stay revoked for machines:
 * a new version has to follow. Call under `lockCertificate` after `isRevoked`.
 */
export async function recordReinstated(trx: Db, act: ValidityAct, at: Date): Promise<void> {
  await insertAct(trx, 'reinstate', act, 'reinstated', at);
}

/** The diploma of a newer version is there: credentials of former ones hold no more. Call where that is recorded. */
export async function supersedeCredentials(trx: Db, certificateId: string, version: number, at: Date): Promise<void> {
  await revokeCredentials(trx, certificateId, { reasonClass: 'superseded', before: version }, at);
}

async function insertAct(
  trx: Db,
  kind: 'revoke' | 'reinstate',
  act: ValidityAct,
  reasonClass: string,
  at: Date,
): Promise<void> {
  await trx('validity_act').insert({
    id: act.id,
    certificate_id: act.certificateId,
    version: act.version,
    kind,
    reason_class: reasonClass,
    reason: act.reason,
    actor: act.actor,
    acted_at: at,
  });
}

/** What is revoked already keeps its time and class. */
async function revokeCredentials(
  trx: Db,
  certificateId: string,
  { reasonClass, before }: { reasonClass: 'revoked' | 'superseded'; before: number | null },
  at: Date,
): Promise<void> {
  await trx.raw(
    `insert into credential_revocation (certificate_id, version, revoked_at, reason_class)
     select certificate_id, version, :at, :reasonClass from certificate_version
     where certificate_id = :certificateId and version < coalesce(:before::integer, 2147483647)
     on conflict do nothing`,
    { certificateId, reasonClass, before, at },
  );
}
