import { z } from 'zod';
import type { CriterionResult } from '../../domain/criteria/criteria.ts';
import { explain } from '../../domain/criteria/criterion-words.ts';
import type { Reason } from '../../domain/failure.ts';
import { NO_OVERRIDES } from '../../domain/student-group/override.ts';
import { coalescedRead, sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { byPlace, type Db, inputTable, parseRow, parseRows } from '../rows.ts';

export type DecisionOutcome = 'met' | 'not-met' | 'held' | 'excluded';

export interface NewDecision {
  id: string;
  studentGroupId: string;
  batchId: string | null;
  dryRun: boolean;
  programmeId: string | null;
  /** SHA-256 of the applied rules; see records/rulebooks.ts. */
  rulesHash: string;
  outcome: DecisionOutcome;
  reason: Reason | null;
  /** All criteria with input and result. */
  criteria: readonly CriterionResult[];
  /** The judged case, with its `circumstances`: enough to replay the decision. */
  inputs: object;
  /** The country and its sources. */
  country: object;
  certTemplate: string | null;
}

/** Null values are omitted and read back as null; a third of a case is empty. */
function compact(value: object): string {
  return JSON.stringify(value, (_key, part: unknown) => part ?? undefined);
}

function toRow(decision: NewDecision, at: Date) {
  return {
    id: decision.id,
    student_group_id: decision.studentGroupId,
    batch_id: decision.batchId,
    dry_run: decision.dryRun,
    programme_id: decision.programmeId,
    rules_hash: decision.rulesHash,
    outcome: decision.outcome,
    reason_code: decision.reason?.code ?? null,
    reason_detail: decision.reason?.detail ?? null,
    criteria: JSON.stringify(decision.criteria.map(({ explanation, ...result }) => result)),
    inputs: compact(decision.inputs),
    country: JSON.stringify(decision.country),
    cert_template: decision.certTemplate,
    decided_at: at,
  };
}

/**
 * Appends a decision; decisions are immutable. The words of a criterion are not stored, but computed when it is read.
 */
export async function insertDecision(db: Db, decision: NewDecision, at: Date): Promise<void> {
  await db('decision').insert(toRow(decision, at));
}

/** One round trip, because every evaluation does it. A new evaluation ends any hold from before the award. */
const COLUMNS = {
  id: 'uuid',
  student_group_id: 'text',
  batch_id: 'uuid',
  dry_run: 'boolean',
  programme_id: 'text',
  rules_hash: 'text',
  outcome: 'text',
  reason_code: 'text',
  reason_detail: 'text',
  criteria: 'jsonb',
  inputs: 'jsonb',
  country: 'jsonb',
  cert_template: 'text',
  decided_at: 'timestamptz',
};
const DECISIONS = inputTable(COLUMNS);
const NAMES = Object.keys(COLUMNS).join(', ');
const RECORD = `
  with input as materialized (select * from ${DECISIONS.as('i')}),
  newest as materialized (
    select i.place, d.id from input as i cross join lateral (select * from decision
      where student_group_id = i.student_group_id and not dry_run order by sequence desc limit 1) as d
    where d.inputs - 'circumstances' = i.inputs - 'circumstances'
      and (d.rules_hash, d.outcome, coalesce(d.reason_code, ''), coalesce(d.reason_detail, ''))
        = (i.rules_hash, i.outcome, coalesce(i.reason_code, ''), coalesce(i.reason_detail, ''))),
  made as (
    insert into decision (${NAMES})
    select ${NAMES} from input where place not in (select place from newest) order by place),
  released as (
    update hold as h set released_at = i.decided_at, released_by = 'evaluate' from input as i
    where h.student_group_id = any(:student_group_id::text[]) and h.student_group_id = i.student_group_id and h.released_at is null and h.certificate_id is null
      and not i.dry_run)
  select place::int, id from newest`;

const recorded = sharedStatement<ReturnType<typeof toRow>, { place: number; id: string }>(async (trx, decisions) => {
  const { rows } = await trx.raw<{ rows: { place: number; id: string }[] }>(RECORD, DECISIONS.values(decisions));
  return byPlace(decisions.length, rows);
});

/**
 * Appends a decision, unless the effective one has the same result for the same case and rules. Different
 * circumstances (such as the number of awards in this hour) do not make a new decision. Ends the hold of a student
 * group without certificate, unless this is a dry run. Call it with the student group locked.
 * @returns the id of the effective decision
 */
export async function recordDecision(trx: Db, decision: NewDecision, at: Date): Promise<string> {
  return (await recorded(trx, toRow(decision, at)))?.id ?? decision.id;
}

/** A criterion's result as stored; its words may be missing, see `insertDecision`. */
const StoredResult = z.looseObject({ actual: z.unknown(), negated: z.boolean(), waived: z.boolean().default(false) });

/** Stored by `insertDecision`, so it has that type; anything but a list was stored by hand. */
const Criteria = z.unknown().transform((stored): CriterionResult[] =>
  parseRows(StoredResult, Array.isArray(stored) ? stored : []).map((row) => {
    const result = row as unknown as CriterionResult;
    return { ...result, explanation: explain(result, result.actual, result.negated, result.waived) };
  }),
);

const DecisionRow = z
  .object({
    id: z.uuid(),
    sequence: z.number().int(),
    student_group_id: z.string(),
    batch_id: z.uuid().nullable(),
    dry_run: z.boolean(),
    programme_id: z.string().nullable(),
    rules_hash: z.string(),
    outcome: z.enum(['met', 'not-met', 'held', 'excluded']),
    reason_code: z.string().nullable(),
    reason_detail: z.string().nullable(),
    criteria: Criteria,
    inputs: z
      .looseObject({
        studentGroup: z.looseObject({ updatedAt: z.string().nullish() }).optional(),
        overrides: z.looseObject({}).nullish(),
      })
      .nullable(),
    country: z.unknown(),
    cert_template: z.string().nullable(),
    decided_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    sequence: row.sequence,
    studentGroupId: row.student_group_id,
    batchId: row.batch_id,
    dryRun: row.dry_run,
    programmeId: row.programme_id,
    rulesHash: row.rules_hash,
    outcome: row.outcome,
    reason: row.reason_code === null ? null : { code: row.reason_code, detail: row.reason_detail ?? '' },
    criteria: row.criteria,
    /** The judged case as stored; null once erased. */
    inputs: row.inputs,
    /** The LMS's `updatedAt` of the judged snapshot. */
    judgedUpdatedAt: row.inputs?.studentGroup?.updatedAt ?? null,
    /** The judged overrides with defaults; not validated. */
    judgedOverrides: { ...NO_OVERRIDES, ...row.inputs?.overrides },
    country: row.country,
    certTemplate: row.cert_template,
    decidedAt: row.decided_at,
  }));
