import type { Db } from '../records/rows.ts';
import { hold } from '../records/student-groups/holds.ts';
import type { StageContext } from './context.ts';

/** The hold code while a signing key is missing; it ends automatically when the key is there. */
export const KEY_HOLD = 'signing-key-missing';

interface Waiting {
  stage: string;
  studentGroupId: string;
  certificateId: string | null;
  /** What is missing, with advice. */
  detail: string;
  /** Milliseconds until the next try. */
  pause: number;
  /** Whether to show it as a hold. */
  visible: boolean;
}

/**
 * Handles a missing key, which an operator can add without a restart: the job does not count a try, logs the fault,
 * and is enqueued again by `again`, without limit.
 */
export async function waitForKey(
  ctx: StageContext,
  { stage, studentGroupId, certificateId, detail, pause, visible }: Waiting,
  again: (trx: Db, startAfter: Date) => Promise<unknown>,
): Promise<void> {
  ctx.log.error(
    { event: 'signing-key-missing', stage, studentGroupId, certificateId, detail },
    'waiting for a signing key',
  );
  const at = ctx.clock.now();
  await ctx.db.transaction(async (trx) => {
    if (visible) await hold(trx, { id: ctx.newId(), studentGroupId, certificateId, stage, code: KEY_HOLD, detail }, at);
    await again(trx, new Date(at.getTime() + pause));
  });
}
