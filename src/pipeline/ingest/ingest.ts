import { type Lms, LmsUnavailable, type StudentGroupPage } from '../../ports/lms.ts';
import { selectAskedAgain } from '../../records/batch-verbs.ts';
import {
  type Batch,
  insertBatchItems,
  recordPulled,
  recordPullProgress,
  selectBatch,
  selectBatchItemIds,
  selectBatchReleases,
} from '../../records/batches.ts';
import { type LmsEvent, selectLmsEvent, settleLmsEvent } from '../../records/lms-events.ts';
import type { Db } from '../../records/rows.ts';
import {
  recordGone,
  recordPull,
  recordRelease,
  selectGroup,
  selectGroupIdsOfRelease,
} from '../../records/student-groups.ts';
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
        if (!batch || batch.cancelledAt) return;
        if (job.kind === 'again') await ingestAgain(ctx, batch);
        else if (!batch.pulledAt) await ingestBatch(ctx, batch);
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
    const { releaseId } = event;
    if (await pullRelease(ctx, releaseId)) {
      await pullPages(ctx, releaseId, null, async () => undefined);
      // Only once all of it is known: shared addresses and second memberships may stand on its last page.
      await inPages(
        (after) => selectGroupIdsOfRelease(ctx.db, releaseId, after, 1000),
        async (ids) => {
          await ctx.enqueue(
            ctx.db,
            'evaluate',
            ids.map((id) => ({ id, batchId: null })),
          );
        },
      );
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
 * memberships seen. A killed pull goes on from its last committed page; that of a cancelled batch
 * ends.
 */
async function ingestBatch(ctx: IngestContext, batch: Batch): Promise<void> {
  try {
    await pullBatch(ctx, batch);
  } catch (error) {
    if (!(error instanceof BatchCancelled)) throw error;
    return;
  }
  // Pulled, and every item's evaluation asked for: both or neither, so that a pause in between loses none.
  await ctx.db.transaction(async (trx) => {
    await inPages(
      (after) => selectBatchItemIds(trx, batch.id, after, 1000),
      (ids) => enqueueEvaluations(ctx, trx, batch.id, ids),
    );
    await recordPulled(trx, batch.id, ctx.clock.now());
  });
}

class BatchCancelled extends Error {}

async function addItems(
  ctx: IngestContext,
  trx: Db,
  batchId: string,
  ids: string[],
  cursor: string | null,
): Promise<void> {
  if (!(await recordPullProgress(trx, batchId, cursor, ctx.clock.now()))) throw new BatchCancelled();
  await insertBatchItems(trx, batchId, ids);
}

async function enqueueEvaluations(ctx: IngestContext, trx: Db, batchId: string, ids: string[]): Promise<void> {
  const jobs = ids.map((id) => ({ id, batchId }));
  await ctx.enqueue(trx, 'evaluate', jobs);
}

/** What a person asked for again is pulled one by one; a pull that was broken off skips what it has. */
async function ingestAgain(ctx: IngestContext, batch: Batch): Promise<void> {
  const asked: string[] = [];
  await inPages(
    async (after) => {
      const items = await selectAskedAgain(ctx.db, batch.id, after, 1000);
      for (const { id, againAt } of items) {
        const known = await selectGroup(ctx.db, id);
        if (!known || known.pulledAt < againAt) await pullGroup(ctx, id);
      }
      return items.map(({ id }) => id);
    },
    async (ids) => void asked.push(...ids),
  );
  for (const releaseId of await selectBatchReleases(ctx.db, batch.id)) await pullRelease(ctx, releaseId);
  await ctx.db.transaction((trx) => enqueueEvaluations(ctx, trx, batch.id, asked));
}

async function pullBatch(ctx: IngestContext, batch: Batch): Promise<void> {
  if (batch.releaseId) {
    await pullRelease(ctx, batch.releaseId);
    await pullPages(ctx, batch.releaseId, batch.pullCursor, (trx, ids, nextCursor) =>
      addItems(ctx, trx, batch.id, ids, nextCursor),
    );
  }
  if (batch.studentGroupIds) await pullNamed(ctx, batch.id, batch.studentGroupIds);
}

/** A batch over ids: each is pulled once, however often the LMS goes away in between; then their releases. */
async function pullNamed(ctx: IngestContext, batchId: string, ids: string[]): Promise<void> {
  const done = new Set<string>();
  await inPages(
    (after) => selectBatchItemIds(ctx.db, batchId, after, 1000),
    async (page) => {
      for (const id of page) done.add(id);
    },
  );
  for (const id of ids) {
    if (done.has(id)) continue;
    await pullGroup(ctx, id);
    await ctx.db.transaction((trx) => addItems(ctx, trx, batchId, [id], null));
  }
  for (const releaseId of await selectBatchReleases(ctx.db, batchId)) await pullRelease(ctx, releaseId);
}

async function inPages(
  read: (after: string) => Promise<string[]>,
  use: (ids: string[]) => Promise<void>,
): Promise<void> {
  let after = '';
  for (;;) {
    const ids = await read(after);
    const last = ids.at(-1);
    if (last === undefined) return;
    await use(ids);
    after = last;
  }
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
  for (;;) {
    const at = ctx.clock.now();
    let page: StudentGroupPage;
    try {
      page = await ctx.lms.pullPage({ releaseId, cursor, limit: PAGE });
    } catch (error) {
      // A cursor that the LMS takes no more would be refused for ever: begin again, pages read twice are harmless.
      const stale = error instanceof LmsUnavailable && cursor !== null && cursor === from && isRefusal(error.status);
      if (!stale) throw error;
      cursor = null;
      from = null;
      continue;
    }
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
    if (cursor === null) return;
  }
}

function isRefusal(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
}

/** Pulls one student group and its release; false when the LMS has no such student group. */
async function pullOne(ctx: IngestContext, id: string): Promise<boolean> {
  const releaseId = await pullGroup(ctx, id);
  if (releaseId !== null) await pullRelease(ctx, releaseId);
  return releaseId !== null;
}

/** Pulls one student group; its release's id, or null when the LMS has no such group or its answer does not fit. */
async function pullGroup(ctx: IngestContext, id: string): Promise<string | null> {
  const at = ctx.clock.now();
  const pulled = await ctx.lms.pullOne(id);
  if (pulled === null) {
    await recordGone(ctx.db, id, null, at);
    return null;
  }
  await recordPull(ctx.db, pulled, at, ctx.normaliseEmail, { id });
  return pulled.ok ? pulled.studentGroup.group.releaseId : null;
}
