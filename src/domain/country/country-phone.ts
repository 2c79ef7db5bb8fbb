import { createRequire } from 'node:module';
import type { CountryCode } from 'libphonenumber-js/max';

type Library = typeof import('libphonenumber-js/max');
const require = createRequire(import.meta.url);
let library: Library | undefined;

/** Loaded at first use, because it takes about 40 ms and most processes do not need it. */
function phones(): Library {
  library ??= require('libphonenumber-js/max') as Library;
  return library;
}

export type PhoneVerdict = 'confirms' | 'contradicts' | 'silent';

export interface PhoneReading {
  /** ISO 3166-1 alpha-2 of a valid international number; null when it belongs to no country or to several. */
  country: string | null;
  verdictOn(code: string): PhoneVerdict;
}

/**
 * Parses a phone number. A number with country code can contradict; one in national form can only confirm.
 * Territories that share a calling code (+1, +44, …) can only confirm; under +7, Kazakhstan and Russia are
 * distinguished.
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
