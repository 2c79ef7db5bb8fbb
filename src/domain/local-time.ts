import { offsetMinutes } from './zone.ts';

/** A span of time, `[start, end)`, in milliseconds since the epoch. */
export interface Interval {
  start: number;
  end: number;
}

/** A span in which a zone keeps one offset from UTC (milliseconds). */
export interface OffsetSegment extends Interval {
  offset: number;
}

/** Zones never change their clocks twice within this span. */
const STEP = 24 * 3_600_000;

function offsetOf(zone: string, instant: number): number {
  return offsetMinutes(zone, instant) * 60_000;
}

/** Cuts a span where the zone changes its clocks, to the millisecond. */
export function offsetSegments(zone: string, span: Interval): OffsetSegment[] {
  const segments: OffsetSegment[] = [];
  let start = span.start;
  let offset = offsetOf(zone, start);
  for (let at = span.start; at < span.end; at += STEP) {
    const next = Math.min(at + STEP, span.end);
    const nextOffset = offsetOf(zone, next);
    if (nextOffset === offset) continue;
    let before = at;
    let after = next;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetOf(zone, middle) === offset) before = middle;
      else after = middle;
    }
    segments.push({ start, end: after, offset });
    start = after;
    offset = nextOffset;
  }
  segments.push({ start, end: span.end, offset });
  return segments;
}

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
  return instant + offsetOf(zone, instant);
}
