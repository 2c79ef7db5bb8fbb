import { foldNumber } from '../domain/certificate/certificate-number.ts';
import { codeFault } from '../domain/certificate/lookup-code.ts';
import { surnameMatches } from '../domain/text/search-words.ts';
import type { PageTexts } from './texts/page-texts.ts';

/** What somebody typed into the search form; absent where that form was not used. */
export interface SearchInput {
  code?: string | undefined;
  number?: string | undefined;
  surname?: string | undefined;
}

/** As much of each as the form takes. */
export function askedOf(query: Readonly<Record<string, unknown>>): SearchInput {
  const field = (name: string, most: number) => {
    const value = query[name];
    return typeof value === 'string' ? value.replace(/[\p{Cc}\p{Cs}]/gu, '').slice(0, most) : undefined;
  };
  return { code: field('code', 100), number: field('number', 100), surname: field('surname', 200) };
}

/** A query that asks the same again; empty where nothing was typed. */
export function queryOf({ code, number, surname }: SearchInput): string {
  const given = Object.entries({ code, number, surname }).filter((one): one is [string, string] => Boolean(one[1]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

const isNumber = (text: string): boolean => text.length < 40 && /^\p{L}{0,12}\d{6,20}$/u.test(foldNumber(text));
/** No word of its own to compare: nothing, signs, digits, or initials. */
const isNoSurname = (text: string): boolean => /\p{N}/u.test(text) || !surnameMatches(text, text, null);

/**
 * What looks wrong with the typed text, by its form alone: the same whether or not there is such a diploma. What was typed is
 * not repeated in it.
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
