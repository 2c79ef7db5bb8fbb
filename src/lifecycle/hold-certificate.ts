import type { HeldReason } from '../domain/reason-codes.ts';
import type { StageContext } from '../pipeline/context.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { hold } from '../records/student-groups/holds.ts';

/** Holds a certificate at a stage, until a person or a later step releases it. */
export async function holdCertificate(
  ctx: Pick<StageContext, 'clock' | 'db' | 'newId'>,
  stage: 'evaluate' | 'patch' | 'render' | 'send',
  { id, studentGroupId }: Certificate,
  code: HeldReason,
  detail: string,
  db = ctx.db,
): Promise<void> {
  await hold(db, { id: ctx.newId(), studentGroupId, certificateId: id, stage, code, detail }, ctx.clock.now());
}
