import { selectQueued } from '../platform/queued-jobs.ts';
import { selectOverdueSteps } from '../records/next-step.ts';
import type { JobData, StageContext } from './context.ts';

const EVERY_MS = 5 * 60_000;
/** Longer than any job in hand takes, retries aside; a step taken twice is harmless. */
const OVERDUE_MS = 15 * 60_000;
/** So many are looked at; only those without a job get one. */
const MOST = 50_000;

/**
 * Watches over the queue: a certificate whose next step is long overdue gets its job again, and letters under way get
 * their sweep, sent ones the question whether they arrived. Nothing depends on it while no job is ever lost.
 */
export function makeReconcile(ctx: StageContext): (job: JobData['reconcile']) => Promise<void> {
  return async () => {
    const now = ctx.clock.now().getTime();
    const overdue = await selectOverdueSteps(ctx.db, new Date(now - OVERDUE_MS), MOST);
    for (const queue of ['patch', 'render', 'send'] as const) {
      const ids = overdue.filter((step) => step.queue === queue).map(({ id }) => id);
      // Overdue alone is no loss: while LMS or provider are away, each has a job that asks again.
      const queued = await selectQueued(ctx.db, queue, ids);
      const lost = ids.filter((id) => !queued.has(id)).map((id) => ({ id }));
      if (lost.length === 0) continue;
      ctx.log.warn({ event: 'overdue-steps', queue, certificates: lost.length }, 'steps without a job, enqueued again');
      await ctx.enqueue(ctx.db, queue, lost);
    }
    for (const queue of ['track', 'delivery'] as const)
      await ctx.enqueue(ctx.db, queue, [{}], { singletonKey: 'reconcile' });
    await ctx.enqueue(ctx.db, 'reconcile', [{}], { startAfter: new Date(now + EVERY_MS), singletonKey: 'reconcile' });
  };
}
