import { OverrideRequest } from '../../coordinate/override-request.ts';
import { overrideStudentGroup } from '../../coordinate/override-student-group.ts';
import { message } from '../../domain/messages/message.ts';
import { Problem } from '../../platform/http/problem.ts';
import { parseInput } from '../../platform/http/validate.ts';
import { selectGroup } from '../../records/student-groups/student-groups.ts';
import type { DeskContext } from '../desk-context.ts';
import { type Fields, fieldOf, valuesOf } from '../desk-route.ts';

/** The field that repairs most holds of a reason; null: there is none that a person could type. */
export function repairField(reason: string): 'country' | 'latinName' | 'email' | null {
  if (reason.startsWith('country-')) return 'country';
  if (reason === 'name-unprintable' || reason === 'name-too-long') return 'latinName';
  return reason.startsWith('email-') || reason === 'hard-bounce' ? 'email' : null;
}

export interface RowRepair {
  studentGroupId: string;
  /** Why it was refused; null: it was done. */
  fault: string | null;
}

/**
 * Carries out what a table of held people says: a typed value per row, or the suggestion of each selected row. A refused
 * row stops no other.
 * @throws Problem 400 when nothing was chosen, or without a reason
 */
export async function repairRows(
  ctx: DeskContext,
  reason: string,
  fields: Fields,
  actor: string,
): Promise<RowRepair[]> {
  const field = repairField(reason);
  const why = fieldOf(fields, 'reason');
  const takes = fieldOf(fields, 'verb') === 'take';
  const ids = takes
    ? valuesOf(fields, 'id')
    : valuesOf(fields, 'row').filter((id) => fieldOf(fields, `value-${id}`) !== undefined);
  if (ids.length === 0) throw new Problem(400, message('console.nothing-chosen'));
  const done: RowRepair[] = [];
  for (const studentGroupId of ids) {
    const change = takes ? { takeSuggestion: true } : { [field ?? '']: fieldOf(fields, `value-${studentGroupId}`) };
    done.push({ studentGroupId, fault: await repairOne(ctx, studentGroupId, { ...change, reason: why }, actor) });
  }
  return done;
}

async function repairOne(ctx: DeskContext, id: string, change: object, actor: string): Promise<string | null> {
  try {
    const group = await selectGroup(ctx.db, id);
    if (group === null) return message('unknown.student-group');
    await overrideStudentGroup(ctx, group, parseInput(OverrideRequest, change), actor);
    return null;
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return error.errors?.[0]?.detail ?? error.message;
    throw error;
  }
}
