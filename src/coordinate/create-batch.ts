import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readCountries } from '../domain/country/country-list.ts';
import { NO_LETTER } from '../domain/letter/choose-letter.ts';
import { message } from '../domain/messages/message.ts';
import { RELEASE_WARNINGS, type ReleaseWarning, releaseWarnings } from '../domain/student-group/release-warnings.ts';
import { declaredWarnings, type PrintingRules } from '../lifecycle/declared-warnings.ts';
import type { Enqueue } from '../pipeline/context.ts';
import { plainText } from '../platform/http/validate.ts';
import type { Clock } from '../ports/clock.ts';
import { type BatchCounts, latest, selectBatchCounts } from '../records/batches/batch-counts.ts';
import { type Batch, insertOrReturnBatch, selectBatchReleases } from '../records/batches/batches.ts';
import type { Db } from '../records/rows.ts';
import { selectStoredRelease } from '../records/student-groups/student-groups.ts';
import { recordAct } from '../records/tokens.ts';
import { PullView, viewPull } from './batch-pull-view.ts';
import { sendingNotice } from './sending.ts';
import { Instant, SAMPLE } from './shared-schemas.ts';

/** One entry may name several countries, as on the command line. */
const Countries = z.string(message('input.text')).transform((text, context) => {
  const read = readCountries(text);
  if (read.ok) return read.codes;
  context.addIssue({ code: 'custom', message: read.detail });
  return z.NEVER;
});

