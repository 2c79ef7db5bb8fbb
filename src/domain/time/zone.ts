import { clockOf, zoneCountries } from './zone-data.ts';

const NOWHERE: ReadonlySet<string> = new Set();

/** Countries of an IANA zone; empty for `UTC`, `Etc/…`, `EET` and the like, offsets and unknown names. */
export function countriesOfZone(zone: string): ReadonlySet<string> {
  return zoneCountries().countries.get(zone.trim().toLowerCase()) ?? NOWHERE;
}

/**
 * IANA zones of an ISO 3166-1 alpha-2 country, most populous first, own zones before shared ones; empty for an
 * unknown code or an uninhabited territory.
 */
export function zonesOf(country: string): readonly string[] {
  const zones = zoneCountries().zones.get(country) ?? [];
  if (zones.length < 2) return zones;
  const population = new Map(zones.map((zone) => [zone, clockOf(zone)?.population ?? 0]));
  const rank = (zone: string) => population.get(zone) ?? 0;
  return [...zones].sort((a, b) => rank(b) - rank(a) || countriesOfZone(a).size - countriesOfZone(b).size);
}

/**
 * Whether an IANA zone has this name. Fixed offsets such as `+05:00` are not zones, because they ignore clock
 * changes.
 */
export function isZone(name: string): boolean {
  return (name.includes('/') || name === 'UTC') && clockOf(name) !== null;
}

/** Index of the offset valid at a time. */
function indexAt(untils: readonly number[], instant: number): number {
  let [low, high] = [0, untils.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instant < (untils[middle] ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Offset of a zone from UTC in milliseconds at a time (Unix milliseconds); NaN for an unknown zone. */
export function offsetAt(zone: string, instant: number): number {
  const clock = clockOf(zone);
  return clock?.offsets[indexAt(clock.untils, instant)] ?? Number.NaN;
}

/** An interval `[start, end)` in Unix milliseconds. */
export interface Interval {
  start: number;
  end: number;
}

/** An interval with one offset from UTC (milliseconds). */
export interface OffsetSegment extends Interval {
  offset: number;
}

/** An interval cut at the zone's clock changes; empty for an unknown zone. */
export function offsetSegments(zone: string, { start, end }: Interval): OffsetSegment[] {
  const clock = clockOf(zone);
  if (clock === null) return [];
  const segments: OffsetSegment[] = [];
  for (let index = indexAt(clock.untils, start), from = start; from < end; index += 1) {
    const until = Math.min(clock.untils[index] ?? end, end);
    const offset = clock.offsets[index] ?? Number.NaN;
    const last = segments.at(-1);
    // A zone may change only its abbreviation.
    if (last?.offset === offset) last.end = until;
    else segments.push({ start: from, end: until, offset });
    from = until;
  }
  return segments;
}

/** Two years that the database knows for certain; later changes are unknown. */
const AGREEMENT = { start: Date.UTC(2025, 0, 1), end: Date.UTC(2027, 0, 1) };
const soleZones = new Map<string, string | null>();

/**
 * The only zone of a country, or the first of several that show the same time during two whole years (Kazakhstan
 * since 2024, Germany with Büsingen). Null when a person must choose.
 */
export function soleZoneOf(country: string): string | null {
  let sole = soleZones.get(country);
  if (sole === undefined) {
    const [first, ...others] = zonesOf(country);
    const clock = (zone: string) => JSON.stringify(offsetSegments(zone, AGREEMENT));
    sole = first !== undefined && others.every((zone) => clock(zone) === clock(first)) ? first : null;
    soleZones.set(country, sole);
  }
  return sole;
}
