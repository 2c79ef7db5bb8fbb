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

/** A decision as coordinators read it. */
export const DecisionView = z
  .object({
    id: z.uuid(),
    outcome: z.string().describe('`met`, `not-met`, `held` or `excluded`.'),
    reason: ReasonAnswer.nullable(),
    programmeId: z.string().nullable(),
    rulesHash: z.string().describe('Which contents of `criteria.yaml` it was made by.'),
    criteria: z
      .array(
        z.object({
          path: z.string().describe('Where the criterion stands, such as `require.all[3]`.'),
          source: z.string(),
          parameter: z.string(),
          operator: z.string(),
          expected: z.union([Value, z.array(Value).readonly()]),
          actual: Value.nullable().describe('Null: the LMS gives no value.'),
          negated: z.boolean().describe('It stands under an odd number of `not`.'),
          met: z.boolean().describe('It counts in favour, `not` included.'),
          waived: z.boolean().describe('A coordinator has waived it.'),
          explanation: Explanation.describe('In short.'),
          sentence: Explanation.describe('As a sentence.'),
        }),
      )
      .describe('Every criterion with its value and result.'),
    change: Explanation.nullable().describe(
      'The least that would have to be different; null unless criteria stand in the way.',
    ),
    certTemplate: z.string().nullable(),
    decidedAt: Instant,
  })
  .meta({ id: 'Decision', description: 'How a student group was judged.' });
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
