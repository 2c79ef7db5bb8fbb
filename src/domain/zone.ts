import { IANAZone } from 'luxon';
import { COUNTRY_ZONES, FORMER_ZONE_NAMES, SHARED_ZONES } from './zone-table.ts';

const zonesByCountry = new Map<string, readonly string[]>();
const countriesByZone = new Map<string, Set<string>>();
const currentName = new Map<string, string>();

function place(zone: string, country: string): void {
  const key = zone.toLowerCase();
  const countries = countriesByZone.get(key);
  if (countries) countries.add(country);
  else countriesByZone.set(key, new Set([country]));
}

for (const line of COUNTRY_ZONES.trim().split('\n')) {
  const [country = '', ...zones] = line.split(' ');
  zonesByCountry.set(country, zones);
  for (const zone of zones) place(zone, country);
}
for (const line of SHARED_ZONES.trim().split('\n')) {
  const [zone = '', ...countries] = line.split(' ');
  for (const country of countries) place(zone, country);
}
for (const entry of FORMER_ZONE_NAMES.replaceAll('\n', ' ').split(';')) {
  const [zone = '', names = ''] = entry.split('=').map((part) => part.trim());
  for (const name of names.split(' ')) if (name !== '') currentName.set(name.toLowerCase(), zone.toLowerCase());
}

/** IANA zones of an ISO 3166-1 alpha-2 country; none for an unknown code or an uninhabited place. */
export function zonesOf(country: string): readonly string[] {
  return zonesByCountry.get(country) ?? [];
}

/** Countries whose clocks an IANA zone serves; none for `UTC`, `Etc/…`, offsets and unknown names. */
export function countriesOfZone(zone: string): ReadonlySet<string> {
  const key = zone.trim().toLowerCase();
  return countriesByZone.get(currentName.get(key) ?? key) ?? new Set();
}

/** Whether the runtime knows the IANA zone. Fixed offsets such as `+05:00` are no zones: they rot. */
export function isZone(name: string): boolean {
  return (
    (/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)+$/.test(name) || name === 'UTC') && IANAZone.create(name).isValid
  );
}

/** Offset of a zone from UTC in minutes at an instant (milliseconds since the epoch). */
export function offsetMinutes(zone: string, instant: number): number {
  return IANAZone.create(zone).offset(instant);
}

/** Two years of the table's era; what zones do later is not known to any version of the database. */
const AGREEMENT_FROM = Date.UTC(2025, 0, 1);
const AGREEMENT_DAYS = 730;
const soleZones = new Map<string, string | null>();

/**
 * The only zone of a country, or the first of several that show the same time all through two years (Kazakhstan since
 * 2024, Germany with Büsingen): one zone for every practical purpose. null where it takes a person to choose.
 */
export function soleZoneOf(country: string): string | null {
  const known = soleZones.get(country);
  if (known !== undefined) return known;
  const [first, ...others] = zonesOf(country);
  let sole = first ?? null;
  for (let day = 0; first !== undefined && sole !== null && day <= AGREEMENT_DAYS; day += 5) {
    const instant = AGREEMENT_FROM + day * 86_400_000;
    const offset = offsetMinutes(first, instant);
    if (others.some((zone) => offsetMinutes(zone, instant) !== offset)) sole = null;
  }
  soleZones.set(country, sole);
  return sole;
}
