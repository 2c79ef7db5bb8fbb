import { createRequire } from 'node:module';

/**
 * Local time from the pinned zone data without any code of the product: it parses the packed lines itself. Send
 * windows are tested against it, with the same result on every host. Times are in minutes since 1970; wall times too,
 * written as if they were UTC.
 */
export interface WallClock {
  zone: string;
  /** Minutes of the zone's clock changes, with the offsets (minutes) before and after. */
  changes: { at: number; before: number; after: number }[];
  /** The wall clock at a minute of the interval. */
  wall(minute: number): number;
}

export const MINUTE = 60_000;

interface PackedData {
  version: string;
  zones: string[];
  links: string[];
}
const DATA = createRequire(import.meta.url)('moment-timezone/data/packed/latest.json') as PackedData;
/** Packed zone data by name: `name|abbreviations|offsets|indices|minutes between changes|population`. */
const PACKED = new Map(DATA.zones.map((line) => [line.slice(0, line.indexOf('|')), line]));
for (const link of DATA.links) {
  const [leader = '', name = ''] = link.split('|');
  PACKED.set(name, PACKED.get(leader) ?? '');
}

/** All zones of the data: 344 clocks under 597 names. */
export const ALL_ZONES: readonly string[] = [...PACKED.keys()].sort();

/** Parses a base 60 number: digits, lower-case letters, capitals without Y and Z. */
function base60(text: string): number {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX';
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const read = (part: string) => [...part].reduce((sum, digit) => sum * 60 + digits.indexOf(digit), 0);
  return (text.startsWith('-') ? -1 : 1) * (read(whole) + read(fraction) / 60 ** fraction.length);
}

/** Reads a zone's clock over an interval. */
export function readWallClock(zone: string, from: Date, to: Date): WallClock {
  const [, , offsetList = '', indices = '', minutes = ''] = (PACKED.get(zone) ?? '').split('|');
  // The data store offsets west of Greenwich, and minutes between changes.
  const offsets = [...indices].map((index) => -base60(offsetList.split(' ')[base60(index)] ?? '') || 0);
  let [at, known = 0] = [0, offsets[0]];
  const all: WallClock['changes'] = [];
  for (const [index, length] of minutes.split(' ').entries()) {
    at += base60(length);
    const after = offsets[index + 1] ?? known;
    if (after !== known) all.push({ at: Math.round(at), before: known, after });
    known = after;
  }
  const changes = all.filter((change) => change.at * MINUTE > from.getTime() && change.at * MINUTE <= to.getTime());
  const last = all.findLast((change) => change.at * MINUTE <= from.getTime());
  const start = last?.after ?? offsets[0] ?? 0;
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
