import type { BulkAct } from '../../records/bulk/bulk-acts.ts';
import {
  countBulkRows,
  lockBulkAct,
  recordBulkWaits,
  selectBulkAct,
  updateBulkAct,
} from '../../records/bulk/bulk-acts.ts';
import { type OpenRow, selectLeftRows, selectOpenRows } from '../../records/bulk/bulk-rows.ts';
import { stateOfBulk } from './bulk-view.ts';
import { type Handled, handleRow, type RowContext } from './handle-row.ts';

/** Rows read at once, so that memory does not grow with the number of rows. */
const PAGE = 50;
const LANES = 4;
/** A job ends after this time and enqueues the next one, so that a stopping worker does not wait for long. */
const SLICE_MS = 5000;
/** After so many rows in a row without an answer of the LMS, the whole bulk act waits. */
const MOST_UNANSWERED = 8;
const MOST_PAUSE_SECONDS = 300;

type Waiting = Extract<Handled, { ok: false }>['waiting'];

/**
 * The job of a bulk act: handles rows for some seconds and enqueues itself again until all rows have a result. It may be
 * killed at any point, and may run twice at the same time: each row is handled once (`handle-row.ts`).
 */
export function makeRunBulk(ctx: RowContext): (job: { id: string; attempt?: number | undefined }) => Promise<void> {
  return async ({ id, attempt = 0 }) => {
    const end = ctx.clock.now().getTime() + SLICE_MS;
    const again = (next: { attempt?: number }, startAfter?: Date) =>
      ctx.enqueue(ctx.db, 'bulk', [{ id, ...next }], { singletonKey: id, ...(startAfter && { startAfter }) });
    for (let after = 0; ; ) {
      const bulk = await selectBulkAct(ctx.db, id);
      if (bulk === null || stateOfBulk(bulk) !== 'running') return;
      const dueBefore = ctx.clock.now();
      if (dueBefore.getTime() > end) return void (await again({}));
      const rows = await selectOpenRows(ctx.db, id, { after, dueBefore, limit: PAGE });
      const waiting = await inLanes(rows, (row) => handleRow(ctx, bulk, row));
      if (waiting !== null) {
        const seconds = Math.min(MOST_PAUSE_SECONDS, Math.max(waiting.seconds, 2 ** Math.min(attempt, 10)));
        const nextAttemptAt = new Date(ctx.clock.now().getTime() + seconds * 1000);
        await recordBulkWaits(ctx.db, id, { code: waiting.code, detail: waiting.detail, nextAttemptAt });
        return void (await again({ attempt: attempt + 1 }, nextAttemptAt));
      }
      if (bulk.lastError !== null && rows.length > 0) await recordBulkWaits(ctx.db, id, null);
      after = rows.at(-1)?.position ?? 0;
      if (rows.length === PAGE) continue;
      const left = await selectLeftRows(ctx.db, id);
      if (left.count === 0) return finish(ctx, bulk);
      if (left.dueAt !== null && left.dueAt > ctx.clock.now()) return void (await again({ attempt }, left.dueAt));
      after = 0;
    }
  };
}

/** Handles rows in a few lanes. Stops early when the LMS does not answer for many of them: then it returns why. */
async function inLanes(rows: readonly OpenRow[], handle: (row: OpenRow) => Promise<Handled>): Promise<Waiting | null> {
  const queue = rows.values();
  let unanswered = 0;
  let waiting: Waiting | null = null;
  const lane = async () => {
    for (const row of queue) {
      if (unanswered >= MOST_UNANSWERED) return;
      const handled = await handle(row);
      unanswered = handled.ok ? 0 : unanswered + 1;
      if (!handled.ok) waiting = handled.waiting;
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return unanswered >= Math.min(MOST_UNANSWERED, rows.length) && rows.length > 0 ? waiting : null;
}

async function finish(ctx: RowContext, { id }: BulkAct): Promise<void> {
  await ctx.db.transaction(async (trx) => {
    const bulk = await lockBulkAct(trx, id);
    if (bulk === null || bulk.finishedAt !== null || bulk.cancelledAt !== null) return;
    const counts = await countBulkRows(trx, id);
    if (counts.pending === 0) await updateBulkAct(trx, id, { finishedAt: ctx.clock.now(), counts });
  });
}
