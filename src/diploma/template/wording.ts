import type { DateStyle } from '../../domain/certificate/country-diploma.ts';
import type { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { partedText, placeholdersOf } from './placeholders.ts';
import { pluralForm } from './plural.ts';
import type { TemplateDefinition, Word } from './template-definition.ts';

/** Fills the placeholders of a text. Unknown placeholders were refused when the template was loaded. */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string | null>>): string {
  if (!text.includes('{')) return text;
  return partedText(text)
    .map((part, index) => (index % 2 === 0 ? part : (values[part] ?? '')))
    .join('');
}

/** A number in the template's notation, with at most two decimals. */
export function plainNumber(value: number, definition: Pick<TemplateDefinition, 'decimal'>): string {
  return String(Math.round(value * 100) / 100).replace('.', definition.decimal);
}

/** Hours with the noun in the right plural form: "72 часа". */
export function hoursInWords(hours: number, definition: TemplateDefinition): string {
  const text = definition.hours[pluralForm(hours, definition.language)] ?? definition.hours.other ?? '{n}';
  return fillPlaceholders(text, { n: plainNumber(hours, definition) });
}

/** A date (`YYYY-MM-DD`) in the language's long form, or in the digits that a country asks for. */
export function printedDate(
  date: string,
  { language, date: form }: Pick<TemplateDefinition, 'language' | 'date'>,
  style: DateStyle = 'long',
): string {
  if (style === 'iso') return date;
  const [number = '', month = '', day = ''] = date.split('-');
  if (style === 'numeric') return `${day}.${month}.${number}`;
  const ending = form.years?.[pluralForm(Number(number), language, 'ordinal')] ?? form.years?.other ?? '{year}';
  const year = fillPlaceholders(ending, { year: number });
  return fillPlaceholders(form.pattern, {
    day: String(Number(day)),
    month: form.months[Number(month) - 1] ?? '',
    year,
  });
}

/** The lookup code in groups of five, for reading aloud. */
export function groupedCode(code: string): string {
  return code.match(/.{1,5}/gu)?.join('-') ?? code;
}

/** The lookup address without scheme and code, short enough to type: "gramota.example/c". */
export function shortAddress(lookupUrl: string): string {
  const { host, pathname } = new URL(lookupUrl);
  return `${host}${pathname.replace(/\/[^/]*$/, '')}`;
}

/** Values of the placeholders; null: this diploma has no such fact. */
export type Words = Readonly<Record<Word, string | null>>;

/**
 * Whether the Latin form of a name stands first where both are printed: where the country asks for it, else where the
 * template's language is written in Latin letters.
 */
export function latinLeads(
  { texts, countries }: Pick<TemplateDefinition, 'texts' | 'countries'>,
  country: string,
): boolean {
  const asked = countries?.[country]?.leadingName;
  return asked === undefined ? /\p{Script=Latin}/u.test(texts.heading) : asked === 'latin';
}

/** The facts as placeholder values; the drawing sets `page` and `pages`. */
export function wordsFor(facts: DiplomaFacts, definition: TemplateDefinition): Words {
  const { further = {} } = facts;
  const { date: style, legalLine = null } = definition.countries?.[facts.country] ?? {};
  const dated = (date: string): string => printedDate(date, definition, style);
  const latinName = facts.latinName === facts.holderName ? null : facts.latinName;
  const latinFirst = latinName !== null && latinLeads(definition, facts.country);
  return {
    holderName: facts.holderName,
    latinName,
    leadingName: latinFirst ? latinName : facts.holderName,
    otherName: latinFirst ? facts.holderName : latinName,
    courseTitle: facts.courseTitle,
    hours: facts.hoursTotal === 0 ? null : hoursInWords(facts.hoursTotal, definition),
    date: dated(facts.issueDate),
    modules: facts.programme.length === 0 ? null : String(facts.programme.length),
    number: facts.number,
    issuer: facts.issuer.name,
    signatory: facts.signatory.name,
    position: facts.signatory.position,
    secondSignatory: facts.secondSignatory?.name ?? null,
    secondPosition: facts.secondSignatory?.position ?? null,
    kind: further.kind ?? null,
    periodFrom: further.period === undefined ? null : dated(further.period.from),
    periodTo: further.period === undefined ? null : dated(further.period.to),
    city: further.city ?? null,
    licence: further.licence ?? null,
    registrarNumber: further.registrarNumber ?? null,
    school: further.school ?? null,
    legalLine,
    projectTitle: facts.project?.title ?? null,
    projectUrl: facts.project?.url ?? null,
    grade: facts.project?.grade ?? null,
    code: groupedCode(facts.code),
    address: shortAddress(facts.lookupUrl),
    lookupUrl: facts.lookupUrl,
    page: '',
    pages: '',
  };
}

/** Facts that differ between teachers; texts with them are fitted for each diploma. */
const PERSONAL: ReadonlySet<string> = new Set<Word>([
  'holderName',
  'latinName',
  'leadingName',
  'otherName',
  'number',
  'projectTitle',
  'projectUrl',
  'code',
  'lookupUrl',
  'registrarNumber',
  'school',
]);

/** Whether a text contains a personal fact. */
export function isPersonal(text: string): boolean {
  return placeholdersOf(text).some((word) => PERSONAL.has(word));
}

/** Whether a part or stack is drawn, by its `when` and `unless`. */
export function isShown(
  { when, unless }: { when?: string | undefined; unless?: string | undefined },
  words: Words,
): boolean {
  const has = (word: string): boolean => words[word as Word] !== null;
  return (when === undefined || has(when)) && (unless === undefined || !has(unless));
}

/** The text with its facts, or null when a fact is missing; the text is then omitted. */
export function textWithFacts(text: string, words: Words): string | null {
  return placeholdersOf(text).some((word) => words[word as Word] === null) ? null : fillPlaceholders(text, words);
}
