import { readRules } from '../adapters/templates-dir/load-rulebook.ts';
import type { Config } from '../config.ts';
import type { CriterionResult } from '../domain/criteria/criteria.ts';
import { changeInWords, changeOf } from '../domain/criteria/criteria-change.ts';
import { type CoordinatorLanguage as Language, sentenceOf } from '../domain/criteria/criterion-sentence.ts';
import { InputError } from '../domain/failure.ts';
import { withSuggestion } from '../domain/text/doubtful-field.ts';
import type { Db } from '../records/rows.ts';
import { selectReleaseSnapshot, selectRulebook } from '../records/rulebooks.ts';
import { type Decision, selectDecision } from '../records/student-groups/decisions.ts';
import { readCase } from '../records/student-groups/suggestions.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws InputError when it does not exist */
export async function findDecision(db: Db, id: string): Promise<Decision> {
  const decision = UUID.test(id) ? await selectDecision(db, id) : null;
  if (!decision)
    throw new InputError(`there is no decision ${id}; a batch's items and a student group's page name theirs`);
  return decision;
}

const WORDS = {
  en: {
    decision: 'decision',
    of: 'of student group',
    dryRun: 'dry run: nothing came of it',
    outcome: 'outcome',
    programme: 'programme',
    rules: 'rules',
    template: 'template',
    country: 'country',
    unknown: 'not known',
    from: 'from',
    overrides: 'overrides',
    criteria: 'criteria',
    erased: 'what it was made of has been erased',
    met: 'met',
    unmet: 'not met',
    waived: 'waived',
    change: 'what would change it',
    suggestion: 'suggestion',
    suggested: 'there is one: GET /api/student-groups/{id} shows it',
  },
  ru: {
    decision: 'решение',
    of: 'о группе студента',
    dryRun: 'пробный прогон: последствий не было',
    outcome: 'итог',
    programme: 'программа',
    rules: 'правила',
    template: 'шаблон',
    country: 'страна',
    unknown: 'неизвестна',
    from: 'источник',
    overrides: 'правки',
    criteria: 'критерии',
    erased: 'исходные данные удалены',
    met: 'выполнен',
    unmet: 'не выполнен',
    waived: 'снят',
    change: 'что изменило бы его',
    suggestion: 'подсказка',
    suggested: 'есть: её показывает GET /api/student-groups/{id}',
  },
} as const satisfies Record<Language, Record<string, string>>;

const OUTCOMES = {
  en: { met: 'met', 'not-met': 'not met', held: 'held', excluded: 'excluded' },
  ru: { met: 'выполнено', 'not-met': 'не выполнено', held: 'ждёт человека', excluded: 'исключено' },
} as const satisfies Record<Language, Record<Decision['outcome'], string>>;

/** `gramota decision show`: one decision in words, without names and addresses. */
export async function runDecisionShow(
  config: Config,
  id: string,
  options: { lang: Language },
  say: Say,
): Promise<void> {
  const lines = await withDatabase(config, async (db) => {
    const decision = await findDecision(db, id);
    const release = decision.inputs?.['release'];
    const snapshot = typeof release === 'string' ? await selectReleaseSnapshot(db, release) : null;
    const zone = snapshot?.timezone ?? 'UTC';
    return [...describe(decision, options.lang, zone), ...(await change(db, decision, options.lang, zone))];
  });
  for (const line of lines) say(line);
}

/** What would have to change to meet the criteria, by the decision's own rules if they are stored. */
async function change(db: Db, decision: Decision, language: Language, zone: string): Promise<string[]> {
  const stored = decision.outcome === 'not-met' ? await selectRulebook(db, decision.rulesHash) : null;
  const found = stored && changeOf(readRules(stored).criteria.programmes, decision);
  return found ? [`  ${WORDS[language].change}: ${changeInWords(found, language, zone)}`] : [];
}

function describe(decision: Decision, language: Language, zone: string): string[] {
  const words = WORDS[language];
  const line = (what: keyof typeof words, text: string | null) =>
    text === null ? [] : [`  ${words[what].padEnd(10)} ${text}`];
  const { reason, country, criteria } = decision;
  const { code, source } = (country ?? {}) as { code?: string; source?: string };
  const overridden = Object.keys((decision.inputs?.['overrides'] ?? {}) as object);
  return [
    `${words.decision} ${decision.id} ${words.of} ${decision.studentGroupId}, ${decision.decidedAt.toISOString()}`,
    ...(decision.dryRun ? [`  ${words.dryRun}`] : []),
    ...line('outcome', OUTCOMES[language][decision.outcome] + (reason ? ` (${reason.code})` : '')),
    ...(reason && reason.code !== 'criteria-not-met' ? [`  ${' '.repeat(10)} ${reason.detail}`] : []),
    ...line('suggestion', isSuggested(decision) ? words.suggested : null),
    ...line('programme', decision.programmeId),
    ...line('rules', decision.rulesHash.slice(0, 12)),
    ...line('template', decision.certTemplate),
    ...line('country', code === undefined ? words.unknown : code + (source ? ` (${words.from}: ${source})` : '')),
    ...line('overrides', overridden.length === 0 ? null : overridden.join(', ')),
    ...(decision.inputs === null ? [`  ${words.erased}`] : []),
    ...(criteria.length === 0 ? [] : [`  ${words.criteria}`]),
    ...criteria.map(
      (result) => `    ${mark(result, words).padEnd(11)} ${sentenceOf(result, language, zone)}  [${result.path}]`,
    ),
  ];
}

/** Whether the reason has a suggested text; it is personal data and is not printed. */
function isSuggested({ reason, inputs }: Decision): boolean {
  const { studentGroup, overrides } = readCase(inputs);
  return reason !== null && typeof withSuggestion(reason, studentGroup, overrides).suggestion === 'string';
}

function mark({ met, waived }: CriterionResult, words: (typeof WORDS)[Language]): string {
  return waived ? words.waived : met ? words.met : words.unmet;
}
