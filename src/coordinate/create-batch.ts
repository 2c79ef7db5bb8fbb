import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isCountryCode } from '../domain/country/country-name.ts';
import { type ReleaseWarning, releaseWarnings } from '../domain/student-group/release-warnings.ts';
import type { Enqueue } from '../pipeline/context.ts';
import { plainText } from '../platform/http/validate.ts';
import type { Clock } from '../ports/clock.ts';
import { type Batch, insertOrReturnBatch, selectBatchReleases } from '../records/batches/batches.ts';
import type { Db } from '../records/rows.ts';
import { type BatchCounts, selectBatchCounts } from '../records/student-groups/standing.ts';
import { selectReleaseAsTold } from '../records/student-groups/student-groups.ts';
import { recordAct } from '../records/tokens.ts';
import { type PullView, viewPull } from './batch-pull-view.ts';
import { sendingNotice } from './sending.ts';

const Country = z
  .string('expected text')
  .refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code in upper case, e.g. KZ');

/** A coordinator's request: the student groups of a release, or some by their ids. */
export const BatchRequest = z
  .strictObject({
    releaseId: plainText(200).nullish(),
    studentGroupIds: z
      .array(plainText(200))
      .min(1, 'expected at least one id')
      .max(10_000, 'expected at most 10000 ids')
      .nullish(),
    countries: z.array(Country).min(1, 'expected at least one country').max(300).nullish(),
    dryRun: z.boolean('expected true or false').nullish(),
    template: plainText(200).nullish(),
    note: plainText(2000, { lines: true }).nullish(),
  })
  .superRefine((request, context) => {
    const both = request.releaseId != null && request.studentGroupIds != null;
    if (both || (request.releaseId == null && request.studentGroupIds == null)) {
      const message = 'expected either releaseId or studentGroupIds';
      context.addIssue({ code: 'custom', path: [both ? 'studentGroupIds' : 'releaseId'], message });
    }
  })
  .transform((request) => ({
    releaseId: request.releaseId ?? null,
    studentGroupIds: request.studentGroupIds ? [...new Set(request.studentGroupIds)] : null,
    countries: request.countries ? [...new Set(request.countries)] : null,
    dryRun: request.dryRun ?? false,
    template: request.template ?? null,
    note: request.note ?? null,
  }));
export type BatchRequest = z.infer<typeof BatchRequest>;

export interface BatchContext {
  db: Db;
  enqueue: Enqueue;
  clock: Pick<Clock, 'now'>;
  newId: () => string;
}

/** Detects whether two requests with one Idempotency-Key are equal. */
export function hashRequest(request: BatchRequest): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}

/**
 * Creates the batch, the coordinator's act and the first job in one transaction. Or returns the batch that the same
 * actor created with the same key before; that request may differ, so compare `requestHash`.
 */
export async function createBatch(
  ctx: BatchContext,
  request: BatchRequest,
  by: { actor: string; idempotencyKey: string | null },
): Promise<Batch> {
  const at = ctx.clock.now();
  return ctx.db.transaction(async (trx) => {
    const wanted = { ...request, ...by, id: ctx.newId(), requestHash: hashRequest(request) };
    const { batch, created } = await insertOrReturnBatch(trx, wanted, at);
    if (created) {
      const detail = { releaseId: request.releaseId, dryRun: request.dryRun, countries: request.countries };
      await recordAct(
        trx,
        { id: ctx.newId(), actor: by.actor, verb: 'batch.create', subject: batch.id, reason: request.note, detail },
        at,
      );
      await ctx.enqueue(trx, 'ingest', [{ kind: 'batch', id: batch.id }]);
    }
    return batch;
  });
}

export type BatchState = 'running' | 'paused' | 'cancelled' | 'finished';

