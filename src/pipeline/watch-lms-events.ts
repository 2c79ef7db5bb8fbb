import { forgetLmsEvents, selectOverdueSubjects } from '../records/lms/lms-events.ts';
import type { RetentionDays } from './apply-retention.ts';
import type { StageContext } from './context.ts';

const DAY_MS = 24 * 3_600_000;
/** An event that waits longer has lost its job, or the LMS is unavailable; a second job is then harmless. */
const OVERDUE_MS = 15 * 60_000;
const MOST = 10_000;

/** Watches over stored events: those whose pull was lost get a new one; old settled ones are deleted. */
export async function watchLmsEvents(ctx: StageContext & { retention: Pick<RetentionDays, 'events'> }): Promise<void> {
  const now = ctx.clock.now().getTime();
  for (const { queue, id } of await selectOverdueSubjects(ctx.db, new Date(now - OVERDUE_MS), MOST))
    await ctx.enqueue(ctx.db, queue, [{ id }], { singletonKey: id });
  await forgetLmsEvents(ctx.db, new Date(now - ctx.retention.events * DAY_MS));
}