/** A coordinator's request: the student groups of a release, or some by their ids. */
export const BatchRequest = z
  .strictObject({
    releaseId: plainText(200)
      .nullish()
      .describe('Include all student groups of this release. Use either this field or `studentGroupIds`.'),
    studentGroupIds: z
      .array(plainText(200))
      .min(1, message('input.some-ids'))
      .max(10_000, message('input.most-ids', { most: 10_000 }))
      .nullish()
      .describe('Include only these student groups. Use either this field or `releaseId`.'),
    countries: z
      .array(Countries)
      .min(1, message('input.some-countries'))
      .max(300, message('input.most-countries', { most: 300 }))
      .nullish()
      .describe('Include only teachers of these countries, as ISO 3166-1 alpha-2 codes or names.'),
    dryRun: z
      .boolean(message('input.boolean'))
      .nullish()
      .describe('True: only evaluate and report the result; nothing is awarded or sent.'),
    template: plainText(200).nullish().describe("Certificate template to use instead of the programme's template."),
    letter: z
      .literal(NO_LETTER, message('input.one-of', { known: NO_LETTER }))
      .nullish()
      .describe('`none`: others send the letters of these certificates; the items end in the state `rendered`.'),
    note: plainText(2000, { lines: true }).nullish().describe('A note for people, stored with the batch.'),
  })
  .superRefine((request, context) => {
    const both = request.releaseId != null && request.studentGroupIds != null;
    if (both || (request.releaseId == null && request.studentGroupIds == null)) {
      const path = [both ? 'studentGroupIds' : 'releaseId'];
      context.addIssue({ code: 'custom', path, message: message('input.release-or-groups') });
    }
  })
  .transform((request) => ({
    releaseId: request.releaseId ?? null,
    studentGroupIds: request.studentGroupIds ? [...new Set(request.studentGroupIds)] : null,
    countries: request.countries ? [...new Set(request.countries.flat())] : null,
    dryRun: request.dryRun ?? false,
    template: request.template ?? null,
    letter: request.letter ?? null,
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
export function hashRequest({ letter, ...request }: BatchRequest): string {
  // A request without `letter` keeps the hash that it had before there was such a field.
  return createHash('sha256')
    .update(JSON.stringify(letter === null ? request : { ...request, letter }))
    .digest('hex');
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

/** A batch as the API returns it; times are RFC 3339. */
export const BatchView = z
  .object({
    id: z.uuid(),
    state: z
      .enum(['running', 'paused', 'cancelled', 'finished'])
      .describe('`finished`: every item is in a final state or on hold.'),
    dryRun: z.boolean().describe('True for a dry run, which awards and sends nothing.'),
    releaseId: z
      .string()
      .nullable()
      .describe('Id of the release; null if the batch was created from ids of student groups.'),
    letter: z.literal(NO_LETTER).optional().describe('Only present if others send the letters of the batch.'),
    waitsFor: z
      .enum(['lms-paging', 'second-person'])
      .optional()
      .describe(
        'Only present while the batch is paused. `lms-paging`: the list in the LMS has no end: correct the LMS, then call `retry`. `second-person`: the batch is far above the usual size of its programme; another coordinator must start it with `confirm`.',
      ),
    pull: PullView.optional().describe(
      'Progress of reading the release from the LMS; missing before the reading starts.',
    ),
    counts: z
      .object({ total: z.int().describe('Number of all items.') })
      .catchall(z.int())
      .describe(
        'Number of items by state; in a dry run, by the state that a real run would give. States without items are missing.',
      ),
    note: z.string().nullable().describe('The note that the coordinator gave when creating the batch.'),
    createdAt: Instant,
    startedAt: Instant.nullable().describe('Time when a worker started to process the batch.'),
    finishedAt: Instant.nullable().describe('Time when the last item became final, or when the batch was cancelled.'),
    etaSeconds: z
      .int()
      .nullable()
      .describe('Estimated seconds until the batch finishes; null if it cannot be estimated.'),
    warnings: z
      .array(
        z.object({
          code: z.enum(RELEASE_WARNINGS),
          releaseId: z.string(),
          detail: z.string().describe('What looks wrong, where it is, and how to correct it.'),
        }),
      )
      .optional()
      .describe('Only in a dry run: findings in the release that a person should check before diplomas are printed.'),
    notice: z
      .string()
      .nullable()
      .describe(
        'Why letters of the batch are not sent, or for which person the batch waits; null if neither is the case.',
      ),
    lastError: z
      .object({ code: z.string(), detail: z.string(), nextAttemptAt: Instant.nullable() })
      .optional()
      .describe('Only while the batch waits for the LMS: the reason, and the time of the next request to the LMS.'),
  })
  .meta({
    id: 'Batch',
    description:
      'A batch: student groups that are evaluated, awarded and sent together because a coordinator requested it.',
  });
export type BatchView = z.infer<typeof BatchView>;
export type BatchState = BatchView['state'];

export const BATCH_EXAMPLE: BatchView = {
  id: SAMPLE.batch,
  state: 'running',
  dryRun: false,
  releaseId: SAMPLE.release,
  pull: { state: 'finished', pages: 2, studentGroups: 712, leftOut: null, reason: null, releaseFault: null },
  counts: { total: 712, 'not-met': 58, held: 9, waiting: 402, sent: 243 },
  note: 'Autumn release',
  createdAt: '2026-11-20T09:00:00.000Z',
  startedAt: '2026-11-20T09:00:02.000Z',
  finishedAt: null,
  etaSeconds: 5400,
  notice: null,
};

/**
 * The current state of a batch, by the counts of its items.
 * @param rules with them a dry run also warns of names and texts of the school that should not be printed so
 */
export async function viewBatch(
  db: Db,
  batch: Batch,
  now: Date,
  rules: PrintingRules | null = null,
): Promise<BatchView> {
  const counts = await selectBatchCounts(db, batch.id, batch.dryRun);
  const pull = batch.releaseId === null ? null : await viewPull(db, batch.id);
  const state = stateOf(batch, counts, pull);
  const mails = state === 'running' && !batch.dryRun;
  return {
    id: batch.id,
    state,
    dryRun: batch.dryRun,
    releaseId: batch.releaseId,
    ...(state === 'paused' ? waitOf(batch, pull) : {}),
    ...(batch.letter === null ? {} : { letter: batch.letter }),
    ...(pull === null ? {} : { pull }),
    counts: { total: counts.total, ...counts.byState },
    note: batch.note,
    createdAt: batch.createdAt.toISOString(),
    startedAt: batch.startedAt?.toISOString() ?? null,
    finishedAt: finishedAt(batch, counts, state)?.toISOString() ?? null,
    etaSeconds: state === 'running' ? estimate(batch, counts, now) : null,
    ...(batch.dryRun ? { warnings: await warningsOf(db, batch, rules) } : {}),
    notice: mails ? await sendingNotice(db) : state === 'paused' ? secondPersonNotice(batch) : null,
    ...(batch.lastError && {
      lastError: { ...batch.lastError, nextAttemptAt: batch.nextAttemptAt?.toISOString() ?? null },
    }),
  };
}

function waitOf(batch: Batch, pull: PullView | null): Pick<BatchView, 'waitsFor'> {
  if (pull?.state === 'stopped') return { waitsFor: 'lms-paging' };
  return batch.secondPerson?.isAwaited ? { waitsFor: 'second-person' } : {};
}

function secondPersonNotice({ secondPerson, actor }: Batch): string | null {
  if (!secondPerson?.isAwaited) return null;
  const { programme, above, count } = secondPerson;
  return message('batch.second-person', { programme, above, count, actor });
}

async function warningsOf(db: Db, { id, releaseId }: Batch, rules: PrintingRules | null): Promise<ReleaseWarning[]> {
  const warnings: ReleaseWarning[] = [];
  for (const of of releaseId === null ? await selectBatchReleases(db, id) : [releaseId]) {
    const { snapshot, fault } = await selectStoredRelease(db, of);
    if (fault !== null) warnings.push({ code: 'lms-invalid', releaseId: of, detail: fault });
    if (snapshot === null) continue;
    warnings.push(...releaseWarnings(snapshot), ...(rules === null ? [] : declaredWarnings(rules, snapshot)));
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
  return latest([batch.pulledAt, counts.lastChange]);
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
