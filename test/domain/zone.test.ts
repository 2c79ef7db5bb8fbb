import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { isCountryCode } from '../../src/domain/country/country-name.ts';
import { beginOfDay, localTime } from '../../src/domain/time/local-time.ts';
import { countriesOfZone, isZone, offsetAt, soleZoneOf, zonesOf } from '../../src/domain/time/zone.ts';
import { zoneCountries, zoneDataEdition } from '../../src/domain/time/zone-data.ts';
import { windowDigest } from '../support/window-digest.ts';
import { ALL_ZONES, MINUTE } from './wall-clock.ts';

const HOUR = 60 * MINUTE;
const hours = (zone: string, instant: string) => offsetAt(zone, Date.parse(instant)) / HOUR;

describe('the time zone data in the product', () => {
  it('have an edition with a known release date, so that their age can be shown', async () => {
    const { version, publishedOn } = zoneDataEdition();
    const changelog = createRequire(import.meta.url).resolve('moment-timezone/changelog.md');
    const entries = (await readFile(changelog, 'utf8')).split(/^### /m);
    const first = entries.findLast((entry) => entry.includes(`IANA TZDB \`${version}\``));
    const day = /\d{4}-\d\d-\d\d/.exec(first ?? '')?.[0];
    assert.equal(publishedOn, day, `after an update, write ${version} and ${day} into src/domain/time/zone-data.ts`);
  });

  it("include changes that only some of today's hosts know, or none", () => {
    // Node 20 continues to change the first three clocks every winter; no Node version has the fourth change yet.
    assert.equal(hours('America/Vancouver', '2027-01-15T00:00:00Z'), -7);
    assert.equal(hours('America/Edmonton', '2027-01-15T00:00:00Z'), -6);
    assert.equal(hours('Africa/Casablanca', '2026-12-15T00:00:00Z'), 0);
    assert.equal(hours('America/Winnipeg', '2027-01-15T00:00:00Z'), -5);
    // 25 October 2026, 01:00 UTC: hosts differ by an hour.
    assert.equal(hours('Europe/Chisinau', '2026-10-25T00:59:59Z'), 3);
    assert.equal(hours('Europe/Chisinau', '2026-10-25T01:00:00Z'), 2);
  });

  it('give the same time at noon as this host, in years for which all editions are equal', () => {
    const known = new Set(Intl.supportedValuesOf('timeZone'));
    let compared = 0;
    for (const zone of ALL_ZONES.filter((name) => known.has(name))) {
      const host = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
      for (let at = Date.UTC(2023, 0, 1, 12); at < Date.UTC(2025, 0, 1); at += 5 * 24 * HOUR) {
        compared += 1;
        const wall = Date.parse(`${host.format(at).replace(' ', 'T')}Z`);
        assert.equal(offsetAt(zone, at), wall - at, `${zone} ${new Date(at).toISOString()}`);
      }
    }
    assert.ok(compared > 50_000, String(compared));
  });

  it('give the same windows and dates for 2026 and 2027 on every host, in every zone', () => {
    const { sha256 } = windowDigest(61);
    const known: Record<string, string> = {
      '2026f': 'bbea160d37ad3d1ed0f4abc9dc3994c548067f81cbf16c651f154dac135e121b',
    };
    const { version } = zoneDataEdition();
    assert.equal(
      sha256,
      known[version],
      `of ${version}; after an update write the new one here, and compare hosts by "npm run verify:windows"`,
    );
  });

  it("use today's rules for all later years", () => {
    for (const year of [2037, 2038, 2039, 2050, 2100, 2400]) {
      assert.equal(hours('Europe/Berlin', `${year}-01-15T00:00:00Z`), 1, String(year));
      assert.equal(hours('Europe/Berlin', `${year}-07-15T00:00:00Z`), 2, String(year));
    }
  });

  it('give NaN for an unknown zone', () => {
    assert.ok(Number.isNaN(offsetAt('Mars/Base', 0)));
    assert.ok(Number.isNaN(beginOfDay('2026-11-20', 'Mars/Base')));
    assert.ok(Number.isNaN(beginOfDay('2026-02-30', 'Asia/Tashkent')));
    assert.equal(localTime(0, 'Mars/Base').isValid, false);
  });
});

describe('the name of a time zone', () => {
  it('may be an old IANA name, in upper or lower case', () => {
    for (const name of ['Asia/Tashkent', 'asia/TASHKENT', 'Asia/Calcutta', 'Europe/Kiev', 'Etc/GMT-5', 'UTC'])
      assert.ok(isZone(name), name);
    for (const name of ['Asia_Tashkent', 'America/Argentina_Salta', 'Asia/', '/', 'EET', 'MSK', '+05:00', '', 'Z'])
      assert.ok(!isZone(name), name);
    for (const name of Intl.supportedValuesOf('timeZone')) assert.ok(isZone(name) || !name.includes('/'), name);
  });
});

describe('the relation between time zones and countries', () => {
  const of = (zone: string) => [...countriesOfZone(zone)].sort().join(' ');

  it('is as in the IANA data, also for old zone names', () => {
    assert.deepEqual(zonesOf('UZ'), ['Asia/Tashkent', 'Asia/Samarkand']);
    assert.deepEqual(zonesOf('SI'), ['Europe/Ljubljana', 'Europe/Belgrade'], 'its own before one it shares');
    assert.equal(zonesOf('DE')[0], 'Europe/Berlin', 'the most populous first');
    assert.deepEqual(zonesOf('XX'), []);
    const places = { 'Asia/Calcutta': 'IN', 'Europe/Kiev': 'UA', 'US/Pacific': 'US', 'Asia/Rangoon': 'CC MM' };
    for (const [zone, countries] of Object.entries(places)) assert.equal(of(zone), countries, zone);
    assert.equal(of(' asia/almaty '), 'KZ');
    assert.equal(of('Europe/Simferopol'), 'RU UA');
    assert.equal(of('Europe/Belgrade'), 'BA HR ME MK RS SI XK');
  });

  it('is empty for a zone name that is not a place', () => {
    for (const name of ['UTC', 'Etc/GMT-5', 'EET', 'CET', 'EST', 'EST5EDT', 'GMT', '+05:00', 'Mars/Base', ''])
      assert.equal(of(name), '', name);
  });

  it('includes every inhabited country', () => {
    const none = ['BV', 'HM'];
    for (let first = 65; first <= 90; first += 1)
      for (let second = 65; second <= 90; second += 1) {
        const code = String.fromCharCode(first, second);
        if (isCountryCode(code)) assert.equal(zonesOf(code).length > 0, !none.includes(code), code);
      }
    for (const [country, zones] of zoneCountries().zones)
      for (const zone of zones) assert.ok(isZone(zone) && countriesOfZone(zone).has(country), `${country} ${zone}`);
  });

  it('gives one zone when all clocks of a country agree, and otherwise none', () => {
    const sole = { UZ: 'Asia/Tashkent', KZ: 'Asia/Almaty', DE: 'Europe/Berlin', SI: 'Europe/Ljubljana', MN: null };
    for (const [country, zone] of Object.entries(sole)) assert.equal(soleZoneOf(country), zone, country);
    for (const country of ['RU', 'US', 'CA', 'XX']) assert.equal(soleZoneOf(country), null, country);
    assert.equal(soleZoneOf('XK'), 'Europe/Belgrade');
  });
});
