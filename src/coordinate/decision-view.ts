import { z } from 'zod';
import type { CriteriaFile } from '../domain/criteria/criteria.ts';
import { changeInWords, changeOf } from '../domain/criteria/criteria-change.ts';
import { sentenceOf } from '../domain/criteria/criterion-sentence.ts';
import { withSuggestion } from '../domain/text/doubtful-field.ts';
import type { Db } from '../records/rows.ts';
import { selectReleaseSnapshot } from '../records/rulebooks.ts';
import { type Decision, selectLatestDecision } from '../records/student-groups/decisions.ts';
import { readCase } from '../records/student-groups/suggestions.ts';
import { Instant, ReasonAnswer } from './shared-schemas.ts';

const Explanation = z.object({ en: z.string(), ru: z.string() });
const Value = z.union([z.string(), z.number(), z.boolean()]);

/** A decision in the form that coordinators see. */
export const DecisionView = z
  .object({
    id: z.uuid(),
    outcome: z.string().describe('`met`, `not-met`, `held` or `excluded`.'),
    reason: ReasonAnswer.nullable(),
    programmeId: z.string().nullable(),
    rulesHash: z.string().describe('Hash of the `criteria.yaml` that the decision used.'),
    criteria: z
      .array(
        z.object({
          path: z.string().describe('Path of the criterion in `criteria.yaml`, such as `require.all[3]`.'),
          source: z.string(),
          parameter: z.string(),
          operator: z.string(),
          expected: z.union([Value, z.array(Value).readonly()]),
          actual: Value.nullable().describe('The actual value; null if the LMS sends none.'),
          negated: z.boolean().describe('True if the criterion is inside an odd number of `not`.'),
          met: z.boolean().describe('True if the criterion supports the award, with `not` taken into account.'),
          waived: z.boolean().describe('True if a coordinator has waived the criterion.'),
          explanation: Explanation.describe('Short explanation of the result.'),
          sentence: Explanation.describe('Explanation of the result as a sentence.'),
        }),
      )
      .describe('Each criterion with its actual value and result.'),
    change: Explanation.nullable().describe(
      'The smallest changes after which the criteria would be met; null unless criteria prevent the award.',
    ),
    certTemplate: z.string().nullable(),
    decidedAt: Instant,
  })
  .meta({ id: 'Decision', description: 'The decision about a student group: which criteria are met, and why.' });
export type DecisionView = z.infer<typeof DecisionView>;

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

async function viewChange(ctx: DecisionViewContext, decision: Decision, zone: string): Promise<DecisionView['change']> {
  if (decision.outcome !== 'not-met') return null;
  const found = changeOf((await ctx.rulesOf(decision.rulesHash))?.programmes ?? [], decision);
  return found && { en: changeInWords(found, 'en', zone), ru: changeInWords(found, 'ru', zone) };
}
