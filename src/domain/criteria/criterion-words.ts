import { inEach, type Language, messageIn } from '../messages/message.ts';
import type { Criterion } from './criterion.ts';
import type { CriterionValue } from './operators.ts';

/** One line in each of the coordinators' languages. */
export interface Explanation {
  en: string;
  ru: string;
}

/** Free text may contain a person's name, so it is shown only when the rules contain the same text. */
const FREE_TEXT = new Set([
  'student.country',
  'registration.form',
  'registration.country',
  'group.name',
  'project.grade',
]);

function words(value: CriterionValue | readonly CriterionValue[], language: Language): string {
  if (typeof value === 'boolean') return messageIn(language, value ? 'value.true' : 'value.false');
  if (typeof value === 'object') return value.map((one) => words(one, language)).join(', ');
  return String(value);
}

/**
 * A criterion's result in words: "progress.score is 57, at least 60 is needed". Below an odd number of `not`, the
 * constant is the forbidden value.
 */
export function explain(
  criterion: Criterion,
  actual: CriterionValue | null,
  negated: boolean,
  waived = false,
): Explanation {
  const say = (language: Language): string => {
    const text = inWords(criterion, actual, negated, language);
    return waived ? messageIn(language, 'criterion.waived', { criterion: text }) : text;
  };
  return inEach(say);
}

function actualWords(
  { source, parameter, expected }: Criterion,
  actual: CriterionValue | null,
  language: Language,
): string {
  if (actual === null) return messageIn(language, 'actual.unknown');
  const isShown = !FREE_TEXT.has(`${source}.${parameter}`) || [expected].flat().includes(actual);
  return isShown
    ? messageIn(language, 'actual.value', { value: words(actual, language) })
    : messageIn(language, 'actual.another');
}

function inWords(criterion: Criterion, found: CriterionValue | null, negated: boolean, language: Language): string {
  const { operator, expected } = criterion;
  const name = `${criterion.source}.${criterion.parameter}`;
  const actual = actualWords(criterion, found, language);
  if (operator === 'exists') {
    const needed = (expected === true) !== negated;
    return messageIn(language, needed ? 'criterion.value-needed' : 'criterion.no-value', { name, actual });
  }
  const need = messageIn(language, `need.${operator}`, { value: words(expected, language) });
  return messageIn(language, negated ? 'criterion.refused' : 'criterion.needed', { name, actual, need });
}
