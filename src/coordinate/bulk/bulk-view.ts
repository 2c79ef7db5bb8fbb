import { z } from 'zod';
import { BULK_VERBS, ROW_STATES } from '../../domain/bulk-verb.ts';
import { type BulkAct, countBulkRows } from '../../records/bulk/bulk-acts.ts';
import type { BulkRow } from '../../records/bulk/bulk-rows.ts';
import type { Db } from '../../records/rows.ts';
import { Instant, ReasonAnswer, SAMPLE } from '../shared-schemas.ts';

export const BULK_STATES = ['running', 'paused', 'cancelled', 'finished'] as const;
export type BulkState = (typeof BULK_STATES)[number];

export function stateOfBulk(bulk: BulkAct): BulkState {
  if (bulk.cancelledAt !== null) return 'cancelled';
  if (bulk.finishedAt !== null) return 'finished';
  return bulk.pausedAt !== null || bulk.isUnconfirmed ? 'paused' : 'running';
}

const Count = z.int().min(0);

/** A bulk act as the API returns it; times are RFC 3339. */
export const BulkActView = z
  .object({
    id: z.uuid(),
    verb: z.enum(BULK_VERBS),
    state: z.enum(BULK_STATES).describe('`finished`: every row has a result.'),
    waitsFor: z
      .literal('second-person')
      .optional()
      .describe('Only while it is paused because another coordinator must confirm it first.'),
    dryRun: z.boolean().describe('True: it only tells what would be done.'),
    reason: z.string(),
    actor: z.string().describe('Who started it.'),
    confirmedBy: z.string().nullable().describe('The second person, where one was needed.'),
    options: z.record(z.string(), z.unknown()).describe('The fields of the request that only this verb has.'),
    filter: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('By what the rows were selected when it started, without the words of a search; null for ids.'),
    counts: z
      .object({
        total: Count.describe('All rows.'),
        pending: Count.describe('Without a result yet.'),
        possible: Count.describe('Of a dry run: the act would be done.'),
        done: Count.describe('The act was done.'),
        refused: Count.describe('Not done; the same single act would be refused too. `refusedBy` says why.'),
        failed: Count.describe('Not done because of an error in Gramota.'),
        cancelled: Count.describe('Left without a result when it was cancelled.'),
      })
      .describe('Rows by result.'),
    refusedBy: z.record(z.string(), z.int()).describe('Refused rows by reason code, most frequent first.'),
    createdAt: Instant,
    finishedAt: Instant.nullable().describe('When its last row got a result, or when it was cancelled.'),
    lastError: z
      .object({ code: z.string(), detail: z.string(), nextAttemptAt: Instant.nullable() })
      .optional()
      .describe('Only while it waits for the LMS: why, and when the LMS is asked again.'),
  })
  .meta({ id: 'BulkAct', description: 'An act of a coordinator on many student groups, certificates or flags.' });
export type BulkActView = z.infer<typeof BulkActView>;

export const BULK_EXAMPLE: BulkActView = {
  id: SAMPLE.bulk,
  verb: 'revoke',
  state: 'finished',
  dryRun: false,
  reason: 'Issued with the wrong programme.',
  actor: 'desk (00000001)',
  confirmedBy: null,
  options: { class: 'issued-in-error' },
  filter: null,
  counts: { total: 40, pending: 0, possible: 0, done: 38, refused: 2, failed: 0, cancelled: 0 },
  refusedBy: { revoked: 2 },
  createdAt: '2026-11-23T10:00:00.000Z',
  finishedAt: '2026-11-23T10:00:02.000Z',
};

/** The present state of a bulk act. While it runs, its rows are counted; afterwards the counts are stored. */
export async function viewBulk(db: Db, bulk: BulkAct): Promise<BulkActView> {
  const { refusedBy, pending, ...counts } = bulk.counts ?? (await countBulkRows(db, bulk.id));
  const state = stateOfBulk(bulk);
  const isCancelled = state === 'cancelled';
  const { lastError } = bulk;
  return {
    id: bulk.id,
    verb: bulk.verb,
    state,
    ...(state === 'paused' && bulk.isUnconfirmed ? { waitsFor: 'second-person' as const } : {}),
    dryRun: bulk.dryRun,
    reason: bulk.reason,
    actor: bulk.actor,
    confirmedBy: bulk.confirmedBy,
    options: bulk.options,
    filter: bulk.filter,
    counts: {
      total: bulk.total,
      pending: isCancelled ? 0 : pending,
      ...counts,
      cancelled: isCancelled ? pending : 0,
    },
    refusedBy,
    createdAt: bulk.createdAt.toISOString(),
    finishedAt: (bulk.finishedAt ?? bulk.cancelledAt)?.toISOString() ?? null,
    ...(lastError !== null && state === 'running'
      ? { lastError: { ...lastError, nextAttemptAt: lastError.nextAttemptAt?.toISOString() ?? null } }
      : {}),
  };
}

export const BulkRowView = z
  .object({
    position: z.int().min(1).describe('Place in the selection.'),
    id: z
      .string()
      .describe('Id of the student group, certificate or flag; of an unknown one, the text that was given.'),
    studentGroupId: z.string().nullable(),
    certificateId: z.uuid().nullable(),
    number: z.string().nullable().describe('Number of the certificate.'),
    fullName: z.string().nullable(),
    result: z.enum(ROW_STATES).describe('`possible`: of a dry run, the act would be done. `pending`: not handled yet.'),
    reason: ReasonAnswer.nullable().describe('Why it was refused or failed.'),
    state: z.string().nullable().describe('State of the student group or certificate after this row was handled.'),
    formerAct: z
      .object({ verb: z.string(), actor: z.string(), at: Instant })
      .nullable()
      .describe('Of a refused row: what somebody did last with the same subject.'),
    handledAt: Instant.nullable().describe('Null while it has no result.'),
  })
  .meta({ id: 'BulkRow', description: 'One row of a bulk act with its result.' });
export type BulkRowView = z.infer<typeof BulkRowView>;

export const ROW_EXAMPLE: BulkRowView = {
  position: 2,
  id: SAMPLE.certificate,
  studentGroupId: SAMPLE.studentGroup,
  certificateId: SAMPLE.certificate,
  number: SAMPLE.number,
  fullName: 'Assel Nurmukhamedova',
  result: 'refused',
  reason: { code: 'revoked', detail: 'the certificate is revoked; "reinstate" makes it valid again' },
  state: 'revoked',
  formerAct: { verb: 'certificate.revoke', actor: 'office (00000002)', at: '2026-11-23T09:59:00.000Z' },
  handledAt: '2026-11-23T10:00:01.000Z',
};

export function viewBulkRow({ subject, result, handledAt, ...row }: BulkRow, isCancelled: boolean): BulkRowView {
  return {
    id: subject,
    ...row,
    result: result ?? (isCancelled ? 'cancelled' : 'pending'),
    handledAt: handledAt?.toISOString() ?? null,
  };
}