/** A batch in the API; times are RFC 3339. */
export interface BatchView {
  id: string;
  state: BatchState;
  dryRun: boolean;
  releaseId: string | null;
  /** Only while it is paused for this reason: the LMS's paging must be corrected, then `retry`. */
  waitsFor?: 'lms-paging';
  /** Present once its release is being read. */
  pull?: PullView;
  counts: Record<string, number> & { total: number };
  note: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  etaSeconds: number | null;
  /** Only in a dry run: what a person should check in its releases before anything is printed. */
  warnings?: ReleaseWarning[];
  /** What stops its letters, in words; null: nothing. */
  notice: string | null;
  /** Only while its pull waits for the LMS: why, and until when. */
  lastError?: { code: string; detail: string; nextAttemptAt: string | null };
}

/** The current state of a batch, computed from its items. */
export async function viewBatch(db: Db, batch: Batch, now: Date): Promise<BatchView> {
  const counts = await selectBatchCounts(db, batch.id, batch.dryRun);
  const pull = batch.releaseId === null ? null : await viewPull(db, batch.id);
  const state = stateOf(batch, counts, pull);
  const mails = state === 'running' && !batch.dryRun;
  return {
    id: batch.id,
    state,
    dryRun: batch.dryRun,
    releaseId: batch.releaseId,
    ...(pull?.state === 'stopped' && state === 'paused' ? { waitsFor: 'lms-paging' as const } : {}),
    ...(pull === null ? {} : { pull }),
    counts: { total: counts.total, ...counts.byState },
    note: batch.note,
    createdAt: batch.createdAt.toISOString(),
    startedAt: batch.startedAt?.toISOString() ?? null,
    finishedAt: finishedAt(batch, counts, state)?.toISOString() ?? null,
    etaSeconds: state === 'running' ? estimate(batch, counts, now) : null,
    ...(batch.dryRun ? { warnings: await warningsOf(db, batch) } : {}),
    notice: mails ? await sendingNotice(db) : null,
    ...(batch.lastError && {
      lastError: { ...batch.lastError, nextAttemptAt: batch.nextAttemptAt?.toISOString() ?? null },
    }),
  };
}

async function warningsOf(db: Db, { id, releaseId }: Batch): Promise<ReleaseWarning[]> {
  const warnings: ReleaseWarning[] = [];
  for (const of of releaseId === null ? await selectBatchReleases(db, id) : [releaseId]) {
    const { snapshot, fault } = await selectReleaseAsTold(db, of);
    if (fault !== null) warnings.push({ code: 'lms-invalid', releaseId: of, detail: fault });
    if (snapshot !== null) warnings.push(...releaseWarnings(snapshot));
  }
  return warnings;
}

function stateOf(batch: Batch, counts: BatchCounts, pull: PullView | null): BatchState {
  if (batch.cancelledAt) return 'cancelled';
  if (pull?.state === 'stopped') return 'paused';
  if (batch.pulledAt && counts.open === 0) return 'finished';
  return batch.pausedAt ? 'paused' : 'running';
}

function finishedAt(batch: Batch, counts: BatchCounts, state: BatchState): Date | null {
  if (state === 'cancelled') return batch.cancelledAt;
  if (state !== 'finished' || !batch.pulledAt) return null;
  return counts.lastChange && counts.lastChange > batch.pulledAt ? counts.lastChange : batch.pulledAt;
}

/**
 * A rough estimate: open items at the pace so far, but not before the last window opens. Null before the pull is over
 * or any item is settled.
 */
function estimate(batch: Batch, counts: BatchCounts, now: Date): number | null {
  const settled = counts.total - counts.open;
  if (!batch.startedAt || !batch.pulledAt || settled === 0) return null;
  const seconds = (now.getTime() - batch.startedAt.getTime()) / 1000;
  const untilDue = counts.lastDue ? (counts.lastDue.getTime() - now.getTime()) / 1000 : 0;
  return Math.max(0, Math.round(Math.max(untilDue, (seconds / settled) * counts.open)));
}
