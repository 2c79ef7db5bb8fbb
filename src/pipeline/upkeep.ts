import type { Rulebook } from '../domain/rulebook.ts';
import { goOnWhenApproved } from '../lifecycle/go-on-when-approved.ts';
import { selectQueued } from '../platform/jobs/queued-jobs.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import { foldCounts } from '../records/batches/batch-counts.ts';
import { selectRunningBulkActs } from '../records/bulk/bulk-acts.ts';
import { selectOverdueSteps } from '../records/certificates/next-step.ts';
import { selectOverdueReissues } from '../records/certificates/reissues.ts';
import { deleteUnrecorded, selectLongUnrecorded } from '../records/certificates/unrecorded-files.ts';
import { forgetImportRows } from '../records/imports/imports.ts';
import { selectDueCopies } from '../records/letters/copy-rows.ts';
import { forgetPulls, insertOrReturnPull, selectDuePulls, selectOpenPulls } from '../records/lms/release-pulls.ts';
import { forgetEvents } from '../records/outgoing-events.ts';
import { finishErasure, selectUnfinishedErasures } from '../records/privacy/erasures.ts';
import { ALIVE_MS } from '../records/student-groups/differences.ts';
import { recordDrift } from '../records/student-groups/drift.ts';
import { addWaitingKeys, foldWaitingNames } from '../records/student-groups/names.ts';
import { applyRetention, type RetentionDays } from './apply-retention.ts';
import type { StageContext } from './context.ts';
import type { JobData } from './stages.ts';
import { watchLmsEvents } from './watch-lms-events.ts';

const EVERY_MS = 5 * 60_000;
/** How long events for other systems can be replayed. */
const EVENTS_KEPT_DAYS = 30;
/** Longer than any running job, except retries; repeating a step is harmless. */
const OVERDUE_MS = 15 * 60_000;
/** Longer than any drawing: files that nobody recorded until then are of a worker that died. */
const UNRECORDED_MS = 3_600_000;
/** Maximum number of checked steps; only those without a job get one. */
const MOST = 50_000;

/** How often an active release is queried for changes, and how often it is read completely. */
const CHANGES_EVERY_MS = 3_600_000;
const WHOLE_EVERY_MS = 24 * CHANGES_EVERY_MS;

/**
 * Watches over the queue: a certificate whose next step is long overdue gets a new job, letters in progress get a
 * sweep, sent letters a delivery query; releases are pulled in case events were missed. It is needed only when a job
 * was lost.
 */
export function makeUpkeep(
  ctx: StageContext & {
    rulebook: Pick<Rulebook, 'templates' | 'letters' | 'issuer'>;
    artefacts: Pick<Artefacts, 'remove'>;
    retention: RetentionDays;
  },
): (job: JobData['upkeep']) => Promise<void> {
  return async () => {
    const now = ctx.clock.now().getTime();
    const before = new Date(now - OVERDUE_MS);
    const overdue = await selectOverdueSteps(ctx.db, before, MOST);
    const asked = await selectOverdueReissues(ctx.db, before);
    for (const queue of ['reissue', 'patch', 'render', 'send'] as const) {
      const ids = queue === 'reissue' ? asked : overdue.filter((step) => step.queue === queue).map(({ id }) => id);
      // Overdue does not mean lost: while LMS or provider are unavailable, each step has a job that retries.
      const queued = await selectQueued(ctx.db, queue, ids);
      const lost = ids.filter((id) => !queued.has(id)).map((id) => ({ id }));
      if (lost.length === 0) continue;
      ctx.log.warn(
        { event: 'overdue-steps', queue, certificates: lost.length },
        'steps without a job were enqueued again',
      );
      await ctx.enqueue(ctx.db, queue, lost);
    }
    await enqueueCopies(ctx, new Date(now));
    await watchLmsEvents(ctx);
    await foldWaitingNames(ctx.db, MOST);
    await addWaitingKeys(ctx.db, MOST);
    await foldCounts(ctx.db);
    await goOnWhenApproved(ctx);
    await enqueueOpenPulls(ctx, before);
    await enqueueBulkActs(ctx, before);
    await pullWhatIsDue(ctx);
    await forgetEvents(ctx.db, new Date(now - EVENTS_KEPT_DAYS * 86_400_000));
    await forgetImportRows(ctx.db, new Date(now - ctx.retention.importRows * 86_400_000), ctx.clock.now());
    await applyRetention(ctx, ctx.retention);
    for (const of of await selectLongUnrecorded(ctx.db, new Date(now - UNRECORDED_MS), 100))
      await deleteUnrecorded(ctx.db, ctx.artefacts, of);
    for (const erasure of await selectUnfinishedErasures(ctx.db, 100))
      await finishErasure(ctx.db, ctx.artefacts, erasure, ctx.clock.now());
    // Last, because it counts over all active releases once a day.
    await recordDrift(ctx.db, ctx.clock.now());
    for (const queue of ['track', 'delivery'] as const)
      await ctx.enqueue(ctx.db, queue, [{}], { singletonKey: 'upkeep' });
    await ctx.enqueue(ctx.db, 'upkeep', [{}], { startAfter: new Date(now + EVERY_MS), singletonKey: 'upkeep' });
  };
}

/** Copies that something kept waiting have no job until it has ended. */
async function enqueueCopies(ctx: StageContext, at: Date): Promise<void> {
  const due = await selectDueCopies(ctx.db, at, MOST);
  const queued = await selectQueued(ctx.db, 'send', due);
  await ctx.enqueue(
    ctx.db,
    'send',
    due.filter((id) => !queued.has(id)).map((id) => ({ id })),
  );
}

/** An open pull without a job has lost it. */
async function enqueueOpenPulls(ctx: StageContext, before: Date): Promise<void> {
  const open = await selectOpenPulls(ctx.db, before);
  const queued = await selectQueued(
    ctx.db,
    'ingest',
    open.map(({ id }) => id),
  );
  const lost = open.filter(({ id }) => !queued.has(id));
  if (lost.length === 0) return;
  ctx.log.warn({ event: 'overdue-pulls', pulls: lost.length }, 'pulls without a job were enqueued again');
  await ctx.enqueue(ctx.db, 'ingest', lost);
}

/** A bulk act that runs always has a job, except when it was lost. */
async function enqueueBulkActs(ctx: StageContext, before: Date): Promise<void> {
  const running = await selectRunningBulkActs(ctx.db, before);
  const queued = await selectQueued(ctx.db, 'bulk', running);
  for (const id of running.filter((one) => !queued.has(one)))
    await ctx.enqueue(ctx.db, 'bulk', [{ id }], { singletonKey: id });
}

/** Pulls active releases regularly, to find changes without an event. */
async function pullWhatIsDue(ctx: StageContext): Promise<void> {
  const at = ctx.clock.now();
  const ago = (ms: number) => new Date(at.getTime() - ms);
  const limits = {
    aliveSince: ago(ALIVE_MS),
    changesBefore: ago(CHANGES_EVERY_MS),
    wholeBefore: ago(WHOLE_EVERY_MS),
  };
  for (const due of await selectDuePulls(ctx.db, limits)) {
    await ctx.db.transaction(async (trx) => {
      const wanted = { ...due, id: ctx.newId(), cause: 'schedule' as const, batchId: null };
      const { id } = await insertOrReturnPull(trx, wanted, at);
      // An open pull waits for the LMS and retries by itself.
      if ((await selectQueued(trx, 'ingest', [id])).size > 0) return;
      await ctx.enqueue(trx, 'ingest', [{ kind: 'release', id }]);
    });
  }
  await forgetPulls(ctx.db, ago(ALIVE_MS));
}
