import type { HeldReason } from '../domain/reason-codes.ts';
import type { StageContext } from '../pipeline/context.ts';
import { takeCharge } from '../records/batches/charge.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { selectNextStep } from '../records/certificates/next-step.ts';
import { isDeadAddress } from '../records/letters/deliveries.ts';
import { changeRecipient } from '../records/letters/personal-issues.ts';
import type { Db } from '../records/rows.ts';
import { type OpenHold, releaseHold, selectOpenHold } from '../records/student-groups/holds.ts';

/**
 * Holds caused by LMS data or by an override that was withdrawn. They end automatically when the criteria are met
 * again.
 */
const GONE_WHEN_MET: ReadonlySet<HeldReason> = new Set([
  'lms-conflict',
  'lms-gone',
  'lms-invalid',
  'consent-withdrawn',
  'excluded',
]);
/** Never ended by an evaluation, because only a person can find out whether the letter was sent. */
const FOR_A_PERSON: ReadonlySet<HeldReason> = new Set(['outcome-unknown']);

/** The LMS refused the PATCH for this certificate. That the criteria are met now does not show that it would accept it. */
const isRefusedByLms = ({ code, stage }: OpenHold) => code === 'lms-conflict' && stage === 'patch';

/**
 * Ends the hold of a certificate whose student group meets the criteria again, and continues from its state. A
 * coordinator's batch ends any hold except an unknown outcome, and takes control of the certificate. An event ends
 * only holds whose cause is certainly gone.
 */
export async function resume(
  ctx: StageContext,
  trx: Db,
  certificate: Certificate,
  by: { actor: string; batchId: string | null; email: string | null },
): Promise<void> {
  const held = await selectOpenHold(trx, certificate);
  if (held) {
    const mayEnd =
      !FOR_A_PERSON.has(held.code) && (by.batchId !== null || (GONE_WHEN_MET.has(held.code) && !isRefusedByLms(held)));
    if (!mayEnd) return;
    const moved = held.code === 'email-invalid' ? by.email : null;
    // Letters to this address bounce: the LMS again has the wrong address that a coordinator corrected.
    if (moved !== null && (await isDeadAddress(trx, certificate.id, moved))) return;
    await releaseHold(trx, certificate, by.actor, ctx.clock.now());
    // A coordinator requested this batch after checking the address, so the evaluated address is the right one.
    if (moved !== null) await changeRecipient(trx, certificate.id, moved);
  }
  if (by.batchId !== null) await takeCharge(trx, certificate.id, by.batchId);
  await enqueueNextStep(ctx, trx, certificate.id);
}

/** Enqueues the next step of a certificate; harmless when it is already in progress. */
export async function enqueueNextStep(
  ctx: Pick<StageContext, 'enqueue'>,
  trx: Db,
  certificateId: string,
): Promise<void> {
  const next = await selectNextStep(trx, certificateId);
  if (next) await ctx.enqueue(trx, next.queue, [{ id: next.id }]);
}
