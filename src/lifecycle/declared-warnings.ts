import { type Programme, programmeFor } from '../domain/criteria/criteria.ts';
import { message } from '../domain/messages/message.ts';
import { printedIn, type Rules } from '../domain/rulebook.ts';
import type { ReleaseWarning } from '../domain/student-group/release-warnings.ts';
import type { Release } from '../domain/student-group/student-group.ts';
import { isForeign } from '../domain/text/printed-text.ts';
import { declaredFacts, declaredTexts } from './declared-facts.ts';

/** The rules by which names and texts of the school are printed. */
export type PrintingRules = Pick<Rules, 'criteria' | 'issuer' | 'templates'>;

type Texts = (language: string) => readonly (readonly [field: string, text: string, ...rest: unknown[]])[];

/** Templates that a programme may use, with their languages. */
function templatesOf({ certTemplate }: Programme, { templates }: PrintingRules): { id: string; language: string }[] {
  const ids = new Set([certTemplate.default, ...Object.values(certTemplate.byCountry)]);
  return [...ids].flatMap((id) => {
    const template = templates.get(id);
    return template === undefined ? [] : [{ id, language: template.language }];
  });
}

/** One line for each field that is written in the letters of another language; the text itself stays out of it. */
function foreignTexts(templates: readonly { id: string; language: string }[], textsIn: Texts): string[] {
  const found = new Map<string, string[]>();
  for (const { id, language } of templates)
    for (const [field, text] of textsIn(language))
      if (isForeign(text, language)) found.set(field, [...(found.get(field) ?? []), id]);
  return [...found].map(([field, ids]) => {
    const file = field.startsWith('criteria.yaml') ? 'criteria.yaml' : 'issuer.yaml';
    return message('text-foreign', { field, templates: ids.sort().join(', '), file });
  });
}

/** What a person should check in the signatories and texts that diplomas of a release would print. */
export function declaredWarnings(rules: PrintingRules, release: Release): ReleaseWarning[] {
  const programme = programmeFor(rules.criteria, release.id);
  if (programme === null) return [];
  const textsIn: Texts = (language) => [
    ['issuer.yaml, name', printedIn(rules.issuer.name, language)],
    ...declaredTexts(declaredFacts(rules, release, language)),
  ];
  const foreign = foreignTexts(templatesOf(programme, rules), textsIn);
  const isUnknown =
    Object.keys(rules.issuer.signatories).length > 0 && declaredFacts(rules, release, 'en').signatory.id === undefined;
  return [
    ...foreign.map((detail) => ({ code: 'text-foreign' as const, releaseId: release.id, detail })),
    ...(isUnknown
      ? [{ code: 'signatory-unknown' as const, releaseId: release.id, detail: message('signatory-unknown') }]
      : []),
  ];
}

/** What a person should check in issuer.yaml by itself: for every template that a programme uses. */
export function issuerWarnings(rules: PrintingRules): string[] {
  const used = rules.criteria.programmes.flatMap((programme) => templatesOf(programme, rules));
  const templates = [...new Map(used.map((one) => [one.id, one])).values()];
  const { name, signatories, city, licence } = rules.issuer;
  const texts: [string, Record<string, string> | null][] = [
    ['name', name],
    ['city', city],
    ['licence', licence],
    ...Object.entries(signatories).flatMap(([id, person]): [string, Record<string, string> | null][] => [
      [`signatories.${id}.name`, person.name],
      [`signatories.${id}.position`, person.position],
    ]),
  ];
  return foreignTexts(templates, (language) =>
    texts.flatMap(([field, text]) => (text === null ? [] : [[`issuer.yaml, ${field}`, printedIn(text, language)]])),
  );
}
