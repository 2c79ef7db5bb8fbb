import type { Db } from '../records/rows.ts';
import { hold } from '../records/student-groups/holds.ts';
import type { StageContext } from './context.ts';

/** The hold of what waits for a signing key; it ends by itself as soon as there is one. */
export const KEY_HOLD = 'signing-key-missing';

interface Waiting {
  stage: string;
  studentGroupId: string;
  certificateId: string | null;
  /** What is missing and how to mend it. */
  detail: string;
  /** Milliseconds until it is tried again. */
  pause: number;
  /** Whether to show it as held. */
  visible: boolean;
}

/**
 * A missing key is nobody's fault but an operator's, and mended without a restart: the job costs no try, says so in the
 * log and is enqueued anew by `again`, for as long as it takes.
 */
export async function waitForKey(
  ctx: StageContext,
  { stage, studentGroupId, certificateId, detail, pause, visible }: Waiting,
  again: (trx: Db, startAfter: Date) => Promise<unknown>,
): Promise<void> {
  ctx.log.error({ event: 'signing-key-missing', stage, studentGroupId, certificateId, detail }, 'waiting for a key');
  const at = ctx.clock.now();
  await ctx.db.transaction(async (trx) => {
    if (visible) await hold(trx, { id: ctx.newId(), studentGroupId, certificateId, stage, code: KEY_HOLD, detail }, at);
    await again(trx, new Date(at.getTime() + pause));
  });
}
