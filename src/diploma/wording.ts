import type { TemplateDefinition } from './template-definition.ts';

/** Puts values in the places of a template's text; unknown places cannot be there, the template was checked. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{([^{}]*)\}/g, (_, name: string) => values[name] ?? '');
}

/** A number in the template's notation, at most two decimals. */
export function plainNumber(value: number, definition: Pick<TemplateDefinition, 'decimal'>): string {
  return String(Math.round(value * 100) / 100).replace('.', definition.decimal);
}

/** Hours with the noun in the form that the number asks for: "72 часа". */
export function hoursInWords(hours: number, definition: TemplateDefinition): string {
  const form = new Intl.PluralRules(definition.language).select(hours);
  const text = definition.hours[form] ?? definition.hours.other ?? '{n}';
  return fill(text, { n: plainNumber(hours, definition) });
}

/** A civil date (`YYYY-MM-DD`) in the language's long form. */
export function longDate(date: string, { pattern, months }: TemplateDefinition['date']): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return fill(pattern, { day: String(Number(day)), month: months[Number(month) - 1] ?? '', year });
}

/** The lookup code in groups of five, as people read it aloud. */
export function groupedCode(code: string): string {
  return code.match(/.{1,5}/gu)?.join('-') ?? code;
}

/** The lookup address without scheme and code, short enough to be typed from paper: "gramota.example/c". */
export function shortAddress(lookupUrl: string): string {
  const { host, pathname } = new URL(lookupUrl);
  return `${host}${pathname.replace(/\/[^/]*$/, '')}`;
}
