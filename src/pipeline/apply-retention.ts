import {
  beginRetention,
  beginRetentionDay,
  endRetention,
  forgetDryRuns,
  forgetUnawarded,
  recordRetentionDay,
} from '../records/privacy/retention.ts';
import type { Db } from '../records/rows.ts';
import type { StageContext } from './context.ts';

/** For how many days what is kept; null: until it is erased. */
export interface RetentionDays {
  /** Settled events; a repeated `webhook-id` is recognised for this long. */
  events: number;
  importRows: number;
  dryRuns: number | null;
  unawarded: number | null;
}

const DAY_MS = 86_400_000;
/** Rows in one transaction, and on one day; the rest follows on the next day. */
const CHUNK = 500;
const MOST = 50_000;

/** Empties what is older than the settings allow: once a day, by whichever worker comes first. */
export async function applyRetention(ctx: StageContext, days: RetentionDays): Promise<void> {
  const at = ctx.clock.now();
  if (!(await beginRetentionDay(ctx.db, at))) return;
  const counts = {
    dryRuns: await erasing(ctx, days.dryRuns, 'dryRuns', (trx, since) => forgetDryRuns(trx, since, CHUNK)),
    unawarded: await erasing(ctx, days.unawarded, 'unawarded', (trx, since) => forgetUnawarded(trx, since, CHUNK)),
  };
  await recordRetentionDay(ctx.db, at, counts);
  if (Object.values(counts).some((count) => count > 0))
    ctx.log.info({ event: 'retention', ...counts }, 'data whose time has ended were emptied');
}

async function inChunks(forget: () => Promise<number>): Promise<number> {
  for (let total = 0; ; ) {
    const count = await forget();
    total += count;
    if (count < CHUNK || total >= MOST) return total;
  }
}

async function erasing(
  ctx: StageContext,
  days: number | null,
  name: string,
  forget: (trx: Db, before: Date) => Promise<number>,
): Promise<number> {
  if (days === null) return 0;
  const at = ctx.clock.now();
  return inChunks(() =>
    ctx.db.transaction(async (trx) => {
      const id = ctx.newId();
      await beginRetention(trx, id, at);
      const count = await forget(trx, new Date(at.getTime() - days * DAY_MS));
      // Only an erasure that is used leaves a receipt.
      if (count === 0) await trx('erasure').where({ id }).delete();
      else await endRetention(trx, id, { [name]: count }, at);
      return count;
    }),
  );
}
