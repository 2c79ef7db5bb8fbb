import { selectAskedAgain, selectRetriedItems } from '../../records/batches/batch-changes.ts';
import {
  type Batch,
  insertBatchItems,
  recordPulled,
  recordPulling,
  selectBatchItemIds,
  selectBatchReleases,
} from '../../records/batches/batches.ts';
import { insertOrReturnPull } from '../../records/lms/release-pulls.ts';
import type { Db } from '../../records/rows.ts';
import { selectGroup, selectRelease } from '../../records/student-groups/student-groups.ts';
import { askSecondPerson } from './ask-second-person.ts';
import { type IngestContext, pullGroup, pullRelease } from './pull-one.ts';
import { runPull } from './release-pull.ts';

const PAGE = 1000;

/** Pulls a batch, and enqueues the evaluation of each item; stops when the batch is cancelled. */
export async function ingestBatch(ctx: IngestContext, batch: Batch): Promise<void> {
  try {
    if (batch.releaseId !== null) await ingestRelease(ctx, batch, batch.releaseId);
    if (batch.studentGroupIds && !batch.pulledAt) await ingestNamed(ctx, batch, batch.studentGroupIds);
  } catch (error) {
    if (!(error instanceof BatchCancelled)) throw error;
  }
}

class BatchCancelled extends Error {}

async function addItems(ctx: IngestContext, trx: Db, batch: Batch, ids: string[]): Promise<void> {
  if (!(await recordPulling(trx, batch.id, ctx.clock.now()))) throw new BatchCancelled();
  await insertBatchItems(trx, batch.id, ids, batch.releaseId);
}

async function ingestRelease(ctx: IngestContext, batch: Batch, releaseId: string): Promise<void> {
  const wanted = { id: ctx.newId(), releaseId, cause: 'batch' as const, batchId: batch.id, updatedSince: null };
  await runPull(ctx, await insertOrReturnPull(ctx.db, wanted, ctx.clock.now()), {
    batchId: batch.id,
    onPage: (trx, ids) => addItems(ctx, trx, batch, ids),
    // From here on, resuming the batch enqueues the evaluations itself, so a pause loses none.
    onRead: (trx) => recordRead(ctx, trx, batch),
    toEvaluate: (db, after, limit) => selectBatchItemIds(db, batch.id, after, limit),
  });
}

/** A batch over ids: pulls each once, however often the LMS is unavailable meanwhile; then their releases. */
async function ingestNamed(ctx: IngestContext, batch: Batch, ids: string[]): Promise<void> {
  const done = new Set<string>();
  await inPages(
    (after) => selectBatchItemIds(ctx.db, batch.id, after, PAGE),
    async (page) => {
      for (const id of page) done.add(id);
    },
  );
  for (const id of ids) {
    if (done.has(id)) continue;
    await pullGroup(ctx, id);
    await ctx.db.transaction((trx) => addItems(ctx, trx, batch, [id]));
  }
  for (const releaseId of await selectBatchReleases(ctx.db, batch.id)) await pullRelease(ctx, releaseId);
  // Recording the pull and enqueuing all evaluations are one transaction, so a pause in between loses none.
  await ctx.db.transaction(async (trx) => {
    await inPages(
      (after) => selectBatchItemIds(trx, batch.id, after, PAGE),
      (page) => enqueueEvaluations(ctx, trx, batch.id, page),
    );
    await recordRead(ctx, trx, batch);
  });
}

async function recordRead(ctx: IngestContext, trx: Db, batch: Batch): Promise<void> {
  await recordPulled(trx, batch.id, ctx.clock.now());
  await askSecondPerson(ctx, trx, batch);
}

/** Pulls the retried items one by one; an interrupted run skips those already pulled. */
export async function ingestAgain(ctx: IngestContext, batch: Batch): Promise<void> {
  const asked: string[] = [];
  await inPages(
    async (after) => {
      const items = await selectRetriedItems(ctx.db, batch.id, after, PAGE);
      for (const { id, againAt } of items) {
        const known = await selectGroup(ctx.db, id);
        if (!known || known.pulledAt < againAt) await pullGroup(ctx, id);
      }
      return items.map(({ id }) => id);
    },
    async (ids) => void asked.push(...ids),
  );
  if (asked.length === 0) return;
  for (const releaseId of await selectBatchReleases(ctx.db, batch.id)) await pullRelease(ctx, releaseId);
  await ctx.db.transaction((trx) => enqueueEvaluations(ctx, trx, batch.id, asked));
}

/** How long an answer about a release serves the retries of single items, which may be thousands. */
const RELEASE_FRESH_MS = 60_000;

/** Pulls one retried item; a repeated job does not pull it again. */
export async function ingestItem(ctx: IngestContext, batchId: string, id: string): Promise<void> {
  const askedAt = await selectAskedAgain(ctx.db, batchId, id);
  if (askedAt === null) return;
  const known = await selectGroup(ctx.db, id);
  if (!known || known.pulledAt < askedAt) await pullGroup(ctx, id);
  const releaseId = (await selectGroup(ctx.db, id))?.releaseId ?? null;
  const release = releaseId === null ? null : await selectRelease(ctx.db, releaseId);
  const fresh = ctx.clock.now().getTime() - RELEASE_FRESH_MS;
  if (releaseId !== null && (release === null || release.pulledAt.getTime() < fresh)) await pullRelease(ctx, releaseId);
  await enqueueEvaluations(ctx, ctx.db, batchId, [id]);
}

async function enqueueEvaluations(ctx: IngestContext, trx: Db, batchId: string, ids: string[]): Promise<void> {
  await ctx.enqueue(
    trx,
    'evaluate',
    ids.map((id) => ({ id, batchId })),
  );
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
