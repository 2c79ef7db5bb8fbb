import { isDeepStrictEqual } from 'node:util';
import { message } from '../domain/messages/message.ts';
import type { Overrides } from '../domain/student-group/override.ts';
import { SUGGESTING_REASONS, suggestionFor } from '../domain/text/doubtful-field.ts';
import { instructionFault, normaliseName } from '../domain/text/name.ts';
import { type InputFault, Problem } from '../platform/http/problem.ts';
import type { Db } from '../records/rows.ts';
import { type Decision, selectShownDecisions } from '../records/student-groups/decisions.ts';
import { selectOpenHold } from '../records/student-groups/holds.ts';
import type { StoredGroup } from '../records/student-groups/student-groups.ts';
import { readCase } from '../records/student-groups/suggestions.ts';
import { isJudgedAsKnown } from '../records/student-groups/unjudged.ts';
import type { OverrideChanges } from './override-request.ts';

/** The printed form, so that spacing and letter forms do not count as a change. */
function printed(name: string | null | undefined): string | null {
  if (name === null || name === undefined || name.trim() === '') return null;
  const normal = normaliseName(name);
  return normal.ok ? normal.name : name;
}

/**
 * The fault when a full name changes but the Latin form stays: the diploma would print two different names. Null when
 * no Latin form stays, or when both return to the LMS's values.
 */
export function findStaleLatinName(
  group: Pick<StoredGroup, 'snapshot'>,
  before: Overrides,
  changes: OverrideChanges,
): InputFault | null {
  const { fullName, latinName } = changes;
  if (fullName === undefined || typeof latinName === 'string') return null;
  const student = group.snapshot?.student;
  const [was, is] = [before.fullName ?? student?.fullName, fullName ?? student?.fullName].map((name) =>
    printed(name as string),
  );
  const given = latinName === undefined ? before.latinName : null;
  const stays = printed(given ?? student?.latinName);
  if (was === is || stays === null || stays === is) return null;
  if (fullName === null && given === null) return null;
  const detail = message(given === null ? 'input.latin-stays.lms' : 'input.latin-stays.override');
  return { pointer: '/latinName', detail };
}

/** Texts that contain what the mail provider would execute, one fault each. */
export function findInstructions(changes: OverrideChanges, instructions: readonly string[]): InputFault[] {
  const { fullName, latinName, projectTitle } = changes;
  return Object.entries({ fullName, latinName, projectTitle }).flatMap(([field, text]) => {
    const what = field === 'projectTitle' ? 'title' : 'name';
    const detail = typeof text === 'string' ? instructionFault(text, what, instructions) : null;
    return detail === null ? [] : [{ pointer: `/${field}`, detail }];
  });
}

const NOTHING = message('state.nothing-suggested', { reasons: [...SUGGESTING_REASONS].join(' or ') });
const CHANGED = message('state.suggestion-stale');

/**
 * The suggestion of the current reason, as a change. Only if it was judged on current data, so that nobody accepts an
 * unseen suggestion.
 * @param certificateId the student group's own certificate
 * @param before the overrides in force; under `lockForOverriding`
 * @throws Problem 409 when there is no such reason, or it has no suggestion
 */
export async function readSuggestion(
  trx: Db,
  group: StoredGroup,
  certificateId: string | null,
  before: Overrides,
): Promise<OverrideChanges> {
  const suggests = (code: string | undefined): code is string => code !== undefined && SUGGESTING_REASONS.has(code);
  const held = (await selectOpenHold(trx, { studentGroupId: group.id, id: certificateId }))?.code;
  const decisions = (await selectShownDecisions(trx, group.id)).filter(({ reason }) => suggests(reason?.code));
  if (!suggests(held) && decisions.length === 0) throw new Problem(409, NOTHING);
  const isOfNow = (decision: Decision) =>
    isJudgedAsKnown(decision, group) && isDeepStrictEqual(readCase(decision.inputs).overrides, before);
  const code = suggests(held) ? held : decisions.find(isOfNow)?.reason?.code;
  const doubt = suggests(code) && group.snapshot && suggestionFor(code, group.snapshot, before);
  if (!doubt) throw new Problem(409, CHANGED);
  const { field, path, suggestion } = doubt;
  if (suggestion === null) throw new Problem(409, message('state.no-suggestion', { path, field }));
  return { [field]: suggestion };
}
