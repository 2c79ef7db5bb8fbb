import { createRequire } from 'node:module';

type Library = typeof import('moment-timezone');
/** What of the package's data its functions do not tell. */
interface PackedData {
  /** `zone|a further name of it`. */
  links: string[];
  /** `country|its zones`, with those that several countries share: IANA's zone1970.tab and zone.tab in one. */
  countries: string[];
}

/** A zone's clock: `offsets[i]`, in milliseconds east of UTC, holds until the instant `untils[i]`; the last one for ever. */
export interface ZoneClock {
  untils: readonly number[];
  offsets: readonly number[];
  /** Of the city that names it. */
  population: number;
}

const require = createRequire(import.meta.url);
let library: Library['tz'] | undefined;
const clocks = new Map<string, ZoneClock>();

/**
 * The IANA database as the lock file pins it. No host's own data decides: Node, PostgreSQL and the system each carry
 * another edition. Loaded at its first use: it takes some 30 ms, and most processes ask for no zone.
 */
function pinned(): Library['tz'] {
  library ??= (require('moment-timezone') as Library).tz;
  return library;
}

/** When the package brought its edition of the data; `zone.test.ts` compares it with the package's changelog. */
const PUBLISHED = { version: '2026f', on: '2026-10-29' };

export interface ZoneDataEdition {
  /** Of the IANA database, such as `2026f`. */
  version: string;
  /** `YYYY-MM-DD`; null for a package newer than this source. */
  publishedOn: string | null;
}

export function zoneDataEdition(): ZoneDataEdition {
  const version = pinned().dataVersion;
  return { version, publishedOn: version === PUBLISHED.version ? PUBLISHED.on : null };
}

/** null for an unknown name. Capitals do not count. */
export function clockOf(name: string): ZoneClock | null {
  const known = clocks.get(name);
  if (known) return known;
  const zone = pinned().zone(name);
  // The library reads `Asia_Tashkent` too.
  if (zone === null || zone.name.toLowerCase() !== name.toLowerCase()) return null;
  const offsets = zone.offsets.map((minutes) => minutes * -60_000 || 0);
  const clock = { untils: zone.untils, offsets, population: zone.population };
  if (zone.name === name) clocks.set(name, clock);
  return clock;
}

/** Kosovo has no code of ISO 3166 yet, so no table of IANA's holds it. */
const BEYOND_ISO = 'XK|Europe/Belgrade';
/** No places, though the database ties each to one city. */
const BELTS = new Set(['CET', 'EET', 'EST', 'HST', 'MET', 'MST', 'WET'].map((name) => name.toLowerCase()));

export interface ZoneCountries {
  /** Zones of an ISO 3166-1 alpha-2 country, in no order. */
  zones: ReadonlyMap<string, readonly string[]>;
  /** Countries by the lower-case name of a zone; a name of no country's table has those of the zones with its clock. */
  countries: ReadonlyMap<string, ReadonlySet<string>>;
}

let table: ZoneCountries | undefined;

/** Which zones serve which countries. */
export function zoneCountries(): ZoneCountries {
  table ??= readCountries(require('moment-timezone/data/packed/latest.json') as PackedData);
  return table;
}

function readCountries(data: PackedData): ZoneCountries {
  const zones = new Map<string, readonly string[]>();
  const listed = new Map<string, Set<string>>();
  for (const line of [...data.countries, BEYOND_ISO]) {
    const [country = '', names = ''] = line.split('|');
    zones.set(country, names.split(' '));
    for (const name of names.toLowerCase().split(' ')) listed.set(name, (listed.get(name) ?? new Set()).add(country));
  }
  const groups = new Map<string, string[]>();
  for (const link of data.links) {
    const [leader = '', name = ''] = link.toLowerCase().split('|');
    const group = groups.get(leader);
    if (group) group.push(name);
    else groups.set(leader, [leader, name]);
  }
  const countries = new Map<string, ReadonlySet<string>>(listed);
  for (const group of groups.values()) {
    const all = new Set(group.flatMap((name) => [...(listed.get(name) ?? [])]));
    for (const name of group) if (!listed.has(name) && !BELTS.has(name)) countries.set(name, all);
  }
  return { zones, countries };
}
