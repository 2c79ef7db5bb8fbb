import { z } from 'zod';
import { REVOCATION_CLASSES, type RevocationClass } from '../domain/certificate/revocation.ts';
import { message } from '../domain/messages/message.ts';
import { Problem } from '../platform/http/problem.ts';
import type { Lms } from '../ports/lms.ts';
import { type Certificate, selectCurrentVersion } from '../records/certificates/certificates.ts';
import { findObstacle } from '../records/certificates/obstacles.ts';
import { insertReissue, type Reissue, selectOpenReissue, settleReissue } from '../records/certificates/reissues.ts';
import { isRevoked, recordReinstated, recordRevoked } from '../records/certificates/validity-acts.ts';
import { cancelWaitingLetter, lockCertificate } from '../records/letters/letters-by-person.ts';
import type { Db } from '../records/rows.ts';
import { selectStandingOf } from '../records/student-groups/standing.ts';
import { recordAct } from '../records/tokens.ts';
import { type CertificateVerbContext, refuse } from './certificate-verbs.ts';
import { Instant, StateAnswer, Why } from './shared-schemas.ts';

export const ReinstateRequest = z.strictObject({ reason: Why });
export const RevokeRequest = z.strictObject({
  reason: Why,
  class: z
    .enum(REVOCATION_CLASSES, message('input.one-of', { known: REVOCATION_CLASSES.join(', ') }))
    .default('other')
    .describe('Kind of the reason, which the public sees. Only coordinators see `reason`.'),
});

export interface ValidityVerbContext extends CertificateVerbContext {
  lms: Pick<Lms, 'pullOne' | 'pullRelease'>;
}

interface By {
  actor: string;
  reason: string;
}

/** Answer to a revocation; times are RFC 3339. */
export const RevokedView = z
  .object({
    certificateId: z.uuid(),
    state: z.literal('revoked'),
    revokedAt: Instant,
    class: z.enum(REVOCATION_CLASSES),
    cancelledLetter: z
      .uuid()
      .nullable()
      .describe('Id of the waiting letter that was cancelled; null if no letter waited.'),
  })
  .meta({ id: 'Revoked', description: 'A certificate after its revocation.' });
export type RevokedView = z.infer<typeof RevokedView>;

/**
 * Revokes a certificate and all its credentials at once. A waiting letter is cancelled; one already at the provider
 * is still tracked. The LMS is not informed.
 * @throws Problem 409 when it is already revoked, or erased
 */
export async function revokeCertificate(
  ctx: Omit<ValidityVerbContext, 'lms'>,
  certificate: Certificate,
  by: By & { class: RevocationClass },
): Promise<RevokedView> {
  const { id } = certificate;
  return ctx.db.transaction(async (trx) => {
    const version = await lockNewest(trx, id);
    refuse(await findObstacle(trx, certificate, 'revoke'));
    const at = ctx.clock.now();
    const { actor, reason } = by;
    const actId = ctx.newId();
    await recordRevoked(trx, { id: actId, certificateId: id, version, actor, reason, reasonClass: by.class }, at);
    const called = { code: 'revoked' as const, detail: message('letter.revoked') };
    const cancelledLetter = await cancelWaitingLetter(trx, id, called, at);
    const open = await selectOpenReissue(trx, id);
    if (open) await settleReissue(trx, open.id, { code: 'revoked', detail: message('reissue.revoked') }, at);
    const detail = { class: by.class, version, cancelledLetter };
    await recordAct(trx, { id: actId, actor, reason, verb: 'certificate.revoke', subject: id, detail }, at);
    return { certificateId: id, state: 'revoked', revokedAt: at.toISOString(), class: by.class, cancelledLetter };
  });
}

/** Answer to a request for a new version; a worker creates the version later. */
export const AskedVersion = z
  .object({
    certificateId: z.uuid(),
    version: z.int().describe('Number of the new version.'),
    state: StateAnswer.describe('State of the certificate after the request.'),
  })
  .meta({ id: 'AskedVersion', description: 'A new version of a certificate that a worker will make.' });
export type AskedVersion = z.infer<typeof AskedVersion>;

/**
 * Reinstates a revoked certificate; the public lookup shows it as valid at once. Its old credentials stay revoked: a
 * worker creates a new version with the same facts, and a letter brings it.
 * @throws Problem 409 unless it is revoked, or with the reason why no new version is allowed for this person
 */
export async function reinstateCertificate(
  ctx: Omit<ValidityVerbContext, 'lms'>,
  certificate: Certificate,
  by: By,
): Promise<AskedVersion> {
  const { id } = certificate;
  return ctx.db.transaction(async (trx) => {
    const version = await lockNewest(trx, id);
    if (!(await isRevoked(trx, id))) throw new Problem(409, message('state.not-revoked'));
    refuse(await findObstacle(trx, certificate, 'reinstate'));
    const actId = ctx.newId();
    const at = ctx.clock.now();
    await recordReinstated(trx, { id: actId, certificateId: id, version, ...by }, at);
    const act = { id: actId, verb: 'certificate.reinstate', subject: id, detail: { version: version + 1 } };
    await recordAct(trx, { ...act, ...by }, at);
    return askVersion(ctx, trx, certificate, { actId, kind: 'reinstate', version: version + 1 });
  });
}

/** Locks the certificate for the act and returns its newest version. */
export async function lockNewest(trx: Db, certificateId: string): Promise<number> {
  await lockCertificate(trx, certificateId);
  const current = await selectCurrentVersion(trx, certificateId);
  if (!current) throw new Error(`certificate ${certificateId} has no version`);
  return current.version;
}

/** Requests a version that an act asks for, and enqueues its job. Call it in the transaction of the act. */
export async function askVersion(
  ctx: Omit<ValidityVerbContext, 'lms'>,
  trx: Db,
  certificate: Certificate,
  asked: { actId: string; kind: Reissue['kind']; version: number; expected?: string | null },
): Promise<AskedVersion> {
  const { id } = certificate;
  const { actId, version, ...kind } = asked;
  if (!(await insertReissue(trx, { id: actId, certificateId: id, ...kind }, ctx.clock.now())))
    throw new Problem(409, message('state.version-under-way'));
  await ctx.enqueue(trx, 'reissue', [{ id: actId }]);
  const standing = await selectStandingOf(trx, certificate);
  return { certificateId: id, version, state: standing?.state ?? 'pending' };
}
