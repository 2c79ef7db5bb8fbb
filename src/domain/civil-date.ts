import { DateTime } from 'luxon';

/**
 * The first instant of a civil date (`YYYY-MM-DD`) in an IANA zone. Where the clock skips midnight the day begins later, and
 * where it repeats midnight (Havana, the Azores) with the first of both. Invalid for no date, or no zone.
 */
export function beginOfDay(date: string, zone: string): DateTime {
  const begin = DateTime.fromISO(date, { zone });
  return begin.isValid ? (begin.getPossibleOffsets()[0] ?? begin) : begin;
}
