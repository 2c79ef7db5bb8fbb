import type { BatchVerb } from '../domain/batch-verb.ts';
import { message } from '../domain/messages/message.ts';
import { isSamePerson } from '../domain/second-person.ts';
import {
  lockBatch,
  recordAgain,
  recordCancelled,
  recordPaused,
  selectOverriddenSince,
  selectRetriedItems,
  selectUnevaluated,
} from '../records/batches/batch-changes.ts';
import { type Batch, selectBatch } from '../records/batches/batches.ts';
import { recordConfirmed, selectLeftForConfirm } from '../records/batches/confirmations.ts';
import { type NextStep, selectStepsOfBatch } from '../records/certificates/next-step.ts';
import { hastenLetters, hastenReports, recordPullWaits } from '../records/lms/lms-waits.ts';
import { restartPull, selectPullOfBatch } from '../records/lms/release-pulls.ts';
import type { Db } from '../records/rows.ts';
import { recordAct } from '../records/tokens.ts';
import { type BatchContext, type BatchView, viewBatch } from './create-batch.ts';
import { withLastAct } from './last-act.ts';

/** The batch states in which each verb is allowed. */
const ALLOWED: Record<BatchVerb, readonly BatchView['state'][]> = {
  pause: ['running'],
  resume: ['paused'],
  cancel: ['running', 'paused'],
  retry: ['running', 'finished'],
  confirm: ['paused'],
};

/** What a refusal says; `state` is the batch's as it stands now. */
interface Refusal {
  ok: false;
  detail: string;
  /** Another person may do it: this one created the batch. */
  forbidden: boolean;
  state: BatchView['state'];
}
export type BatchAct = { ok: true; batch: Batch } | Refusal;

/**
 * Applies a coordinator's action to a batch, with actor and reason, in one transaction with its consequences. Null when the
 * batch does not exist. Stopped steps have no job; resuming finds them by their facts.
 *
 * - pause: nothing of the batch is evaluated, reported to the LMS, drawn or sent until it is resumed. Letters already
 * at the provider are still tracked.
 * - resume: enqueues all pending steps again.
 * - cancel: final. Items that are not `sending` yet are cancelled. Certificates stay, and a new batch over their
 * student groups continues from their state. Overrides made since the last judgement are still applied.
 * - retry: held, refused and bounced items are pulled and evaluated again; refused and bounced letters get a new
 * letter. Items that wait for the LMS query it now, also in dry runs. A stopped pull starts from the beginning.
 * - confirm: a second person allows a batch that is far above the usual size of its programme. Before that only
 * `cancel` is possible.
 */
export async function actOnBatch(
  ctx: BatchContext,
  id: string,
  verb: BatchVerb,
  by: { actor: string; reason: string | null },
): Promise<BatchAct | null> {
  return ctx.db.transaction(async (trx) => {
    const at = ctx.clock.now();
    const before = await lockBatch(trx, id);
    if (before === null) return null;
    const view = await viewBatch(trx, before, at);
    const refused = { ok: false, state: view.state } as const;
    const fault = faultOf(verb, before, view);
    if (fault !== null)
      return { ...refused, forbidden: false, detail: await withLastAct(trx, id, fault, 'batch.create') };
    if (verb === 'confirm' && isSamePerson(before.actor, by.actor))
      return { ...refused, forbidden: true, detail: message('batch.same-person', { actor: before.actor }) };
    const items = await EFFECTS[verb](ctx, trx, before, at, by.actor);
    const detail = items === null ? undefined : { items };
    await recordAct(trx, { id: ctx.newId(), ...by, verb: `batch.${verb}`, subject: id, detail }, at);
    const batch = await selectBatch(trx, id);
    return batch && { ok: true, batch };
  });
}

function faultOf(verb: BatchVerb, batch: Batch, { state, waitsFor, pull }: BatchView): string | null {
  if (waitsFor === 'lms-paging' && verb !== 'cancel')
    return verb === 'retry'
      ? null
      : message('batch.waits-for-lms', { detail: pull?.reason?.detail ?? message('batch.paging-endless') });
  if (verb === 'retry' && batch.dryRun && batch.lastError === null) return message('batch.dry-run-retry');
  if (waitsFor === 'second-person' && (verb === 'resume' || verb === 'retry'))
    return message('batch.waits-for-person', { verb });
  if (verb === 'confirm' && waitsFor !== 'second-person') return message('batch.nothing-to-confirm', { state });
  if (ALLOWED[verb].includes(state)) return null;
  return message('batch.wrong-state', { state, verb, wanted: ALLOWED[verb].join(' or ') });
}

