import { message } from '../messages/message.ts';
import { readCountry } from './country-name.ts';

export type CountryList = { ok: true; codes: string[] } | { ok: false; detail: string };

/**
 * Countries as people give them to the command line and the API: ISO 3166-1 alpha-2 codes in any case, or names, one or several
 * with commas between ("KZ,uz", "Казахстан"). A misspelt name or an ambiguous code is refused, because a filter must not guess.
 * @returns codes in upper case, each once
 */
export function readCountries(text: string): CountryList {
  const codes: string[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    const reading = readCountry(part);
    const isSure = reading !== null && reading.match !== 'fuzzy';
    if (!isSure) return { ok: false, detail: message('input.country') };
    codes.push(reading.code);
  }
  return { ok: true, codes: [...new Set(codes)] };
}
