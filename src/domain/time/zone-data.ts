import { createRequire } from 'node:module';

type Library = typeof import('moment-timezone');
/** Package data that its functions do not expose. */
interface PackedData {
  /** Each entry has the form `zone|alias`. */
  links: string[];
  /** `country|its zones`, including shared zones: zone1970.tab and zone.tab of IANA in one. */
  countries: string[];
}

/** A zone's clock: `offsets[i]`, in milliseconds east of UTC, is valid until `untils[i]`; the last one for ever. */
export interface ZoneClock {
  untils: readonly number[];
  offsets: readonly number[];
  /** Population of the city that names the zone. */
  population: number;
}

const require = createRequire(import.meta.url);
let library: Library['tz'] | undefined;
const clocks = new Map<string, ZoneClock>();

/**
 * The IANA database as pinned by the lock file. No host's own data decides, because Node, PostgreSQL and the system
 * have different editions. Loaded at first use, because it takes about 30 ms and most processes do not need it.
 */
function pinned(): Library['tz'] {
  library ??= (require('moment-timezone') as Library).tz;
  return library;
}

/** Release date of this edition in the package; `zone.test.ts` compares it with the package's changelog. */
const PUBLISHED = { version: '2026f', on: '2026-10-29' };

export interface ZoneDataEdition {
  /** Edition of the IANA database, such as `2026f`. */
  version: string;
  /** `YYYY-MM-DD`; null for a package newer than this source. */
  publishedOn: string | null;
}

export function zoneDataEdition(): ZoneDataEdition {
  const version = pinned().dataVersion;
  return { version, publishedOn: version === PUBLISHED.version ? PUBLISHED.on : null };
}

/** The clock of a zone; null for an unknown name. Upper and lower case are equal. */
export function clockOf(name: string): ZoneClock | null {
  const known = clocks.get(name);
  if (known) return known;
  const zone = pinned().zone(name);
  // The library also accepts `Asia_Tashkent`.
  if (zone === null || zone.name.toLowerCase() !== name.toLowerCase()) return null;
  const offsets = zone.offsets.map((minutes) => minutes * -60_000 || 0);
  const clock = { untils: zone.untils, offsets, population: zone.population };
  if (zone.name === name) clocks.set(name, clock);
  return clock;
}

/** Kosovo has no ISO 3166 code yet, so IANA's tables do not have it. */
const BEYOND_ISO = 'XK|Europe/Belgrade';
/** Not places, although the database assigns a city to each. */
const BELTS = new Set(['CET', 'EET', 'EST', 'HST', 'MET', 'MST', 'WET'].map((name) => name.toLowerCase()));

export interface ZoneCountries {
  /** Zones of an ISO 3166-1 alpha-2 country, unordered. */
  zones: ReadonlyMap<string, readonly string[]>;
  /**
   * Countries by lower-case zone name; an alias in no country's table gets the countries of the zones with the same
   * clock.
   */
  countries: ReadonlyMap<string, ReadonlySet<string>>;
}

let table: ZoneCountries | undefined;

/** Which zones belong to which countries. */
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
