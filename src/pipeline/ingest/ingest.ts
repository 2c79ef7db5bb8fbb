import { LmsUnavailable } from '../../ports/lms.ts';
import { selectBatch } from '../../records/batches.ts';
import { selectSubject } from '../../records/lms-events.ts';
import { selectPull } from '../../records/release-pulls.ts';
import { backoff, type JobData } from '../context.ts';
import { ingestAgain, ingestBatch } from './batch-pull.ts';
import { type IngestContext, pullOne } from './pull-one.ts';
import { DrivenElsewhere, evaluateUnjudged, runPull, SEE_AGAIN_MS } from './release-pull.ts';

/** Stage 1: brings what the LMS knows into snapshots, and asks for an evaluation of each. */
export function makeIngest(ctx: IngestContext): (job: JobData['ingest']) => Promise<void> {
  return async (job) => {
    try {
      await ingest(ctx, job);
    } catch (error) {
      if (error instanceof DrivenElsewhere) {
        const startAfter = new Date(ctx.clock.now().getTime() + SEE_AGAIN_MS);
        await ctx.enqueue(ctx.db, 'ingest', [job], { startAfter });
        return;
      }
      if (!(error instanceof LmsUnavailable)) throw error;
      // An LMS that is down is nobody's fault and no reason to give up: ask again, for ever.
      const attempt = job.attempt ?? 0;
      const wait = Math.max((error.retryAfterSeconds ?? 0) * 1000, backoff(attempt, 1, 300));
      ctx.log.warn({ kind: job.kind, id: job.id, attempt, error: error.message }, 'LMS unavailable, will ask again');
      const startAfter = new Date(ctx.clock.now().getTime() + wait);
      await ctx.enqueue(ctx.db, 'ingest', [{ ...job, attempt: attempt + 1 }], { startAfter });
    }
  };
}

async function ingest(ctx: IngestContext, { kind, id }: JobData['ingest']): Promise<void> {
  switch (kind) {
    case 'event': {
      // Enqueued by a former version, which pulled once for every event.
      const subject = await selectSubject(ctx.db, id);
      if (subject) await ctx.enqueue(ctx.db, subject.queue, [{ id: subject.id }], { singletonKey: subject.id });
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
      await (kind === 'again' ? ingestAgain(ctx, batch) : ingestBatch(ctx, batch));
    }
  }
}
