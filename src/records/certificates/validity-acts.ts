import type { RevocationClass } from '../../domain/certificate/revocation.ts';
import type { Db } from '../rows.ts';

/** An act on a certificate's validity. Append only: the newest one is effective. */
interface ValidityAct {
  id: string;
  certificateId: string;
  /** The newest version at that time. */
  version: number;
  actor: string;
  /** Free text; never shown to the public. */
  reason: string;
}

/** Whether the newest act on a certificate's validity is a revocation. */
export async function isRevoked(db: Db, certificateId: string): Promise<boolean> {
  const act = await db('validity_act')
    .where({ certificate_id: certificateId })
    .orderBy('sequence', 'desc')
    .first('kind');
  return act?.kind === 'revoke';
}

/** Revokes a certificate, and all its credentials for ever. Call under `lockCertificate` after `isRevoked`. */
export async function recordRevoked(
  trx: Db,
  act: ValidityAct & { reasonClass: RevocationClass },
  at: Date,
): Promise<void> {
  await insertAct(trx, 'revoke', act, act.reasonClass, at);
  await revokeCredentials(trx, act.certificateId, { reasonClass: 'revoked', before: null }, at);
}

/**
 * Reinstates a certificate, visible at once in the public lookup. Its credentials stay revoked, so a new version must
 * follow. Call under `lockCertificate` after `isRevoked`.
 */
export async function recordReinstated(trx: Db, act: ValidityAct, at: Date): Promise<void> {
  await insertAct(trx, 'reinstate', act, 'reinstated', at);
}

/** Invalidates the credentials of earlier versions. Call it where the newer version's diploma is recorded. */
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

/** An already revoked credential keeps its time and class. */
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
