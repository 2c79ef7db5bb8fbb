import { foldNumber } from '../domain/certificate/certificate-number.ts';
import { codeFault } from '../domain/certificate/lookup-code.ts';
import { surnameMatches } from '../domain/text/search-words.ts';
import type { PageTexts } from './texts/page-texts.ts';

/** Values typed into the search form; absent when that form was not used. */
export interface SearchInput {
  code?: string | undefined;
  number?: string | undefined;
  surname?: string | undefined;
}

/** Reads the form's values, cut to the lengths of its fields. */
export function readSearchInput(query: Readonly<Record<string, unknown>>): SearchInput {
  const field = (name: string, most: number) => {
    const value = query[name];
    return typeof value === 'string' ? value.replace(/[\p{Cc}\p{Cs}]/gu, '').slice(0, most) : undefined;
  };
  return { code: field('code', 100), number: field('number', 100), surname: field('surname', 200) };
}

/** A query string that repeats the search; empty when nothing was typed. */
export function queryOf({ code, number, surname }: SearchInput): string {
  const given = Object.entries({ code, number, surname }).filter((one): one is [string, string] => Boolean(one[1]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

const isNumber = (text: string): boolean => text.length < 40 && /^\p{L}{0,12}\d{6,20}$/u.test(foldNumber(text));
/** True when the text has no word to compare: it is empty, or has only signs, digits or initials. */
const isNoSurname = (text: string): boolean => /\p{N}/u.test(text) || !surnameMatches(text, text, null);

/**
 * Hints about mistakes in the typed text, from its form only, so they are the same whether such a diploma exists or
 * not. They do not repeat the text.
 */
export function formHints({ code, number, surname }: SearchInput, { form }: Pick<PageTexts, 'form'>): string[] {
  const hints: string[] = [];
  if (code !== undefined) {
    const fault = codeFault(code);
    hints.push(fault === null ? form.right : isNumber(code) ? form.isNumber : form[fault]);
    return hints;
  }
  if (number !== undefined) {
    if (codeFault(number) === null || codeFault(number) === 'slip') hints.push(form.isCode);
    else if (!isNumber(number)) hints.push(form.number);
  }
  if (surname !== undefined && isNoSurname(surname)) hints.push(form.surname);
  return hints.length > 0 || number === undefined ? hints : [form.right];
}
