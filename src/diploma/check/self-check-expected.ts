import { X509Certificate } from 'node:crypto';
import type { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { printedHours } from '../../domain/certificate/printed-hours.ts';
import type { SealKey } from '../pdf/seal.ts';
import type { Trust } from '../pdf/trust.ts';
import type { PreparedTemplate } from '../template/prepared-template.ts';
import type { TemplateDefinition } from '../template/template-definition.ts';
import { isShown, plainNumber, textWithFacts, wordsFor } from '../template/wording.ts';
import type { Expected } from './self-check.ts';

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

/** A diploma has one page, and at least two when it has a programme or a project. */
const leastPages = ({ programme, project }: DiplomaFacts): number => (programme.length > 0 || project !== null ? 2 : 1);

/**
 * What a diploma with these facts and this template must show: the name and the number, every text that the template
 * prints with facts in it, and every row of the programme.
 */
export function expectedOf(
  facts: DiplomaFacts,
  template: PreparedTemplate,
  trust: Pick<Trust, 'json' | 'jwt' | 'seal'> | null,
): Expected {
  const holds = [facts.number, facts.holderName];
  const attachments = trust && [
    { name: 'credential.json', bytes: trust.json, holds },
    { name: 'credential.jwt', bytes: trust.jwt, holds },
  ];
  return {
    lookupUrl: facts.lookupUrl,
    texts: expectedTexts(facts, template.definition),
    leastPages: leastPages(facts),
    attachments: attachments ?? [],
    unchanging: (['first', 'following'] as const)
      .slice(0, leastPages(facts))
      .map((pages) => template.layer(pages).deflated),
    sealedBy: trust && certificateOf(trust.seal),
  };
}

const certificates = new WeakMap<SealKey, X509Certificate>();

function certificateOf(seal: SealKey): X509Certificate {
  const known = certificates.get(seal) ?? new X509Certificate(seal.certificates[0] ?? Buffer.alloc(0));
  certificates.set(seal, known);
  return known;
}

function expectedTexts(facts: DiplomaFacts, definition: TemplateDefinition): Expected['texts'] {
  const { first, following } = definition;
  const words = wordsFor(facts, definition);
  const { column, total } = printedHours(facts);
  const { head, stacks = [], closing = [], project } = following;
  const shown = [
    ...first.stacks,
    ...(head !== undefined && facts.programme.length > 0 ? [head] : []),
    ...(leastPages(facts) > 1 ? [...stacks, ...closing] : []),
  ].filter((stack) => isShown(stack, words));
  const printed = [...shown, ...(facts.project === null ? [] : [project])].flatMap(({ parts }) =>
    parts.flatMap((part) => {
      if (!isShown(part, words)) return [];
      const text = textWithFacts(definition.texts[part.text ?? ''] ?? '', words);
      // An optional text is omitted when there is no room for it.
      const optional = definition.styles[part.style ?? '']?.fit === 'optional';
      return text === null || text === '' || optional ? [] : [{ what: `texts.${part.text}`, text }];
    }),
  );
  // In a right-to-left cell the structure element holds the text, so the next cell does not follow it in the text layer. High
  // vowel marks can join such a row with the one above to one line of the layer, which is then read from right to left.
  const apart = !column || facts.programme.some(({ title }) => RIGHT_TO_LEFT.test(title));
  return [
    { what: 'the name', text: facts.holderName },
    { what: 'the number', text: facts.number },
    ...printed,
    ...facts.programme.map(({ title, hours }, index) => ({
      what: `row ${index + 1} of the programme`,
      text: apart ? title : `${title}${plainNumber(hours, definition)}`,
    })),
    ...(facts.programme.length > 0 && total
      ? [{ what: 'the hours in total', text: `${definition.texts.total}${plainNumber(facts.hoursTotal, definition)}` }]
      : []),
  ];
}
