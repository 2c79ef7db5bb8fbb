import { message } from '../domain/messages/message.ts';
import type { StageContext } from '../pipeline/context.ts';
import { Problem } from '../platform/http/problem.ts';
import type { Clock } from '../ports/clock.ts';
import { recordItemAgain } from '../records/batches/batch-changes.ts';
import { selectOpenHold } from '../records/student-groups/holds.ts';
import { lockForOverriding } from '../records/student-groups/overrides.ts';
import { selectStanding } from '../records/student-groups/standing.ts';
import { recordAct } from '../records/tokens.ts';

export interface RetryContext extends Pick<StageContext, 'db' | 'enqueue' | 'newId'> {
  clock: Pick<Clock, 'now'>;
}

/**
 * What `retry` of a batch does, for one student group: its newest batch pulls and evaluates it again, and a refused or
 * returned letter is followed by a new one.
 * @throws Problem 409 when it is not held, refused or bounced; when only a person can say whether its letter was sent; or
 * when no batch contains it
 */
export async function retryStudentGroup(
  ctx: RetryContext,
  studentGroupId: string,
  by: { actor: string; reason: string },
): Promise<{ batchId: string }> {
  return ctx.db.transaction(async (trx) => {
    await lockForOverriding(trx, studentGroupId);
    const standing = await selectStanding(trx, studentGroupId);
    const state = standing?.state ?? 'pending';
    const hold = await selectOpenHold(trx, { studentGroupId, id: standing?.certificateId ?? null });
    if (hold?.code === 'outcome-unknown') throw new Problem(409, message('state.retry-unknown-outcome'));
    if (!['held', 'refused', 'bounced'].includes(state)) throw new Problem(409, message('state.no-retry', { state }));
    const at = ctx.clock.now();
    const batchId = await recordItemAgain(trx, studentGroupId, at);
    if (batchId === null) throw new Problem(409, message('state.no-batch-to-retry'));
    const act = { id: ctx.newId(), ...by, verb: 'student-group.retry', subject: studentGroupId, detail: { batchId } };
    await recordAct(trx, act, at);
    await ctx.enqueue(trx, 'ingest', [{ kind: 'item', id: studentGroupId, batchId }]);
    return { batchId };
  });
}
