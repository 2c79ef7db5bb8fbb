import type { HeldReason } from '../domain/failure.ts';
import type { StageContext } from '../pipeline/context.ts';
import { takeCharge } from '../records/batches/charge.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { selectNextStep } from '../records/certificates/next-step.ts';
import { isDeadAddress } from '../records/letters/deliveries.ts';
import { changeRecipient } from '../records/letters/personal-issues.ts';
import type { Db } from '../records/rows.ts';
import { releaseHold, selectOpenHold } from '../records/student-groups/holds.ts';

/**
 * Holds whose cause is the LMS's data, or a word that a person has withdrawn: once it is gone, nobody needs to say so a
 * second time.
 */
const GONE_WHEN_MET: ReadonlySet<HeldReason> = new Set([
  'lms-conflict',
  'lms-gone',
  'lms-invalid',
  'consent-withdrawn',
  'excluded',
]);
/** Never ended by an evaluation: only a person knows what became of that letter. */
const FOR_A_PERSON: ReadonlySet<HeldReason> = new Set(['outcome-unknown']);

/**
 * Ends the hold of a certificate whose student group meets the criteria (again), and takes it up where its facts say it
 * stands. A coordinator's batch ends any hold but an unknown outcome and takes charge of the certificate; an event ends
 * only holds whose cause is surely gone.
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
      !FOR_A_PERSON.has(held.code) && (by.batchId !== null || (GONE_WHEN_MET.has(held.code) && held.stage !== 'patch'));
    if (!mayEnd) return;
    const moved = held.code === 'email-invalid' ? by.email : null;
    // Letters to that address come back: the LMS has gone back to the one that had to be corrected.
    if (moved !== null && (await isDeadAddress(trx, certificate.id, moved))) return;
    await releaseHold(trx, certificate, by.actor, ctx.clock.now());
    // The coordinator has looked: what was just judged is the address.
    if (moved !== null) await changeRecipient(trx, certificate.id, moved);
  }
  if (by.batchId !== null) await takeCharge(trx, certificate.id, by.batchId);
  await takeUp(ctx, trx, certificate.id);
}

/** Enqueues whatever comes next for a certificate; harmless when that is under way already. */
export async function takeUp(ctx: Pick<StageContext, 'enqueue'>, trx: Db, certificateId: string): Promise<void> {
  const next = await selectNextStep(trx, certificateId);
  if (next) await ctx.enqueue(trx, next.queue, [{ id: next.id }]);
}