/** Each function returns the number of affected items, if it is known. */
type Effect = (ctx: BatchContext, trx: Db, batch: Batch, at: Date, actor: string) => Promise<number | null>;

const EFFECTS: Record<BatchVerb, Effect> = {
  async pause(_ctx, trx, batch, at) {
    await recordPaused(trx, batch.id, at);
    return null;
  },
  async resume(ctx, trx, batch, at) {
    await recordPaused(trx, batch.id, null);
    await enqueueNextSteps(ctx, trx, batch, at);
    return null;
  },
  async confirm(ctx, trx, batch, at, actor) {
    await recordConfirmed(trx, batch.id, actor, at);
    const confirmed = await selectBatch(trx, batch.id);
    if (confirmed?.pausedAt === null) await enqueueNextSteps(ctx, trx, confirmed, at);
    return null;
  },
  async cancel(ctx, trx, batch, at) {
    const overridden = batch.dryRun ? [] : await selectOverriddenSince(trx, batch.id);
    const left = batch.secondPerson?.isAwaited ? await selectLeftForConfirm(trx, batch.id) : [];
    const items = await recordCancelled(trx, batch.id, at);
    const alone = [...new Set([...overridden, ...left])].map((id) => ({ id, batchId: null }));
    await ctx.enqueue(trx, 'evaluate', alone);
    return items;
  },
  async retry(ctx, trx, batch, at) {
    // A paused batch that has finished anyway becomes active again.
    await recordPaused(trx, batch.id, null);
    const pull = await selectPullOfBatch(trx, batch.id);
    if (pull && (await restartPull(trx, pull.id))) {
      await ctx.enqueue(trx, 'ingest', [{ kind: 'batch', id: batch.id }]);
      return null;
    }
    const items = await recordAgain(trx, batch.id, at);
    if (items > 0) await ctx.enqueue(trx, 'ingest', [{ kind: 'again', id: batch.id }]);
    return items + (await askLmsNow(ctx, trx, batch, at));
  },
};

/** Ends waits for the LMS because a person asked to retry now. Returns the number of affected items. */
async function askLmsNow(ctx: BatchContext, trx: Db, batch: Batch, at: Date): Promise<number> {
  if (batch.lastError !== null) {
    await recordPullWaits(trx, batch.id, { ...batch.lastError, nextAttemptAt: at });
    await ctx.enqueue(trx, 'ingest', [{ kind: 'batch', id: batch.id, due: at.toISOString() }]);
  }
  const toPatch = await hastenReports(trx, batch.id);
  const toSend = await hastenLetters(trx, batch.id, at);
  for (const [queue, ids] of [
    ['patch', toPatch],
    ['send', toSend],
  ] as const) {
    const jobs = ids.map((id) => ({ id }));
    if (jobs.length > 0) await ctx.enqueue(trx, queue, jobs);
  }
  return toPatch.length + toSend.length;
}

const PAGE = 1000;

/**
 * Enqueues the next steps of the batch's items and certificates. A batch that is still being pulled continues by
 * itself.
 */
async function enqueueNextSteps(ctx: BatchContext, trx: Db, batch: Batch, at: Date): Promise<void> {
  if (batch.pulledAt) {
    for (let after = ''; ; ) {
      const ids = await selectUnevaluated(trx, batch.id, after, PAGE);
      const last = ids.at(-1);
      if (last === undefined) break;
      await ctx.enqueue(
        trx,
        'evaluate',
        ids.map((id) => ({ id, batchId: batch.id })),
      );
      after = last;
    }
    const again = await selectRetriedItems(trx, batch.id, '', 1);
    if (again.length > 0) await ctx.enqueue(trx, 'ingest', [{ kind: 'again', id: batch.id }]);
  }
  const steps = await selectStepsOfBatch(trx, batch.id, at);
  for (const queue of ['patch', 'render', 'send'] as const) {
    const jobs = steps.filter((step: NextStep) => step.queue === queue).map(({ id }) => ({ id }));
    if (jobs.length > 0) await ctx.enqueue(trx, queue, jobs);
  }
}
