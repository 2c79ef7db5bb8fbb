import { setTimeout as wait } from 'node:timers/promises';
import type { Product } from '../../support/product.ts';
import { duringBatch, sample, type Trial } from './trial.ts';

/** Longer than the time limit of a statement (30 s). */
const LOCKED_SECONDS = 45;
const SLOW_SECONDS = 45;
const SLOW_TABLES = ['certificate', 'personal_issue', 'lms_event'];

/** Another session holds a lock for longer than the time limit of a statement. */
export const lockHeld: Trial = {
  name: 'tables locked for 45 s by another session',
  lacks: () => null,
  run: () =>
    duringBatch('lock-held', {}, async (product, notes) => {
      const held = product.db.transaction(async (trx) => {
        await trx.raw('lock table certificate, personal_issue, lms_event in access exclusive mode');
        await wait(LOCKED_SECONDS * 1000);
      });
      const seen = watch(product, LOCKED_SECONDS);
      await held;
      notes.push(`while locked: ${await seen}`);
      notes.push(`jobs failed: ${await product.logged(/"job-failed"/)}`);
    }),
};

/** Statements that write come to their own time limit: the connections stay occupied, and locks are held meanwhile. */
export const slowWrites: Trial = {
  name: 'statements that write slower than their time limit for 45 s',
  lacks: () => null,
  run: () =>
    duringBatch('slow-writes', {}, async (product, notes) => {
      await product.db.raw(`create function slow_write() returns trigger language plpgsql as
        $$ begin perform pg_sleep(${SLOW_SECONDS}); return null; end $$`);
      for (const table of SLOW_TABLES)
        await product.db.raw(`create trigger slow_write after insert or update on ${table}
          for each statement execute function slow_write()`);
      const seen = watch(product, SLOW_SECONDS);
      await wait(SLOW_SECONDS * 1000);
      for (const table of SLOW_TABLES) await product.db.raw(`drop trigger slow_write on ${table}`);
      notes.push(`while slow: ${await seen}`);
      notes.push(`jobs failed: ${await product.logged(/"job-failed"/)}`);
    }),
};

/** @returns what health, readiness and lookup answered while the fault lasted */
async function watch(product: Product, seconds: number): Promise<string> {
  const answers = await Promise.all([
    sample(seconds - 3, async () => `healthz ${(await product.ask('/healthz')).status}, ${await product.readiness()}`),
    sample(seconds - 3, async () => `lookup ${(await product.ask('/c/none')).status}`),
  ]);
  return answers.join('; ');
}
