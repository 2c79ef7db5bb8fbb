import { readRules } from '../adapters/templates-dir/load-rulebook.ts';
import type { Config } from '../config.ts';
import type { CriterionResult } from '../domain/criteria/criteria.ts';
import { changeInWords, changeOf } from '../domain/criteria/criteria-change.ts';
import { sentenceOf } from '../domain/criteria/criterion-sentence.ts';
import { InputError } from '../domain/failure.ts';
import { comparableEmail } from '../domain/letter/email-address.ts';
import { type Language, type MessageCode, message, messageIn, translate } from '../domain/messages/message.ts';
import { withSuggestion } from '../domain/text/doubtful-field.ts';
import type { Db } from '../records/rows.ts';
import { selectReleaseSnapshot, selectRulebook } from '../records/rulebooks.ts';
import { type Decision, selectDecision, selectShownDecisions } from '../records/student-groups/decisions.ts';
import { selectGroupsNamed } from '../records/student-groups/named-groups.ts';
import { readCase } from '../records/student-groups/suggestions.ts';
import { shownTime } from './shown-time.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;
type DecisionWord = Extract<MessageCode, `decision.${string}`> extends `decision.${infer Word}` ? Word : never;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The decision with this id, or the newest decision of the student group that the text names (see `selectGroupsNamed`).
 * @throws InputError when there is none, or several student groups match
 */
export async function findDecision(db: Db, of: string): Promise<Decision> {
  const named = UUID.test(of) ? await selectDecision(db, of) : null;
  if (named) return named;
  const groups = await selectGroupsNamed(db, of, { email: comparableEmail(of) });
  const [group, ...others] = groups;
  // The address itself is not repeated: output ends up in logs and tickets.
  const shown = of.includes('@') ? 'this e-mail address' : of;
  if (others.length > 0)
    throw new InputError(message('line.several-decisions', { of: shown, groups: groups.join(', ') }));
  const [decision] = group === undefined ? [] : (await selectShownDecisions(db, group)).slice(-1);
  if (!decision) throw new InputError(message('line.no-decision', { of: shown }));
  return decision;
}

/** `gramota decision show`: one decision in words, without names and addresses. */
export async function runDecisionShow(
  config: Config,
  id: string,
  options: { lang: Language },
  say: Say,
): Promise<void> {
  const lines = await withDatabase(config, async (db) => decisionInWords(db, await findDecision(db, id), options.lang));
  for (const line of lines) say(line);
}

/** A decision with every criterion, and what would change it. */
export async function decisionInWords(db: Db, decision: Decision, language: Language): Promise<string[]> {
  const release = decision.inputs?.['release'];
  const snapshot = typeof release === 'string' ? await selectReleaseSnapshot(db, release) : null;
  const zone = snapshot?.timezone ?? 'UTC';
  return [...describe(decision, language, zone), ...(await change(db, decision, language, zone))];
}

/** What would have to change to meet the criteria, by the decision's own rules if they are stored. */
async function change(db: Db, decision: Decision, language: Language, zone: string): Promise<string[]> {
  const stored = decision.outcome === 'not-met' ? await selectRulebook(db, decision.rulesHash) : null;
  const found = stored && changeOf(readRules(stored).criteria.programmes, decision);
  return found ? [`  ${messageIn(language, 'decision.change')}: ${changeInWords(found, language, zone)}`] : [];
}

function describe(decision: Decision, language: Language, zone: string): string[] {
  const word = (what: DecisionWord) => messageIn(language, `decision.${what}`);
  const line = (what: DecisionWord, text: string | null) =>
    text === null ? [] : [`  ${word(what).padEnd(10)} ${text}`];
  const { reason, country, criteria } = decision;
  const { code, source } = (country ?? {}) as { code?: string; source?: string };
  const overridden = Object.keys((decision.inputs?.['overrides'] ?? {}) as object);
  return [
    `${word('decision')} ${decision.id} ${word('of')} ${decision.studentGroupId}, ${shownTime(decision.decidedAt)}`,
    ...(decision.dryRun ? [`  ${word('dryRun')}`] : []),
    ...line('outcome', messageIn(language, `outcome.${decision.outcome}`) + (reason ? ` (${reason.code})` : '')),
    ...(reason && reason.code !== 'criteria-not-met'
      ? [`  ${' '.repeat(10)} ${translate(reason.detail, language)}`]
      : []),
    ...line('suggestion', isSuggested(decision) ? word('suggested') : null),
    ...line('programme', decision.programmeId),
    ...line('rules', decision.rulesHash.slice(0, 12)),
    ...line('template', decision.certTemplate),
    ...line('country', code === undefined ? word('unknown') : code + (source ? ` (${word('from')}: ${source})` : '')),
    ...line('overrides', overridden.length === 0 ? null : overridden.join(', ')),
    ...(decision.inputs === null ? [`  ${word('erased')}`] : []),
    ...(criteria.length === 0 ? [] : [`  ${word('criteria')}`]),
    ...criteria.map(
      (result) => `    ${word(mark(result)).padEnd(11)} ${sentenceOf(result, language, zone)}  [${result.path}]`,
    ),
  ];
}

/** Whether the reason has a suggested text; it is personal data and is not printed. */
function isSuggested({ reason, inputs }: Decision): boolean {
  const { studentGroup, overrides } = readCase(inputs);
  return reason !== null && typeof withSuggestion(reason, studentGroup, overrides).suggestion === 'string';
}

function mark({ met, waived }: CriterionResult): DecisionWord {
  return waived ? 'waived' : met ? 'met' : 'unmet';
}
