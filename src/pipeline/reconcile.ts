import { selectOverdueSteps } from '../records/next-step.ts';
import type { JobData, StageContext } from './context.ts';

const EVERY_MS = 5 * 60_000;
/** Longer than any job in hand takes, retries aside; a step taken twice is harmless. */
const OVERDUE_MS = 15 * 60_000;

/**
 * Watches over the queue: a certificate whose next step is long overdue gets its job again, and letters under way get
 * their sweep. Nothing depends on it while no job is ever lost.
 */
export function makeReconcile(ctx: StageContext): (job: JobData['reconcile']) => Promise<void> {
  return async () => {
    const now = ctx.clock.now().getTime();
    const overdue = await selectOverdueSteps(ctx.db, new Date(now - OVERDUE_MS), 5000);
    if (overdue.length > 0)
      ctx.log.warn({ event: 'overdue-steps', certificates: overdue.length }, 'steps without a job, enqueued again');
    for (const queue of ['patch', 'render', 'send'] as const) {
      const jobs = overdue.filter((step) => step.queue === queue).map(({ id }) => ({ id }));
      if (jobs.length > 0) await ctx.enqueue(ctx.db, queue, jobs);
    }
    await ctx.enqueue(ctx.db, 'track', [{}], { singletonKey: 'reconcile' });
    await ctx.enqueue(ctx.db, 'reconcile', [{}], { startAfter: new Date(now + EVERY_MS), singletonKey: 'reconcile' });
  };
}
