import { LmsUnavailable } from '../../ports/lms.ts';
import { type EventSubject, selectOpenEvents, settleLmsEvents } from '../../records/lms/lms-events.ts';
import type { Db } from '../../records/rows.ts';
import { BACK_OFF, PAUSE_MS, pauseFor } from '../back-off.ts';
import type { JobData } from '../stages.ts';
import { type IngestContext, pullOne } from './pull-one.ts';
import { AdvancedElsewhere, pullWholeRelease } from './release-pull.ts';

/**
 * Stage 1 for events about a student group: one pull handles all waiting events of any type. An event contains only
 * ids; the LMS's current answer counts, so a deletion is accepted only after a 404.
 */
export function makePull(ctx: IngestContext): (job: JobData['pull']) => Promise<void> {
  return answering(ctx, 'pull', async (id, settle) => {
    const found = await pullOne(ctx, id);
    await ctx.db.transaction(async (trx) => {
      if (found) await ctx.enqueue(trx, 'evaluate', [{ id, batchId: null }]);
      await settle(trx);
    });
  });
}

/** Stage 1 for events about a release: pulls and evaluates the whole release. */
export function makePullRelease(ctx: IngestContext): (job: JobData['pull-release']) => Promise<void> {
  return answering(ctx, 'pull-release', async (id, settle) => {
    await pullWholeRelease(ctx, id);
    await settle(ctx.db);
  });
}

/**
 * The queue has at most one waiting and one active job per subject, and the events to settle are read before the
 * pull. So many events cost two pulls, and an event during a pull is handled by the next one.
 */
function answering(
  ctx: IngestContext,
  queue: EventSubject['queue'],
  pull: (id: string, settle: (db: Db) => Promise<void>) => Promise<void>,
): (job: JobData['pull']) => Promise<void> {
  return async ({ id, attempt = 0 }) => {
    const open = await selectOpenEvents(ctx.db, { queue, id });
    if (open.length === 0) return;
    try {
      await pull(id, (db) => settleLmsEvents(db, open, ctx.clock.now()));
    } catch (error) {
      if (error instanceof AdvancedElsewhere) {
        const startAfter = new Date(ctx.clock.now().getTime() + PAUSE_MS.pullElsewhere);
        await ctx.enqueue(ctx.db, queue, [{ id, attempt }], { startAfter, singletonKey: id });
        return;
      }
      if (!(error instanceof LmsUnavailable)) throw error;
      const wait = pauseFor(error, BACK_OFF.lms, attempt);
      ctx.log.warn(
        { queue, id, attempt, code: error.code, error: error.message },
        'LMS unavailable, the request will be repeated',
      );
      const startAfter = new Date(ctx.clock.now().getTime() + wait);
      await ctx.enqueue(ctx.db, queue, [{ id, attempt: attempt + 1 }], { startAfter, singletonKey: id });
    }
  };
}
