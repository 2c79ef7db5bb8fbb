import type { ShownReason } from '../../domain/failure.ts';
import { NO_OVERRIDES, Overrides } from '../../domain/student-group/override.ts';
import { StudentGroup } from '../../domain/student-group/student-group.ts';
import { SUGGESTING_REASONS, withSuggestion } from '../../domain/text/doubtful-field.ts';
import type { Db } from '../rows.ts';
import { selectOverrides } from './overrides.ts';
import { selectGroup } from './student-groups.ts';

interface Shown {
  studentGroupId: string;
  decisionId: string | null;
  certificateId: string | null;
  reason: ShownReason | null;
}

/**
 * Adds suggestions to the reasons that have one. Suggestions are personal data and are not stored; they are computed
 * again from the judged case, until it is erased. A reissue stores no case; its suggestion comes from current data.
 * Makes no query when there is no such reason.
 */
export async function addSuggestions<Row extends Shown>(db: Db, rows: Row[]): Promise<Row[]> {
  const doubtful = rows.filter(({ reason }) => reason !== null && SUGGESTING_REASONS.has(reason.code));
  if (doubtful.length === 0) return rows;
  const ids = doubtful.flatMap(({ decisionId }) => decisionId ?? []);
  const decisions: { id: string; inputs: unknown }[] = await db('decision').whereIn('id', ids).select('id', 'inputs');
  const inputs = new Map(decisions.map((decision) => [decision.id, decision.inputs]));
  const suggested = new Map<Row, ShownReason>();
  for (const row of doubtful) {
    if (row.reason === null) continue;
    const judged =
      row.certificateId === null
        ? readCase(inputs.get(row.decisionId ?? ''))
        : {
            studentGroup: (await selectGroup(db, row.studentGroupId))?.snapshot ?? null,
            overrides: await selectOverrides(db, row.studentGroupId),
          };
    suggested.set(row, withSuggestion(row.reason, judged.studentGroup, judged.overrides));
  }
  return rows.map((row) => ({ ...row, reason: suggested.get(row) ?? row.reason }));
}

/** The parts of a decision's stored inputs that a suggestion needs. */
export function readCase(inputs: unknown): { studentGroup: StudentGroup | null; overrides: Overrides } {
  const stored = (inputs ?? {}) as { studentGroup?: unknown; overrides?: object };
  return {
    studentGroup: StudentGroup.safeParse(stored.studentGroup).data ?? null,
    overrides: Overrides.safeParse({ ...NO_OVERRIDES, ...stored.overrides }).data ?? NO_OVERRIDES,
  };
}
