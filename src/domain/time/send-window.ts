import { Duration } from 'luxon';
import { z } from 'zod';
import { CountryDiploma } from '../certificate/country-diploma.ts';
import { isCountryCode } from '../country/country-name.ts';
import { message } from '../messages/message.ts';
import { NAME_ORDERS, type NameOrder } from '../text/name-order.ts';
import { civilTime, firstShown, instantsOf, localTime, mergeIntervals, wallClock } from './local-time.ts';
import { countriesOfZone, type Interval, isZone, offsetAt, offsetSegments, soleZoneOf } from './zone.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** How far ahead a window is searched for. */
const HORIZON_DAYS = 400;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

const Window = z
  .strictObject({
    days: z.array(z.enum(WEEKDAYS)).min(1),
    from: z.string().regex(CLOCK, 'expected a time HH:MM'),
    to: z.string().refine((text) => CLOCK.test(text) || text === '24:00', 'expected a time HH:MM or 24:00'),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    message: 'the window is empty; write a whole day as 00:00 to 24:00',
  });

const Slot = z
  .string()
  .refine(
    (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(text) && civilTime(text).isValid,
    'expected a local time YYYY-MM-DDTHH:MM without a zone',
  );

/** When letters may be sent, in local time: windows on weekdays, or explicit times. */
const Contact = z
  .strictObject({
    windows: z.array(Window).min(1).optional(),
    slots: z.array(Slot).optional(),
    /** Local dates on which no window starts. */
    holidays: z.array(z.iso.date()).default([]),
    /** Minutes before the end of a window in which nothing is sent. */
    closeMargin: z.number().int().min(0).max(1440).default(10),
    /** Minutes for which a slot stays open. */
    for: z.number().int().min(1).max(1440).default(60),
    /** The person or document that decided the entry. */
    source: z.string().max(500).optional(),
  })
  .refine(
    ({ windows, slots }) => (windows === undefined) !== (slots === undefined),
    'expected either windows or slots',
  );
export type ContactPolicy = z.output<typeof Contact>;

const Msk = z
  .union(
    [z.string().regex(/^[+-]?\d{1,2}(?::[0-5]\d)?$/), z.number()],
    'expected the difference to Moscow time in hours, such as "+2"',
  )
  .transform(String);
const VISIBILITIES = ['full', 'initials'] as const;
const CountryEntry = z.strictObject({
  zone: z.string().refine(isZone, 'expected an IANA time zone such as Asia/Tashkent').optional(),
  /** Difference to Moscow time as people write it; used only for a consistency check. */
  msk: Msk.optional(),
  languages: z.array(z.string().min(2).max(35)).default([]),
  contact: Contact.optional(),
  /** What its diplomas print differently. */
  diploma: CountryDiploma.optional(),
  /** How its diplomas write names; only names whose family name `lms.yaml` tells are changed. */
  nameOrder: z.enum(NAME_ORDERS, `expected one of ${NAME_ORDERS.join(', ')}`).optional(),
  /** What the public lookup shows of its holders: everything, or of the name the initials alone, and no project. */
  visibility: z.enum(VISIBILITIES, `expected one of ${VISIBILITIES.join(', ')}`).optional(),
  /** How long a diploma waits after it was drawn before the first letter may bring it. */
  hold: z
    .string()
    .refine(
      (text) => Duration.fromISO(text).toMillis() > 0 && Duration.fromISO(text).as('days') <= 90,
      'expected an ISO 8601 duration of at most 90 days such as P3D',
    )
    .optional(),
});
export type CountryEntry = z.output<typeof CountryEntry>;

/** `countries.yaml`: an entry per ISO 3166-1 alpha-2 code, and `default`. */
export const CountriesFile = z
  .object({ default: z.strictObject({ contact: Contact, languages: CountryEntry.shape.languages }) })
  .catchall(CountryEntry)
  .superRefine((file, context) => {
    for (const [code, { zone }] of Object.entries(file as Record<string, CountryEntry>)) {
      if (code === 'default') continue;
      const path = [code];
      if (!isCountryCode(code))
        context.addIssue({
          code: 'custom',
          path,
          message: 'expected an ISO 3166-1 alpha-2 code such as KZ, or default',
        });
      else if (zone !== undefined && isZone(zone) && !countriesOfZone(zone).has(code))
        context.addIssue({ code: 'custom', path: [code, 'zone'], message: `${zone} is no time zone of ${code}` });
    }
  })
  .transform(({ default: fallback, ...countries }) => ({
    default: fallback,
    countries: countries as Record<string, CountryEntry>,
  }));
export type CountriesFile = z.output<typeof CountriesFile>;

function entryOf(file: CountriesFile, country: string): CountryEntry | undefined {
  return Object.hasOwn(file.countries, country) ? file.countries[country] : undefined;
}

/** The policy of a country, else the default policy. */
export function policyFor(file: CountriesFile, country: string): ContactPolicy {
  return entryOf(file, country)?.contact ?? file.default.contact;
}

/** How long the first letter to a country waits after its diploma was drawn, in milliseconds. */
export function holdFor(file: CountriesFile, country: string): number {
  const hold = entryOf(file, country)?.hold;
  return hold === undefined ? 0 : Duration.fromISO(hold).toMillis();
}

/** How diplomas of a country write names; undefined: as the LMS does. */
export function nameOrderOf(file: CountriesFile, country: string): NameOrder | undefined {
  return entryOf(file, country)?.nameOrder;
}

/** Whether the public lookup shows the names of this country's holders as initials. */
export function showsInitials(file: CountriesFile, country: string): boolean {
  return entryOf(file, country)?.visibility === 'initials';
}

export type ZoneResult = { ok: true; zone: string } | { ok: false; code: 'country-conflict'; detail: string };

/**
 * The zone for a student's windows: the entry's, else the country's only zone, else the student's own if it belongs
 * to that country.
 */
export function zoneFor(file: CountriesFile, country: string, studentTimezone: string | null): ZoneResult {
  const zone = entryOf(file, country)?.zone ?? soleZoneOf(country);
  if (zone !== null) return { ok: true, zone };
  const own = studentTimezone?.trim() ?? '';
  if (countriesOfZone(own).has(country) && isZone(own)) return { ok: true, zone: own };
  const detail = message(own === '' ? 'zone-missing' : 'zone-elsewhere', { country });
  return { ok: false, code: 'country-conflict', detail };
}

/** Writes a difference to Moscow time in the form of `msk`. */
function hoursFromMoscow(minutes: number): string {
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** One line for each entry whose `msk` contradicts its zone at a given time. */
export function mskWarnings(file: CountriesFile, at: Date): string[] {
  return Object.entries(file.countries).flatMap(([code, { msk, zone: own }]) => {
    const zone = own ?? soleZoneOf(code);
    if (msk === undefined || zone === null) return [];
    const [hours = '', minutes = '0'] = msk.split(':');
    const noted = Number(hours) * 60 + (msk.startsWith('-') ? -1 : 1) * Number(minutes);
    const real = (offsetAt(zone, at.getTime()) - offsetAt('Europe/Moscow', at.getTime())) / MINUTE;
    if (noted === real) return [];
    const day = at.toISOString().slice(0, 10);
    return [message('msk-differs', { country: code, msk, zone, real: hoursFromMoscow(real), day })];
  });
}

export interface PermittedMoment {
  at: Date;
  /** The first moment after `at` that is not permitted any more. */
  until: Date;
  /** Whether `at` is later than requested. */
  shifted: boolean;
  /** One line for the record. */
  reason: string;
}

function wallTime(text: string): number {
  const [hours = '0', minutes = '0'] = text.split(':');
  return (Number(hours) * 60 + Number(minutes)) * MINUTE;
}

/** Complete open intervals of the days around a time; touching ones are merged. */
function openWindows(policy: ContactPolicy, zone: string, from: number, days: number): Interval[] {
  const today = Math.floor(wallClock(zone, from) / DAY) * DAY;
  const segments = offsetSegments(zone, { start: today - 2 * DAY, end: today + (days + 3) * DAY });
  const holidays = new Set(policy.holidays);
  const open: Interval[] = [];
  for (let day = today - DAY; day <= today + days * DAY; day += DAY) {
    if (holidays.has(new Date(day).toISOString().slice(0, 10))) continue;
    const weekday = WEEKDAYS[new Date(day).getUTCDay()];
    for (const window of policy.windows ?? []) {
      if (!window.days.some((name) => name === weekday)) continue;
      const start = wallTime(window.from);
      const end = wallTime(window.to);
      open.push(...instantsOf({ start: day + start, end: day + end + (end < start ? DAY : 0) }, segments));
    }
  }
  return mergeIntervals(open);
}

function openSlots(policy: ContactPolicy, zone: string, from: number): Interval[] {
  return (policy.slots ?? [])
    .map((slot) => Date.parse(`${slot}Z`))
    .filter((wall) => wall > from - 4 * DAY)
    .map((wall) => {
      const start = firstShown(zone, wall);
      return { start, end: start + policy.for * MINUTE };
    })
    .sort((a, b) => a.start - b.start);
}

function local(zone: string, instant: number): string {
  return localTime(instant, zone).toFormat("ccc yyyy-MM-dd HH:mm 'UTC'ZZ", { locale: 'en' });
}

function whyShifted(policy: ContactPolicy, zone: string, from: number, open: Interval[]): string {
  if (policy.slots) return message('window.outside-slots');
  if (open.some(({ start, end }) => start <= from && from < end)) return message('window.last-minutes');
  const date = new Date(wallClock(zone, from)).toISOString().slice(0, 10);
  return message(policy.holidays.includes(date) ? 'window.holiday' : 'window.outside');
}

/**
 * The first moment at or after `from` when a letter may be sent: inside a slot, or inside a window that stays open
 * (with all windows touching it) for more than `closeMargin` minutes on the recipient's wall clock. The opening
 * moment of a window is permitted; the moment exactly `closeMargin` before its end is not.
 * @param input.zone IANA zone of the recipient
 * @returns null when no permitted moment is left: slots used up, or no window within 400 days
 */
export function nextPermitted(input: { policy: ContactPolicy; zone: string; from: Date }): PermittedMoment | null {
  const { policy, zone } = input;
  const from = input.from.getTime();
  const margin = policy.slots ? 0 : policy.closeMargin * MINUTE;
  for (const days of policy.slots ? [0] : [1, 8, 60, HORIZON_DAYS]) {
    const open = policy.slots ? openSlots(policy, zone, from) : openWindows(policy, zone, from, days);
    const next = open.find(({ start, end }) => Math.max(start, from) < end - margin);
    if (!next) continue;
    const at = Math.max(next.start, from);
    const until = new Date(next.end - margin);
    if (at === from)
      return { at: new Date(at), until, shifted: false, reason: `permitted immediately (${local(zone, at)}, ${zone})` };
    const why = whyShifted(policy, zone, from, open);
    const reason = message('window.due', { time: local(zone, from), why, zone, next: local(zone, at) });
    return { at: new Date(at), until, shifted: true, reason };
  }
  return null;
}
