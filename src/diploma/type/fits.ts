import type { PrintedFact } from '../../ports/printer.ts';
import { moduleFits } from '../programme-cells.ts';
import { RecentCache } from '../recent-cache.ts';
import { placeholdersOf } from '../template/placeholders.ts';
import type { PreparedTemplate } from '../template/prepared-template.ts';
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

/** Texts of a place whose fit is remembered: those of a release, asked for with each of its student groups. */
const KNOWN_TEXTS = 100;

type Known = RecentCache<boolean>;

/** Where a template prints a fact and must have room for it. */
interface Place {
  source: string;
  style: string;
  width: number;
  /** Whether a text fits there. */
  known: Known;
}

/** By fact; the same for every diploma of a template. */
const placesOf = new WeakMap<PreparedTemplate, Map<PrintedFact, Place[]>>();

/** Whether titles of modules fit. */
const modulesOf = new WeakMap<PreparedTemplate, Known>();

function placesFor(template: PreparedTemplate, as: PrintedFact): Place[] {
  const known = placesOf.get(template) ?? new Map<PrintedFact, Place[]>();
  placesOf.set(template, known);
  const found = known.get(as) ?? findPlaces(template, as);
  known.set(as, found);
  return found;
}

function findPlaces(template: PreparedTemplate, as: PrintedFact): Place[] {
  const { definition } = template;
  return partsOf(definition).flatMap(({ part: { text, style }, width }) => {
    const source = definition.texts[text ?? ''] ?? '';
    if (style === undefined || !placeholdersOf(source).includes(as)) return [];
    if (template.style(style).fit === 'optional') return [];
    return [{ source, style, width, known: new RecentCache<boolean>(KNOWN_TEXTS) }];
  });
}

/**
 * Whether a text other than a name fits everywhere the template prints it; optional places are ignored. Most texts belong
 * to a release and are asked for with each of its student groups, so how they were fitted is kept.
 */
export function textFits(
  text: string,
  template: PreparedTemplate,
  as: PrintedFact,
  beside: Readonly<Record<string, string>> = {},
): boolean {
  if (text === '') return true;
  if (as === 'moduleTitle') {
    const known = modulesOf.get(template) ?? new RecentCache<boolean>(KNOWN_TEXTS);
    modulesOf.set(template, known);
    return known.keep(text, () => moduleFits(text, template));
  }
  const values = { ...beside, [as]: text };
  return placesFor(template, as).every(({ source, style, width, known }) => {
    const printed = fillPlaceholders(source, values);
    return known.keep(printed, () => template.fit(printed, style, width, true) !== null);
  });
}
