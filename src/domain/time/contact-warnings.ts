import { message } from '../messages/message.ts';
import { firstShown, localTime, wallClock } from './local-time.ts';
import { type ContactPolicy, type CountriesFile, nextPermitted } from './send-window.ts';
import { soleZoneOf } from './zone.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The night, in which no letters are sent: 21:00 to 08:00 on the recipient's clock. */
const NIGHT = { from: 21, to: 8 };
/** All nights of a year, with all clock changes. */
const NIGHTS = 366;

/** Number of days during which a policy may use the evening or the morning. */
function daysOf(policy: ContactPolicy, today: number): number[] {
  if (policy.slots) return policy.slots.map((slot) => Date.parse(`${slot.slice(0, 10)}T00:00Z`));
  return Array.from({ length: NIGHTS }, (_, day) => today + day * DAY);
}

/** The first permitted time at night from `at` on; null when there is none. */
function permittedAtNight(policy: ContactPolicy, zone: string, at: number): number | null {
  const today = Math.floor(wallClock(zone, at) / DAY) * DAY;
  for (const day of daysOf(policy, today).flatMap((date) => [date - DAY, date])) {
    const from = Math.max(at, firstShown(zone, day + NIGHT.from * HOUR));
    const next = nextPermitted({ policy, zone, from: new Date(from) })?.at.getTime();
    if (next !== undefined && next < firstShown(zone, day + DAY + NIGHT.to * HOUR)) return next;
  }
  return null;
}

function warningOf(name: string, policy: ContactPolicy, zone: string, at: Date): string[] {
  if (nextPermitted({ policy, zone, from: at }) === null) {
    return [message(policy.slots ? 'contact.no-slot' : 'contact.no-window', { country: name })];
  }
  const night = permittedAtNight(policy, zone, at.getTime());
  if (night === null) return [];
  const example = localTime(night, zone).toFormat('ccc yyyy-MM-dd HH:mm', { locale: 'en' });
  return [message('contact.night', { country: name, example })];
}

/** One line for each policy that allows letters between 21:00 and 08:00 local time, or allows no letters any more. */
export function contactWarnings(file: CountriesFile, at: Date): string[] {
  const own = Object.entries(file.countries).flatMap(([code, { contact, zone }]) =>
    contact ? warningOf(code, contact, zone ?? soleZoneOf(code) ?? 'UTC', at) : [],
  );
  return [...own, ...warningOf('default', file.default.contact, 'UTC', at)];
}
