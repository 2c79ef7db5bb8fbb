import type { CriteriaFile, CriterionResult } from '../domain/criteria/criteria.ts';
import { changeInWords, changeOf } from '../domain/criteria/criteria-change.ts';
import { sentenceOf } from '../domain/criteria/criterion-sentence.ts';
import type { Explanation } from '../domain/criteria/criterion-words.ts';
import type { Reason } from '../domain/failure.ts';
import { withSuggestion } from '../domain/text/doubtful-field.ts';
import type { Db } from '../records/rows.ts';
import { selectReleaseSnapshot } from '../records/rulebooks.ts';
import { type Decision, selectLatestDecision } from '../records/student-groups/decisions.ts';
import { readCase } from '../records/student-groups/suggestions.ts';

/** A decision as shown to coordinators. */
export interface DecisionView {
  id: string;
  outcome: string;
  reason: Reason | null;
  programmeId: string | null;
  rulesHash: string;
  /** All criteria with value, result, explanation and a sentence for people. */
  criteria: (CriterionResult & { sentence: Explanation })[];
  /** The minimal change to meet the criteria, by the decision's own rules; null unless criteria prevent the award. */
  change: Explanation | null;
  certTemplate: string | null;
  decidedAt: string;
}

export interface DecisionViewContext {
  db: Db;
  /** `criteria.yaml` with this hash; null when it was not stored. */
  rulesOf: (hash: string) => Promise<CriteriaFile | null>;
}

/** The effective decision for a student group, in words; null when there is none. */
export async function viewLatestDecision(
  ctx: DecisionViewContext,
  studentGroupId: string,
): Promise<DecisionView | null> {
  const decision = await selectLatestDecision(ctx.db, studentGroupId);
  if (decision === null) return null;
  const release = decision.inputs?.['release'];
  const zone = (typeof release === 'string' ? await selectReleaseSnapshot(ctx.db, release) : null)?.timezone ?? 'UTC';
  const { id, outcome, reason, programmeId, rulesHash, certTemplate, decidedAt } = decision;
  const { studentGroup, overrides } = readCase(decision.inputs);
  const criteria = decision.criteria.map((result) => ({
    ...result,
    sentence: { en: sentenceOf(result, 'en', zone), ru: sentenceOf(result, 'ru', zone) },
  }));
  const change = await viewChange(ctx, decision, zone);
  return {
    id,
    outcome,
    reason: reason && withSuggestion(reason, studentGroup, overrides),
    programmeId,
    rulesHash,
    criteria,
    change,
    certTemplate,
    decidedAt: decidedAt.toISOString(),
  };
}

async function viewChange(ctx: DecisionViewContext, decision: Decision, zone: string): Promise<Explanation | null> {
  if (decision.outcome !== 'not-met') return null;
  const found = changeOf((await ctx.rulesOf(decision.rulesHash))?.programmes ?? [], decision);
  return found && { en: changeInWords(found, 'en', zone), ru: changeInWords(found, 'ru', zone) };
}
