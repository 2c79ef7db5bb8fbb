import { COUNTRY_ZONES } from '../../src/domain/zone-table.ts';

/**
 * Local time told by the runtime's own Intl and nothing of the product's: what send windows are measured against.
 * Times in minutes since the epoch; wall times in minutes too, written as if they were UTC.
 */
export interface WallClock {
  zone: string;
  /** Minutes at which the zone changes its clocks, each with the offsets (minutes) on both sides. */
  changes: { at: number; before: number; after: number }[];
  /** The wall clock at a minute of the span. */
  wall(minute: number): number;
}

export const MINUTE = 60_000;
const LOOK_EVERY = 2 * 1440;
const span = (count: number, first: number) => Array.from({ length: count }, (_, index) => first + index);
const signed = (hours: number) => (hours < 0 ? String(hours) : `+${hours}`);

/** Every zone that the runtime or the product's table names, and whole-hour offsets from UTC−14 to UTC+12 by Etc's count. */
export const ALL_ZONES: readonly string[] = [
  ...new Set([
    ...Intl.supportedValuesOf('timeZone'),
    ...COUNTRY_ZONES.trim()
      .split('\n')
      .flatMap((line) => line.split(' ').slice(1)),
    ...span(27, -14).map((hours) => `Etc/GMT${signed(hours)}`),
    'UTC',
    'Pacific/Apia',
    'Pacific/Kiritimati',
    'Pacific/Niue',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
  ]),
].sort();

/** Reads a zone's clock over a span of instants: offsets from Intl, each change found by bisection. */
export function readWallClock(zone: string, from: Date, to: Date): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const offsetAt = (minute: number): number => {
    const parts = new Map(format.formatToParts(minute * MINUTE).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) / MINUTE - minute;
  };
  const first = Math.floor(from.getTime() / MINUTE);
  const last = Math.ceil(to.getTime() / MINUTE);
  const start = offsetAt(first);
  const changes: WallClock['changes'] = [];
  let known = start;
  for (let minute = first; minute < last; minute += LOOK_EVERY) {
    const offset = offsetAt(minute + LOOK_EVERY);
    if (offset === known) continue;
    let before = minute;
    let at = minute + LOOK_EVERY;
    while (at - before > 1) {
      const middle = Math.floor((at + before) / 2);
      if (offsetAt(middle) === known) before = middle;
      else at = middle;
    }
    changes.push({ at, before: known, after: offset });
    known = offset;
  }
  return {
    zone,
    changes,
    wall(minute) {
      let offset = start;
      for (const change of changes) {
        if (minute < change.at) break;
        offset = change.after;
      }
      return minute + offset;
    },
  };
}
