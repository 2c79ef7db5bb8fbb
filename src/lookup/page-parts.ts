import { printedHours } from '../domain/certificate/printed-hours.ts';
import { type Html, html, webAddress } from '../platform/http/html.ts';
import { FORMATS } from './page-formats.ts';
import { longDate } from './page-frame.ts';
import type { PageLanguage, PageTexts } from './texts/page-texts.ts';

/**
 * Replaces placeholders in braces; an unknown one becomes empty. When a value ends with a full stop, as dates in some
 * languages do, the following full stop is dropped.
 */
export function fillSentence(text: string, words: Record<string, string | number | null>): string {
  return text.replace(/\{(\w+)\}(\.?)/g, (_, word: string, stop: string) => {
    const value = String(words[word] ?? '');
    return value.endsWith('.') ? value : value + stop;
  });
}

/** A term and its value in a description list. */
export function entry(term: string, value: Html | string, wide = false): Html {
  return html`<div${wide && html` class="wide"`}><dt>${term}</dt><dd>${value}</dd></div>`;
}

/** @param date `YYYY-MM-DD`, or a time whose UTC date is shown */
export function dateElement(date: string, language: PageLanguage): Html {
  return html`<time datetime="${date.slice(0, 10)}">${longDate(date, language)}</time>`;
}

export function issuerOf({ name, url }: { name: string; url: string }): Html {
  const address = webAddress(url);
  return address === null ? html`${name}` : html`<a href="${address}" rel="noopener noreferrer">${name}</a>`;
}

/** Hours with the right plural form, such as `72 hours`. */
export function hours(n: number, texts: PageTexts, language: PageLanguage): string {
  const form = texts.hoursForms[FORMATS[language].plural.select(n)] ?? texts.hoursForms.other;
  return fillSentence(form, { n: number(n, language) });
}

/**
 * Table of modules with their hours, as far as hours are known.
 * @param id of the heading above it
 */
export function programmeTable(
  of: {
    programme: readonly { title: string; hours: number }[];
    hoursTotal: number;
    language: string;
    /** Titles in the reader's language, by place; null: as printed. */
    modules?: readonly (string | null)[];
  },
  texts: PageTexts,
  language: PageLanguage,
  id: string,
): Html {
  const { total, column } = printedHours(of);
  const cell = (n: number) => column && html`<td>${number(n, language)}</td>`;
  const rows = of.programme.map((part, place) => {
    const told = of.modules?.[place] ?? null;
    const printed = html`<bdi lang="${of.language}">${part.title}</bdi>`;
    const title = told === null ? printed : html`${told}<span class="printed">${printed}</span>`;
    return html`<tr><td>${title}</td>${cell(part.hours)}</tr>`;
  });
  const foot = html`
<tfoot><tr><th scope="row">${texts.total}</th>${cell(of.hoursTotal)}</tr></tfoot>`;
  return html`<table aria-labelledby="${id}"><thead><tr><th scope="col">${texts.module}</th>${column && html`<th scope="col">${texts.hoursColumn}</th>`}</tr></thead>
<tbody>${rows}</tbody>${total && foot}</table>`;
}

export function number(n: number, language: PageLanguage): string {
  return FORMATS[language].numeral(n);
}
