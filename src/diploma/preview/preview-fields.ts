import { z } from 'zod';
import { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import type { TemplateField } from '../../ports/previews.ts';
import type { TemplateDefinition, Word } from '../template/template-definition.ts';
import { plainNumber, wordsFor } from '../template/wording.ts';
import { type FitsTemplate, longestName, longestText } from './sample-facts.ts';

interface Source {
  /** Path in the facts; null: it is no fact of the certificate, and not every one has it. */
  path: readonly string[] | null;
  type: TemplateField['type'];
  /** Its maximum length is measured in the template's boxes; otherwise it follows from the fact's schema. */
  measured?: true;
}

/** Source of each placeholder of a template's texts, except page numbers, and the names in the order of printing. */
const SOURCES: Readonly<Record<Exclude<Word, 'page' | 'pages' | 'leadingName' | 'otherName'>, Source>> = {
  holderName: { path: ['holderName'], type: 'name', measured: true },
  latinName: { path: ['latinName'], type: 'name', measured: true },
  courseTitle: { path: ['courseTitle'], type: 'text', measured: true },
  hours: { path: ['hoursTotal'], type: 'number' },
  modules: { path: ['programme'], type: 'number' },
  date: { path: ['issueDate'], type: 'date' },
  number: { path: ['number'], type: 'text' },
  issuer: { path: ['issuer', 'name'], type: 'text' },
  signatory: { path: ['signatory', 'name'], type: 'text', measured: true },
  position: { path: ['signatory', 'position'], type: 'text', measured: true },
  secondSignatory: { path: ['secondSignatory', 'name'], type: 'text', measured: true },
  secondPosition: { path: ['secondSignatory', 'position'], type: 'text', measured: true },
  kind: { path: ['further', 'kind'], type: 'text', measured: true },
  periodFrom: { path: ['further', 'period', 'from'], type: 'date' },
  periodTo: { path: ['further', 'period', 'to'], type: 'date' },
  city: { path: ['further', 'city'], type: 'text', measured: true },
  licence: { path: ['further', 'licence'], type: 'text', measured: true },
  registrarNumber: { path: ['further', 'registrarNumber'], type: 'text', measured: true },
  school: { path: ['further', 'school'], type: 'text', measured: true },
  legalLine: { path: null, type: 'text', measured: true },
  projectTitle: { path: ['project', 'title'], type: 'text', measured: true },
  projectUrl: { path: ['project', 'url'], type: 'address', measured: true },
  grade: { path: ['project', 'grade'], type: 'text', measured: true },
  code: { path: ['code'], type: 'text' },
  address: { path: ['lookupUrl'], type: 'address' },
  lookupUrl: { path: ['lookupUrl'], type: 'address' },
};

/** Whether every certificate has a value at this path: no part of the path may be null or missing. */
function isRequired(path: readonly string[]): boolean {
  let schema: z.core.$ZodType = DiplomaFacts;
  for (const name of path) {
    const object: z.core.$ZodType | undefined = schema instanceof z.ZodObject ? schema.shape[name] : undefined;
    if (object === undefined) throw new Error(`the facts have no ${path.join('.')}`);
    if ([null, undefined].some((nothing) => z.safeParse(object, nothing).success)) return false;
    schema = object;
  }
  return true;
}

/** Maximum number of characters that fit the template, found by extending the sample. */
function measured(sample: string, as: Parameters<FitsTemplate>[1], fits: FitsTemplate): number {
  const holds = (text: string): boolean => fits(text, as);
  const isName = as === 'holderName' || as === 'latinName';
  const longest = isName ? longestName(sample === '' ? 'Anna Example' : sample, holds) : longestText(sample, holds);
  return [...longest].length;
}

/** The field sheet of a template: all facts that its texts may use, then the columns of its table. */
export function fieldsOf(definition: TemplateDefinition, facts: DiplomaFacts, fits: FitsTemplate): TemplateField[] {
  const words = wordsFor(facts, definition);
  const fields = Object.entries(SOURCES).map(([name, source]): TemplateField => {
    const { path, type } = source;
    const sample = words[name as Word] ?? '';
    const maxLength =
      source.measured && sample !== '' ? measured(sample, name as Parameters<FitsTemplate>[1], fits) : null;
    return { name, type, required: path !== null && isRequired(path), maxLength, sample };
  });
  const { title, hours } = facts.programme[0] ?? { title: '', hours: 0 };
  const column = { required: true, maxLength: null };
  return [
    ...fields,
    {
      ...column,
      name: 'programme[].title',
      type: 'text',
      maxLength: measured(title, 'moduleTitle', fits),
      sample: title,
    },
    { ...column, name: 'programme[].hours', type: 'number', sample: plainNumber(hours, definition) },
  ];
}
