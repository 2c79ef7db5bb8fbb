import type { StageContext } from '../../src/pipeline/context.ts';
import { insertLmsEvent, type LmsEvent, subjectOf } from '../../src/records/lms/lms-events.ts';

/** Stores a signed webhook and processes it. */
export async function announce(ctx: Pick<StageContext, 'db' | 'enqueue' | 'clock'>, event: LmsEvent): Promise<void> {
  await ctx.db.transaction(async (trx) => {
    const subject = subjectOf(event);
    if ((await insertLmsEvent(trx, event, ctx.clock.now())) && subject)
      await ctx.enqueue(trx, subject.queue, [{ id: subject.id }], { singletonKey: subject.id });
  });
}
