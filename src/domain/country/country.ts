import { message } from '../messages/message.ts';
import { countriesOfZone } from '../time/zone.ts';
import { type CountryMatch, readCountry } from './country-name.ts';
import { type PhoneReading, type PhoneVerdict, readPhone } from './country-phone.ts';
import { askCountry, askWhetherMeant, type Question } from './country-question.ts';

export type CountrySource = 'override' | 'registration-file' | 'registration.country' | 'student.country';

/** The finding of one source; empty sources are omitted. */
export interface SeenCountry {
  source: CountrySource | 'phone' | 'timezone';
  /** ISO 3166-1 alpha-2; null when the text does not name exactly one country. */
  code: string | null;
  /** How free text was recognised; null for phone, time zone and unreadable text. */
  match: CountryMatch | null;
}

export type CountryResult =
  | {
      kind: 'known';
      /** Country as ISO 3166-1 alpha-2 code. */
      code: string;
      source: CountrySource;
      match: CountryMatch;
      /** `confirmed`: by a coordinator, or by another source that agrees; `stated`: by one source only. */
      confidence: 'confirmed' | 'stated';
      seen: SeenCountry[];
    }
  /** Nothing readable, or an unconfirmed misspelling: held as `country-unknown`. */
  | { kind: 'unknown'; detail: string; question: Question; seen: SeenCountry[] }
  /** Sources disagree: held as `country-conflict`. */
  | { kind: 'conflict'; detail: string; question: Question; seen: SeenCountry[] };

/** Free text of each source; null or blank when it has none. */
export interface CountryInputs {
  override: string | null;
  /** ISO 3166-1 alpha-2 from a registration file that a coordinator applied; absent: none. */
  registrationFile?: string | null;
  registrationCountry: string | null;
  studentCountry: string | null;
  phone: string | null;
  /** IANA zone; `UTC`, offsets and unknown names are ignored. */
  timezone: string | null;
  /** Ignored: a language is not a country. */
  locale?: string | null;
}

const MEND = { mend: message('country.mend') };

/** What a person or the LMS says, unlike phone and time zone. */
type StatedCountry = SeenCountry & { source: CountrySource };

function stated(source: CountrySource, text: string | null): StatedCountry[] {
  if (text === null || text.trim() === '') return [];
  const reading = readCountry(text);
  return [{ source, code: reading?.code ?? null, match: reading?.match ?? null }];
}

function zoneCountry(timezone: string): string | null {
  const countries = [...countriesOfZone(timezone)];
  return countries.length === 1 ? (countries[0] ?? null) : null;
}

/** Countries suggested by phone and time zone alone; shown to people, never used to decide. */
function hints(phone: PhoneReading | null, timezone: string | null): SeenCountry[] {
  const seen: SeenCountry[] = [];
  if (phone) seen.push({ source: 'phone', code: phone.country, match: null });
  if (timezone?.trim()) seen.push({ source: 'timezone', code: zoneCountry(timezone), match: null });
  return seen;
}

function list(seen: SeenCountry[]): string {
  return seen
    .map(({ source, code }) =>
      code === null ? message('country.says-nothing', { source }) : message('country.says', { source, code }),
    )
    .join('; ');
}

/**
 * The country of a teacher: the coordinator's override, else the registration file, else `registration.country`, else
 * `student.country`. What a person reviewed in a file is not contradicted by other statements of the LMS. Phone and time
 * zone can only confirm or contradict. A misspelling counts only when another source confirms it: «грузин»
 * is one letter from «Грузия», but is a nationality. The same holds for codes such as KR, used for Korea and
 * Kyrgyzstan. An override ends every doubt; an unreadable one is an error, and is never skipped. Details and
 * questions name sources and codes, never the original text.
 */
export function resolveCountry(inputs: CountryInputs): CountryResult {
  const [override] = stated('override', inputs.override);
  const file = inputs.registrationFile ?? null;
  const ofFile: StatedCountry[] = file === null ? [] : [{ source: 'registration-file', code: file, match: 'code' }];
  const own = [
    ...ofFile,
    ...stated('registration.country', inputs.registrationCountry),
    ...stated('student.country', inputs.studentCountry),
  ];
  const number = inputs.phone?.trim() ? readPhone(inputs.phone) : null;
  const seen = [...(override ? [override] : []), ...own, ...hints(number, inputs.timezone)];
  if (override) {
    const { code, match } = override;
    if (code === null || match === null || match === 'fuzzy') {
      const detail = message('country.override');
      return { kind: 'unknown', detail, question: askCountry(seen), seen };
    }
    return { kind: 'known', code, source: 'override', match, confidence: 'confirmed', seen };
  }
  const readable = own.filter((one) => one.code !== null);
  const first = readable[0];
  if (!first || first.code === null || first.match === null) {
    const detail =
      seen.length === 0
        ? message('country.none', MEND)
        : message('country.none-readable', { seen: list(seen), ...MEND });
    return { kind: 'unknown', detail, question: askCountry(seen), seen };
  }
  const { code, match } = first;
  const phone = number?.verdictOn(code) ?? 'silent';
  const zones = countriesOfZone(inputs.timezone ?? '');
  const timezone: PhoneVerdict = zones.size === 0 ? 'silent' : zones.has(code) ? 'confirms' : 'contradicts';
  const agree = file !== null || readable.every((one) => one.code === code);
  if (!agree || phone === 'contradicts' || timezone === 'contradicts')
    return {
      kind: 'conflict',
      detail: message('country.disagree', { seen: list(seen), ...MEND }),
      question: askCountry(seen),
      seen,
    };
  const hinted = phone === 'confirms' || timezone === 'confirms';
  if (!hinted && readable.every((one) => one.match === 'fuzzy' || one.match === 'doubtful-code')) {
    const unclear = { seen: list(seen), ...MEND };
    const detail =
      match === 'fuzzy' ? message('country.misspelt', unclear) : message('country.shared-code', { code, ...unclear });
    return { kind: 'unknown', detail, question: askWhetherMeant(code, seen), seen };
  }
  const others = readable.slice(1).filter((one) => one.code === code);
  return {
    kind: 'known',
    code,
    source: first.source,
    match,
    confidence: hinted || others.length > 0 ? 'confirmed' : 'stated',
    seen,
  };
}
