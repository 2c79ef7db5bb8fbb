import { setTimeout as wait } from 'node:timers/promises';
import { duringBatch, sample, type Trial } from './trial.ts';

/** Longer than the time limit of a statement (30 s). */
const LOCKED_SECONDS = 45;

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
      const statuses = sample(LOCKED_SECONDS - 3, async () => {
        const health = await product.ask('/healthz');
        return `healthz ${health.status}, ${await product.readiness()}`;
      });
      const lookups = sample(LOCKED_SECONDS - 3, async () => `lookup ${(await product.ask('/c/none')).status}`);
      await held;
      notes.push(`while locked: ${await statuses}; ${await lookups}`);
      notes.push(`jobs failed: ${await product.logged(/"job-failed"/)}`);
    }),
};
