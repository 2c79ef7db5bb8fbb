import { message } from '../messages/message.ts';
import { beginOfDay } from './local-time.ts';
import { type CountriesFile, nextPermitted, policyFor, zoneFor } from './send-window.ts';

/**
 * When a letter is due: now, but not before the issue date starts in the release's zone.
 * @param hold milliseconds that the country's diplomas wait before their first letter
 */
export function dueInstant(issueDate: string, releaseZone: string, now: Date, hold = 0): Date {
  const begins = beginOfDay(issueDate, releaseZone);
  const soonest = now.getTime() + hold;
  return new Date(Math.max(soonest, Number.isNaN(begins) ? soonest : begins));
}

export type SendPlan =
  /** `reason` explains a shift with both times; null when there is none. */
  | { ok: true; at: Date; reason: string | null }
  | { ok: false; code: 'window-exhausted' | 'country-conflict'; detail: string };

/** When a letter to a country may be sent: at `from`, or at the next permitted time. */
export function planSending(
  file: CountriesFile,
  input: { country: string; timezone: string | null; from: Date },
): SendPlan {
  const zone = zoneFor(file, input.country, input.timezone);
  if (!zone.ok) return zone;
  const next = nextPermitted({ policy: policyFor(file, input.country), zone: zone.zone, from: input.from });
  if (next) return { ok: true, at: next.at, reason: next.shifted ? next.reason : null };
  return { ok: false, code: 'window-exhausted', detail: message('window-exhausted', { country: input.country }) };
}
