import { keysInWords } from '../domain/approval.ts';
import { message } from '../domain/messages/message.ts';
import type { StageContext } from '../pipeline/context.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { hold } from '../records/student-groups/holds.ts';

/** Holds a certificate because nobody has approved contents that a stage would use; it goes on when somebody has. */
export async function holdUnapproved(
  ctx: Pick<StageContext, 'clock' | 'db' | 'newId'>,
  stage: 'render' | 'send' | 'reissue',
  { id: certificateId, studentGroupId }: Pick<Certificate, 'id' | 'studentGroupId'>,
  lacks: readonly string[],
  db = ctx.db,
): Promise<void> {
  const entry = { id: ctx.newId(), studentGroupId, certificateId, stage, code: 'not-approved' as const };
  await hold(db, { ...entry, detail: notApprovedText(lacks), lacks }, ctx.clock.now());
}

export const notApprovedText = (lacks: readonly string[]): string =>
  message('not-approved', { contents: keysInWords(lacks) });
