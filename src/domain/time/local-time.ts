import { DateTime, FixedOffsetZone } from 'luxon';
import { type Interval, type OffsetSegment, offsetAt, offsetSegments } from './zone.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * All instants at which the wall clock shows a time in `[wall.start, wall.end)`, where wall times are written as if they
 * were UTC. Hours that a change of the clock skips are not there; hours that it repeats are there twice.
 */
export function instantsOf(wall: Interval, segments: readonly OffsetSegment[]): Interval[] {
  return segments
    .map(({ start, end, offset }) => ({
      start: Math.max(wall.start - offset, start),
      end: Math.min(wall.end - offset, end),
    }))
    .filter(({ start, end }) => start < end);
}

/** Sorted, without overlaps; intervals that touch are one. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** The wall clock at an instant, written as if it were UTC. */
export function wallClock(zone: string, instant: number): number {
  return instant + offsetAt(zone, instant);
}

/**
 * The first instant at which the wall clock shows a time (written as if it were UTC) or, where a change of the clock
 * skips it, a later one; the first of both where it comes twice. NaN for an unknown zone.
 */
export function firstShown(zone: string, wall: number): number {
  const segments = offsetSegments(zone, { start: wall - 2 * DAY, end: wall + 4 * DAY });
  return instantsOf({ start: wall, end: wall + 2 * DAY }, segments)[0]?.start ?? Number.NaN;
}

/** A date or a local time as it is written, of no zone: what it says is read in UTC. */
export function civilTime(text: string): DateTime {
  return DateTime.fromISO(text, { zone: 'UTC' });
}

/**
 * The first instant (milliseconds since the epoch) of a civil date (`YYYY-MM-DD`) in an IANA zone. Where the clock skips
 * midnight the day begins later, and where it repeats midnight (Havana, the Azores) with the first of both. NaN for no
 * date, or no zone.
 */
export function beginOfDay(date: string, zone: string): number {
  return firstShown(zone, civilTime(date).toMillis());
}

/** An instant (milliseconds since the epoch) as a zone's clock shows it, with its offset; invalid for an unknown zone. */
export function localTime(instant: number, zone: string): DateTime {
  const offset = offsetAt(zone, instant);
  if (Number.isNaN(offset)) return DateTime.invalid('unknown zone', zone);
  return DateTime.fromMillis(instant, { zone: FixedOffsetZone.instance(offset / MINUTE) });
}
