import type { Criterion } from './criterion.ts';
import type { CriterionOperator, CriterionValue } from './operators.ts';

/** One line in each of the coordinators' languages. */
export interface Explanation {
  en: string;
  ru: string;
}

const NEEDS = {
  equals: { en: '', ru: '' },
  in: { en: 'one of ', ru: 'одно из: ' },
  atLeast: { en: 'at least ', ru: 'не меньше ' },
  atMost: { en: 'at most ', ru: 'не больше ' },
  before: { en: 'before ', ru: 'раньше ' },
  after: { en: 'after ', ru: 'позже ' },
} satisfies Record<Exclude<CriterionOperator, 'exists'>, Explanation>;

/** Free text may contain a person's name, so it is shown only when the rules contain the same text. */
const FREE_TEXT = new Set([
  'student.country',
  'registration.form',
  'registration.country',
  'group.name',
  'project.grade',
]);

function words(value: CriterionValue | readonly CriterionValue[], yes: string, no: string): string {
  if (typeof value === 'boolean') return value ? yes : no;
  if (typeof value === 'object') return value.map((one) => words(one, yes, no)).join(', ');
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
  const { en, ru } = inWords(criterion, actual, negated);
  return waived ? { en: `${en}; waived by a coordinator`, ru: `${ru}; координатор снял это требование` } : { en, ru };
}

function actualWords(
  { source, parameter, expected }: Criterion,
  actual: CriterionValue | null,
): [en: string, ru: string] {
  if (actual === null) return ['is not known', 'нет данных'];
  const told = !FREE_TEXT.has(`${source}.${parameter}`) || [expected].flat().includes(actual);
  return told
    ? [`is ${words(actual, 'true', 'false')}`, words(actual, 'да', 'нет')]
    : ['is another value', 'другое значение'];
}

function inWords(criterion: Criterion, actual: CriterionValue | null, negated: boolean): Explanation {
  const { operator, expected } = criterion;
  const name = `${criterion.source}.${criterion.parameter}`;
  const [isEn, isRu] = actualWords(criterion, actual);
  if (operator === 'exists') {
    const needed = (expected === true) !== negated;
    return {
      en: `${name} ${isEn}, ${needed ? 'a value is needed' : 'no value is allowed'}`,
      ru: `${name}: ${isRu}, ${needed ? 'значение нужно' : 'значения быть не должно'}`,
    };
  }
  const need = NEEDS[operator];
  return {
    en: `${name} ${isEn}, ${need.en}${words(expected, 'true', 'false')} is ${negated ? 'not allowed' : 'needed'}`,
    ru: `${name}: ${isRu}, ${negated ? 'не допускается' : 'нужно'} ${need.ru}${words(expected, 'да', 'нет')}`,
  };
}
