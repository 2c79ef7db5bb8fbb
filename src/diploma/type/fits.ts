import type { PrintedFact } from '../../ports/printer.ts';
import { moduleFits } from '../programme-cells.ts';
import type { PreparedTemplate } from '../template/prepared-template.ts';
import { placeholdersOf } from '../template/template-definition.ts';
import { partsOf } from '../template/template-mentions.ts';
import { fillPlaceholders, latinLeads } from '../template/wording.ts';

/**
 * Whether a name fits everywhere the first page prints it, with a second line if needed.
 * @param as which of the two names it is
 * @param isPair whether the diploma prints both; then the Latin form may lead
 * @param country as ISO 3166-1 alpha-2 code: it may say which form leads
 */
export function nameFits(
  name: string,
  template: PreparedTemplate,
  as: 'holderName' | 'latinName',
  { isPair = as === 'latinName', country = '' }: { isPair?: boolean; country?: string | undefined } = {},
): boolean {
  const { first, texts } = template.definition;
  const leads = (as === 'latinName') === (isPair && latinLeads(template.definition, country));
  const places = [`{${as}}`, leads ? '{leadingName}' : '{otherName}'];
  return first.stacks.every((stack) =>
    stack.parts.every((part) => {
      if (part.text === undefined || part.style === undefined || !places.includes(texts[part.text] ?? '')) return true;
      return template.fit(name, part.style, stack.width, false) !== null;
    }),
  );
}

/** Whether a text other than a name fits everywhere the template prints it; optional places are ignored. */
export function textFits(
  text: string,
  template: PreparedTemplate,
  as: PrintedFact,
  beside: Readonly<Record<string, string>> = {},
): boolean {
  if (as === 'moduleTitle') return text === '' || moduleFits(text, template);
  const { definition } = template;
  return partsOf(definition).every(({ part, width }) => {
    const source = definition.texts[part.text ?? ''] ?? '';
    if (part.style === undefined || !placeholdersOf(source).includes(as)) return true;
    if (template.style(part.style).fit === 'optional' || text === '') return true;
    return template.fit(fillPlaceholders(source, { ...beside, [as]: text }), part.style, width, false) !== null;
  });
}
