import { DateTime, FixedOffsetZone } from 'luxon';
import { type Interval, type OffsetSegment, offsetAt, offsetSegments } from './zone.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * All times when the wall clock shows a value in `[wall.start, wall.end)`; wall times are written as if they were
 * UTC. Hours skipped by a clock change are missing; repeated hours occur twice.
 */
export function instantsOf(wall: Interval, segments: readonly OffsetSegment[]): Interval[] {
  return segments
    .map(({ start, end, offset }) => ({
      start: Math.max(wall.start - offset, start),
      end: Math.min(wall.end - offset, end),
    }))
    .filter(({ start, end }) => start < end);
}

/** Sorted and without overlaps; touching intervals are merged. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** The wall clock at a time, written as if it were UTC. */
export function wallClock(zone: string, instant: number): number {
  return instant + offsetAt(zone, instant);
}

/**
 * The first moment when the wall clock shows a time (written as if it were UTC), or a later one if a clock change
 * skips it; the first of both if it occurs twice. NaN for an unknown zone.
 */
export function firstShown(zone: string, wall: number): number {
  const segments = offsetSegments(zone, { start: wall - 2 * DAY, end: wall + 4 * DAY });
  return instantsOf({ start: wall, end: wall + 2 * DAY }, segments)[0]?.start ?? Number.NaN;
}

/** A date or local time without zone, represented in UTC. */
export function civilTime(text: string): DateTime {
  return DateTime.fromISO(text, { zone: 'UTC' });
}

/**
 * The first moment (Unix milliseconds) of a date (`YYYY-MM-DD`) in an IANA zone. If the clock skips midnight, the day
 * starts later; if it repeats midnight (Havana, the Azores), with the first of both. NaN for an invalid date or zone.
 */
export function beginOfDay(date: string, zone: string): number {
  return firstShown(zone, civilTime(date).toMillis());
}

/** The first moment after a date (`YYYY-MM-DD`) in an IANA zone; NaN for an invalid date or zone. */
export function endOfDay(date: string, zone: string): number {
  const next = /^\d{4}-\d\d-\d\d$/.test(date) ? civilTime(date).plus({ days: 1 }).toISODate() : null;
  return next === null ? Number.NaN : beginOfDay(next, zone);
}

/** A time (Unix milliseconds) as a zone's clock shows it, with offset; invalid for an unknown zone. */
export function localTime(instant: number, zone: string): DateTime {
  const offset = offsetAt(zone, instant);
  if (Number.isNaN(offset)) return DateTime.invalid('unknown zone', zone);
  return DateTime.fromMillis(instant, { zone: FixedOffsetZone.instance(offset / MINUTE) });
}

/** The IANA zone of this host, for times shown at a terminal; UTC if it is unknown. */
export function hostZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return localTime(0, timeZone).isValid ? timeZone : 'UTC';
}
