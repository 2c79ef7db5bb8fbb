import { createRequire } from 'node:module';
import type { CountryCode } from 'libphonenumber-js/max';

type Library = typeof import('libphonenumber-js/max');
const require = createRequire(import.meta.url);
let library: Library | undefined;

/** Loaded at its first use: it takes some 40 ms, and most processes read no telephone number. */
function phones(): Library {
  library ??= require('libphonenumber-js/max') as Library;
  return library;
}

export type PhoneVerdict = 'confirms' | 'contradicts' | 'silent';

export interface PhoneReading {
  /** ISO 3166-1 alpha-2 of a valid international number; null where it belongs to none or to several. */
  country: string | null;
  verdictOn(code: string): PhoneVerdict;
}

/**
 * Reads a telephone number. One with its country code may contradict; one written nationally may only confirm.
 * Territories that share a calling code with their neighbours (+1, +44, …) confirm or are silent; under +7 Kazakhstan and
 * Russia are told apart.
 */
export function readPhone(phone: string): PhoneReading {
  const { parsePhoneNumberFromString, isSupportedCountry, getCountryCallingCode } = phones();
  const parsed = parsePhoneNumberFromString(phone);
  const international = parsed?.isValid() ? parsed : null;
  const verdictOn = (code: string): PhoneVerdict => {
    const country: CountryCode | null = isSupportedCountry(code) ? code : null;
    if (international) {
      if (international.country === undefined) return 'silent';
      if (international.country === code) return 'confirms';
      const shared = country !== null && getCountryCallingCode(country) === international.countryCallingCode;
      return shared && international.countryCallingCode !== '7' ? 'silent' : 'contradicts';
    }
    if (/^\s*(?:\+|00)/.test(phone) || country === null) return 'silent';
    const national = parsePhoneNumberFromString(phone, country);
    return national?.isValid() && national.country === code ? 'confirms' : 'silent';
  };
  return { country: international?.country ?? null, verdictOn };
}
