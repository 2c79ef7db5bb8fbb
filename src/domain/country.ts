import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { type CountryMatch, readCountry } from './country-name.ts';
import { countriesOfZone } from './zone.ts';

export type CountrySource = 'override' | 'registration.country' | 'student.country';

/** What one source said; sources that hold nothing are left out. */
export interface SeenCountry {
  source: CountrySource | 'phone' | 'timezone';
  /** ISO 3166-1 alpha-2; null where the source holds something that names no single country. */
  code: string | null;
  /** How free text was read; null for phone, time zone and what could not be read. */
  match: CountryMatch | null;
}

export type CountryResult =
  | {
      kind: 'known';
      /** ISO 3166-1 alpha-2. */
      code: string;
      source: CountrySource;
      match: CountryMatch;
      /** `confirmed`: a person said so, or another source agrees; `stated`: one source alone. */
      confidence: 'confirmed' | 'stated';
      seen: SeenCountry[];
    }
  /** Nothing readable: held as `country-unknown`. */
  | { kind: 'unknown'; detail: string; seen: SeenCountry[] }
  /** Sources disagree: held as `country-conflict`. */
  | { kind: 'conflict'; detail: string; seen: SeenCountry[] };

/** Free text of each source; null or blank where it holds nothing. */
export interface CountryInputs {
  override: string | null;
  registrationCountry: string | null;
  studentCountry: string | null;
  phone: string | null;
  /** IANA zone; `UTC`, offsets and unknown names say nothing. */
  timezone: string | null;
  /** Says nothing: a language is no country. */
  locale?: string | null;
}

type Verdict = 'confirms' | 'contradicts' | 'silent';
const MEND = 'Correct student.country or registration.country in the LMS, then start a batch with it again.';

function stated(source: CountrySource, text: string | null): SeenCountry[] {
  if (text === null || text.trim() === '') return [];
  const reading = readCountry(text);
  return [{ source, code: reading?.code ?? null, match: reading?.match ?? null }];
}

/**
 * A number with its country code may contradict; one written nationally may only confirm. Territories that share a
 * calling code with their neighbours (+1, +44, …) confirm or are silent; under +7 Kazakhstan and Russia are told apart.
 */
function phoneVerdict(phone: string, code: string): Verdict {
  const international = parsePhoneNumberFromString(phone);
  if (international?.isValid()) {
    const country = international.country;
    if (country === undefined) return 'silent';
    if (country === code) return 'confirms';
    if (!isSupportedCountry(code)) return 'contradicts';
    const shared = getCountryCallingCode(code) === international.countryCallingCode;
    return shared && international.countryCallingCode !== '7' ? 'silent' : 'contradicts';
  }
  if (/^\s*(?:\+|00)/.test(phone) || !isSupportedCountry(code)) return 'silent';
  const national = parsePhoneNumberFromString(phone, code);
  return national?.isValid() && national.country === code ? 'confirms' : 'silent';
}

function phoneCountry(phone: string): string | null {
  const number = parsePhoneNumberFromString(phone);
  return number?.isValid() ? (number.country ?? null) : null;
}

function zoneCountry(timezone: string): string | null {
  const countries = [...countriesOfZone(timezone)];
  return countries.length === 1 ? (countries[0] ?? null) : null;
}

/** What phone and time zone alone point to; for people to see, never to decide. */
function hints(inputs: CountryInputs): SeenCountry[] {
  const seen: SeenCountry[] = [];
  if (inputs.phone?.trim()) seen.push({ source: 'phone', code: phoneCountry(inputs.phone), match: null });
  if (inputs.timezone?.trim()) seen.push({ source: 'timezone', code: zoneCountry(inputs.timezone), match: null });
  return seen;
}

function list(seen: SeenCountry[]): string {
  return seen.map(({ source, code }) => `${source} says ${code ?? 'nothing readable'}`).join(', ');
}

/**
 * The country of a teacher: a coordinator's override, else `registration.country`, else `student.country`; phone and
 * time zone only confirm or contradict. An override ends every doubt, but one that cannot be read is never passed over.
 * Details name sources and codes, never what was written.
 */
export function resolveCountry(inputs: CountryInputs): CountryResult {
  const [override] = stated('override', inputs.override);
  const own = [
    ...stated('registration.country', inputs.registrationCountry),
    ...stated('student.country', inputs.studentCountry),
  ];
  const seen = [...(override ? [override] : []), ...own, ...hints(inputs)];
  if (override) {
    const { code, match } = override;
    if (code === null || match === null)
      return { kind: 'unknown', detail: 'The override names no country; give an ISO code such as KZ.', seen };
    return { kind: 'known', code, source: 'override', match, confidence: 'confirmed', seen };
  }
  const readable = own.filter((one) => one.code !== null);
  const first = readable[0];
  if (!first || first.code === null || first.match === null) {
    const detail = seen.length === 0 ? 'No source names a country.' : `No source names a country: ${list(seen)}.`;
    return { kind: 'unknown', detail: `${detail} ${MEND}`, seen };
  }
  const { code, match } = first;
  const phone = inputs.phone?.trim() ? phoneVerdict(inputs.phone, code) : 'silent';
  const zones = countriesOfZone(inputs.timezone ?? '');
  const timezone: Verdict = zones.size === 0 ? 'silent' : zones.has(code) ? 'confirms' : 'contradicts';
  const agree = readable.every((one) => one.code === code);
  if (!agree || phone === 'contradicts' || timezone === 'contradicts')
    return { kind: 'conflict', detail: `Sources disagree: ${list(seen)}. ${MEND}`, seen };
  const confirmed = readable.length > 1 || phone === 'confirms' || timezone === 'confirms';
  const source = first.source === 'registration.country' ? 'registration.country' : 'student.country';
  return { kind: 'known', code, source, match, confidence: confirmed ? 'confirmed' : 'stated', seen };
}
