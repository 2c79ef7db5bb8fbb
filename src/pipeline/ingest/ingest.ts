import type { Lms } from '../../ports/lms.ts';
import { LmsUnavailable } from '../../ports/lms.ts';
import {
  type Batch,
  insertBatchItems,
  recordPulled,
  recordPullProgress,
  selectBatch,
  selectBatchItemIds,
} from '../../records/batches.ts';
import { type LmsEvent, selectLmsEvent, settleLmsEvent } from '../../records/lms-events.ts';
import { recordGone, recordPull, recordRelease } from '../../records/student-groups.ts';
import { backoff, type JobData, type StageContext } from '../context.ts';

export interface IngestContext extends StageContext {
  lms: Lms;
  normaliseEmail: (raw: string) => string | null;
}

const PAGE = 200;

/** Stage 1: brings what the LMS knows into snapshots, and asks for an evaluation of each. */
export function makeIngest(ctx: IngestContext): (job: JobData['ingest']) => Promise<void> {
  return async (job) => {
    try {
      if (job.kind === 'event') {
        const event = await selectLmsEvent(ctx.db, job.id);
        if (event) await ingestEvent(ctx, event);
      } else {
        const batch = await selectBatch(ctx.db, job.id);
        if (batch && !batch.cancelledAt && !batch.pulledAt) await ingestBatch(ctx, batch);
      }
    } catch (error) {
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

/** An event carries ids only: what counts is what is pulled now. */
async function ingestEvent(ctx: IngestContext, event: LmsEvent): Promise<void> {
  const settle = (trx: typeof ctx.db) => settleLmsEvent(trx, event.id, ctx.clock.now());
  if (event.type === 'student-group.deleted' && event.studentGroupId) {
    const id = event.studentGroupId;
    await ctx.db.transaction(async (trx) => {
      await recordGone(trx, id, event.releaseId, ctx.clock.now());
      await settle(trx);
    });
  } else if (event.type === 'release.closed' && event.releaseId) {
    if (await pullRelease(ctx, event.releaseId)) {
      await pullPages(ctx, event.releaseId, null, async (trx, ids) => {
        await ctx.enqueue(
          trx,
          'evaluate',
          ids.map((id) => ({ id, batchId: null })),
        );
      });
    }
    await settle(ctx.db);
  } else if (event.type.startsWith('student-group.') && event.studentGroupId) {
    const found = await pullOne(ctx, event.studentGroupId);
    await ctx.db.transaction(async (trx) => {
      if (found) await ctx.enqueue(trx, 'evaluate', [{ id: event.studentGroupId ?? '', batchId: null }]);
      await settle(trx);
    });
  } else {
    await settle(ctx.db);
  }
}

/**
 * The whole release is pulled before anything of it is evaluated: only then are shared addresses and second
 * memberships seen. A killed pull goes on from its last committed page.
 */
async function ingestBatch(ctx: IngestContext, batch: Batch): Promise<void> {
  if (batch.releaseId) {
    await pullRelease(ctx, batch.releaseId);
    await pullPages(ctx, batch.releaseId, batch.pullCursor, async (trx, ids, nextCursor) => {
      await insertBatchItems(trx, batch.id, ids);
      await recordPullProgress(trx, batch.id, nextCursor, ctx.clock.now());
    });
  }
  for (const id of batch.studentGroupIds ?? []) {
    await pullOne(ctx, id);
    await insertBatchItems(ctx.db, batch.id, [id]);
  }
  let after = '';
  for (;;) {
    const ids = await selectBatchItemIds(ctx.db, batch.id, after, 1000);
    const last = ids.at(-1);
    if (last === undefined) break;
    await ctx.enqueue(
      ctx.db,
      'evaluate',
      ids.map((id) => ({ id, batchId: batch.id })),
    );
    after = last;
  }
  await recordPulled(ctx.db, batch.id, ctx.clock.now());
}

async function pullRelease(ctx: IngestContext, releaseId: string): Promise<boolean> {
  const answer = await ctx.lms.pullRelease(releaseId);
  if (answer === null || !answer.ok) {
    ctx.log.warn(
      { releaseId, detail: answer === null ? 'unknown to the LMS' : answer.detail },
      'release cannot be used',
    );
    return false;
  }
  await ctx.db.transaction((trx) => recordRelease(trx, answer.release, ctx.clock.now()));
  return true;
}

async function pullPages(
  ctx: IngestContext,
  releaseId: string,
  from: string | null,
  onPage: (trx: typeof ctx.db, ids: string[], nextCursor: string | null) => Promise<void>,
): Promise<void> {
  let cursor = from;
  do {
    const page = await ctx.lms.pullPage({ releaseId, cursor, limit: PAGE });
    const at = ctx.clock.now();
    await ctx.db.transaction(async (trx) => {
      const ids = new Set<string>();
      for (const [index, item] of page.items.entries()) {
        // A record without even an id is still shown to a person, under the place where it was found.
        const fallback = { id: `unreadable:${releaseId}:${cursor ?? 'first-page'}:${index}`, releaseId };
        const id = await recordPull(trx, item, at, ctx.normaliseEmail, fallback);
        if (id !== null) ids.add(id);
      }
      await onPage(trx, [...ids], page.nextCursor);
    });
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** Pulls one student group and its release; false when the LMS has no such student group. */
async function pullOne(ctx: IngestContext, id: string): Promise<boolean> {
  const pulled = await ctx.lms.pullOne(id);
  const at = ctx.clock.now();
  if (pulled === null) {
    await recordGone(ctx.db, id, null, at);
    return false;
  }
  await recordPull(ctx.db, pulled, at, ctx.normaliseEmail, { id });
  if (pulled.ok) await pullRelease(ctx, pulled.studentGroup.group.releaseId);
  return true;
}