export type Decision = z.infer<typeof DecisionRow>;

const latestDecision = coalescedRead(async (db, ids: string[]) => {
  const { rows } = await db.raw<{ rows: { student_group_id: string }[] }>(
    `select d.* from unnest(?::text[]) as i(id)
     cross join lateral (select * from decision where student_group_id = i.id and not dry_run
       order by sequence desc limit 1) as d`,
    [ids],
  );
  const byGroup = new Map(rows.map((row) => [row.student_group_id, row]));
  return ids.map((id) => byGroup.get(id));
});

/** The effective decision: the newest one that was not a dry run. */
export async function selectLatestDecision(db: Db, studentGroupId: string): Promise<Decision | null> {
  return parseRow(DecisionRow, await latestDecision(db, studentGroupId));
}

/** The decisions to show for a student group: the effective one, and the newest dry run's if that is newer. */
export async function selectShownDecisions(db: Db, studentGroupId: string): Promise<Decision[]> {
  const newest = db('decision').where({ student_group_id: studentGroupId }).orderBy('sequence', 'desc').first();
  const [counts, dry] = [await selectLatestDecision(db, studentGroupId), parseRow(DecisionRow, await newest)];
  return [counts, dry?.id === counts?.id ? null : dry].filter((decision) => decision !== null);
}

export async function selectDecision(db: Db, id: string): Promise<Decision | null> {
  return parseRow(DecisionRow, await db('decision').where({ id }).first());
}

/** Decisions of a release (or of all), newest first, below a given sequence number; dry runs included. */
export async function selectDecisionsBefore(
  db: Db,
  query: { releaseId: string | null; before: number | null; limit: number },
): Promise<Decision[]> {
  const decisions = db('decision as d').orderBy('d.sequence', 'desc').limit(query.limit).select('d.*');
  if (query.releaseId !== null)
    decisions.join('student_group as g', 'g.id', 'd.student_group_id').where('g.release_id', query.releaseId);
  if (query.before !== null) decisions.where('d.sequence', '<', query.before);
  return parseRows(DecisionRow, await decisions);
}

/**
 * Erases personal data from the decisions of one student group: the case, all criteria values, the reason's text, the
 * sources of the country. Outcomes, dates and hashes stay; such a decision cannot be replayed. Call it inside an erasure.
 * @param studentId only decisions about this student; default: all
 * @returns how many there were
 */
export async function eraseDecisions(trx: Db, studentGroupId: string, studentId?: string): Promise<number> {
  const decisions = trx('decision').where({ student_group_id: studentGroupId });
  if (studentId !== undefined) decisions.whereRaw(`inputs #>> '{studentGroup,student,id}' = ?`, [studentId]);
  return decisions.update({
    inputs: null,
    criteria: '[]',
    reason_detail: null,
    country: trx.raw(`jsonb_strip_nulls(jsonb_build_object('code', country -> 'code'))`),
  });
}
