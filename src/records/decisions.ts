import { z } from 'zod';
import { type Db, parseRow } from './rows.ts';

export type Outcome = 'met' | 'not-met' | 'held' | 'excluded';

export interface NewDecision {
  id: string;
  studentGroupId: string;
  batchId: string | null;
  dryRun: boolean;
  programmeId: string | null;
  /** SHA-256 of the rules that were applied. */
  rulesHash: string;
  outcome: Outcome;
  reason: { code: string; detail: string } | null;
  /** Every criterion with its input and result. */
  criteria: unknown;
  /** What the rules looked at, so that the decision can be replayed. */
  inputs: unknown;
  /** Country with its provenance. */
  country: unknown;
  certTemplate: string | null;
}

/** Appends one decision; decisions are never changed. */
export async function insertDecision(db: Db, decision: NewDecision, at: Date): Promise<void> {
  await db('decision').insert({
    id: decision.id,
    student_group_id: decision.studentGroupId,
    batch_id: decision.batchId,
    dry_run: decision.dryRun,
    programme_id: decision.programmeId,
    rules_hash: decision.rulesHash,
    outcome: decision.outcome,
    reason_code: decision.reason?.code ?? null,
    reason_detail: decision.reason?.detail ?? null,
    criteria: JSON.stringify(decision.criteria),
    inputs: JSON.stringify(decision.inputs),
    country: JSON.stringify(decision.country),
    cert_template: decision.certTemplate,
    decided_at: at,
  });
}

const DecisionRow = z
  .object({
    id: z.uuid(),
    programme_id: z.string().nullable(),
    rules_hash: z.string(),
    outcome: z.enum(['met', 'not-met', 'held', 'excluded']),
    reason_code: z.string().nullable(),
    reason_detail: z.string().nullable(),
    criteria: z.unknown(),
    inputs: z.looseObject({ studentGroup: z.looseObject({ updatedAt: z.string().nullish() }).optional() }),
    country: z.unknown(),
    cert_template: z.string().nullable(),
    decided_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    programmeId: row.programme_id,
    rulesHash: row.rules_hash,
    outcome: row.outcome,
    reason: row.reason_code === null ? null : { code: row.reason_code, detail: row.reason_detail ?? '' },
    criteria: row.criteria,
    /** The LMS's `updatedAt` of the snapshot that was judged. */
    judgedUpdatedAt: row.inputs.studentGroup?.updatedAt ?? null,
    country: row.country,
    certTemplate: row.cert_template,
    decidedAt: row.decided_at,
  }));
export type Decision = z.infer<typeof DecisionRow>;

/** The decision that counts: the newest that was not a dry run. */
export async function selectLatestDecision(db: Db, studentGroupId: string): Promise<Decision | null> {
  return parseRow(
    DecisionRow,
    await db('decision')
      .where({ student_group_id: studentGroupId, dry_run: false })
      .orderBy('sequence', 'desc')
      .first(),
  );
}
