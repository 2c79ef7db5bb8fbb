import { LmsUnavailable } from '../../ports/lms.ts';
import { selectBatch } from '../../records/batches/batches.ts';
import { recordPullWaits } from '../../records/lms/lms-waits.ts';
import { selectPull } from '../../records/lms/release-pulls.ts';
import { BACK_OFF, PAUSE_MS, pauseFor } from '../back-off.ts';
import type { JobData } from '../stages.ts';
import { ingestAgain, ingestBatch, ingestItem } from './batch-pull.ts';
import { type IngestContext, pullOne } from './pull-one.ts';
import { AdvancedElsewhere, evaluateUnjudged, runPull } from './release-pull.ts';

/** Stage 1: stores LMS data as snapshots, and enqueues an evaluation of each. */
export function makeIngest(ctx: IngestContext): (job: JobData['ingest']) => Promise<void> {
  return async (job) => {
    try {
      await ingest(ctx, job);
    } catch (error) {
      if (error instanceof AdvancedElsewhere) {
        const startAfter = new Date(ctx.clock.now().getTime() + PAUSE_MS.pullElsewhere);
        await ctx.enqueue(ctx.db, 'ingest', [job], { startAfter });
        return;
      }
      if (!(error instanceof LmsUnavailable)) throw error;
      await askAgain(ctx, job, error);
    }
  };
}

/** An LMS outage is not a failure of the job: retry without limit. */
async function askAgain(ctx: IngestContext, job: JobData['ingest'], error: LmsUnavailable): Promise<void> {
  const { kind, id, batchId, attempt = 0 } = job;
  const { code, message: detail } = error;
  const nextAttemptAt = new Date(ctx.clock.now().getTime() + pauseFor(error, BACK_OFF.lms, attempt));
  ctx.log.warn({ kind, id, attempt, code, error: detail }, 'LMS unavailable, the request will be repeated');
  const ofBatch = kind === 'batch' || kind === 'again';
  const next = { kind, id, batchId, attempt: attempt + 1, ...(ofBatch ? { due: nextAttemptAt.toISOString() } : {}) };
  await ctx.db.transaction(async (trx) => {
    if (ofBatch) await recordPullWaits(trx, id, { code, detail, nextAttemptAt });
    await ctx.enqueue(trx, 'ingest', [next], { startAfter: nextAttemptAt });
  });
}

async function ingest(ctx: IngestContext, { kind, id, batchId, due }: JobData['ingest']): Promise<void> {
  switch (kind) {
    case 'item': {
      if (batchId !== undefined) await ingestItem(ctx, batchId, id);
      return;
    }
    case 'release': {
      const pull = await selectPull(ctx.db, id);
      if (pull) await runPull(ctx, pull, evaluateUnjudged(pull));
      return;
    }
    case 'group': {
      if (await pullOne(ctx, id)) await ctx.enqueue(ctx.db, 'evaluate', [{ id, batchId: null }]);
      return;
    }
    case 'batch':
    case 'again': {
      const batch = await selectBatch(ctx.db, id);
      if (!batch || batch.cancelledAt) return;
      // A person asked to retry earlier, and another job is awaited now; only that one continues.
      const awaited = batch.nextAttemptAt?.toISOString();
      if (due !== undefined && awaited !== undefined && awaited !== due) return;
      if (kind === 'batch' || due !== undefined) await ingestBatch(ctx, batch);
      if (kind === 'again' || due !== undefined) await ingestAgain(ctx, batch);
      if (batch.lastError !== null) await recordPullWaits(ctx.db, id, null);
    }
  }
}
