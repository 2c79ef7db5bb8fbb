import { Duration } from 'luxon';
import { beginOfDay, civilTime, localTime } from '../time/local-time.ts';

/** Start of a date in a zone, with offset: an exact time that still shows the date. */
export function startOfDay(date: string, zone: string): string {
  return written(beginOfDay(date, zone), zone);
}

/**
 * Last second of a certificate's validity, or null when it never expires.
 * @param issueDate `YYYY-MM-DD` in the release's zone
 * @param validFor ISO 8601 duration: P2Y from 2026-11-20 is valid through the whole of 2028-11-20
 */
export function endOfValidity(issueDate: string, validFor: string | null, zone: string): string | null {
  if (validFor === null) return null;
  const last = civilTime(issueDate).plus(Duration.fromISO(validFor));
  return written(beginOfDay(last.plus({ days: 1 }).toISODate() ?? '', zone) - 1000, zone);
}

/**
 * Last second of validity after the issue date was changed: the certificate stays valid for as long as before, in years,
 * months and days. Null: it never expires.
 * @param former both in the release's zone
 */
export function movedValidity(
  { issueDate, validUntil }: { issueDate: string; validUntil: string | null },
  date: string,
  zone: string,
): string | null {
  if (validUntil === null || date === issueDate) return validUntil;
  const period = civilTime(validUntil.slice(0, 10)).diff(civilTime(issueDate), ['years', 'months', 'days']);
  return endOfValidity(date, period.toISO(), zone);
}

/** Public status of a certificate. */
export type Validity = 'valid' | 'expired' | 'revoked' | 'erased';

/** @param expiresAt last second of validity, which is valid to its end; null: never expires */
export function validityOf(
  { erased, revoked, expiresAt }: { erased: boolean; revoked: boolean; expiresAt: Date | null },
  now: Date,
): Validity {
  if (erased) return 'erased';
  if (revoked) return 'revoked';
  return expiresAt !== null && now.getTime() >= expiresAt.getTime() + 1000 ? 'expired' : 'valid';
}

function written(instant: number, zone: string): string {
  const time = localTime(instant, zone);
  const text = time.toISO({ suppressMilliseconds: true });
  if (text === null) throw new Error(`not a time: ${time.invalidReason ?? 'unknown reason'}`);
  return text;
}
