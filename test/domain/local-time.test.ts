import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { IDENTITY_FIELD_MAP } from '../../src/adapters/lms/field-map.ts';
import { mapRelease, mapStudentGroup } from '../../src/adapters/lms/mapping.ts';
import { endOfValidity, startOfDay, validityOf } from '../../src/domain/certificate/validity.ts';
import { mayIssueAutomatically } from '../../src/domain/criteria/criteria.ts';
import { beginOfDay, localTime } from '../../src/domain/time/local-time.ts';
import { dueInstant, planSending } from '../../src/domain/time/send-plan.ts';
import { CountriesFile } from '../../src/domain/time/send-window.ts';
import { sampleGroup, sampleRelease } from '../adapters/lms/samples.ts';
import { ALL_ZONES, MINUTE, readWallClock } from './wall-clock.ts';

const DATE = '2026-11-20';
const SECOND_MS = 1000;
/** Zones from UTC−11 to UTC+14, including half and quarter hours, and the time when the date starts there. */
const BEGINS: [zone: string, begins: string][] = [
  ['Pacific/Niue', '2026-11-20T11:00:00Z'],
  ['America/St_Johns', '2026-11-20T03:30:00Z'],
  ['UTC', '2026-11-20T00:00:00Z'],
  ['Europe/Moscow', '2026-11-19T21:00:00Z'],
  ['Asia/Almaty', '2026-11-19T19:00:00Z'],
  ['Asia/Kathmandu', '2026-11-19T18:15:00Z'],
  ['Pacific/Chatham', '2026-11-19T10:15:00Z'],
  ['Pacific/Kiritimati', '2026-11-19T10:00:00Z'],
];
const around = (instant: string) =>
  [-SECOND_MS, 0].map((ms) => new Date(Date.parse(instant) + ms)) as [before: Date, at: Date];

describe('a date in the time zone of a release', () => {
  for (const [zone, begins] of BEGINS) {
    it(`starts in ${zone} at ${begins}: for letters, completions and credentials`, () => {
      const [before, at] = around(begins);
      assert.equal(startOfDay(DATE, zone).slice(0, 10), DATE, 'the date can be read in it');
      assert.equal(Date.parse(startOfDay(DATE, zone)), at.getTime());

      assert.deepEqual(dueInstant(DATE, zone, before), at);
      assert.deepEqual(dueInstant(DATE, zone, at), at);
      const late = new Date('2026-12-24T12:00:00Z');
      assert.deepEqual(dueInstant(DATE, zone, late), late, 'a date that has passed delays nothing');

      const may = (completedAt: string | null, endsOn: string | null = null) =>
        mayIssueAutomatically({ issue: 'automatic', automatic: { since: DATE, perHour: 1 } }, completedAt, {
          ...{ endsOn, timezone: zone },
        });
      assert.deepEqual([may(before.toISOString()), may(at.toISOString())], [false, true]);
      const written = at.toISOString().replace('Z', '+00:00');
      assert.equal(may(written, '2026-01-01'), true, 'completion comes before the end of the release');
      assert.deepEqual([may(null, '2026-11-19'), may(null, DATE)], [false, true]);
    });

    it(`ends in ${zone} a day later: valid through its last second, expired in the next`, () => {
      const until = endOfValidity('2025-11-19', 'P1Y', zone);
      assert.equal(until?.slice(0, 10), '2026-11-19');
      const [last, after] = around(begins);
      assert.equal(Date.parse(until ?? ''), last.getTime());
      const worth = (now: Date) => validityOf({ erased: false, revoked: false, expiresAt: last }, now);
      assert.deepEqual(
        [worth(last), worth(new Date(after.getTime() - 1)), worth(after)],
        ['valid', 'valid', 'expired'],
      );
    });
  }

  it('starts when clocks first show it, when midnight occurs twice or is skipped', () => {
    const begins = (date: string, zone: string) =>
      localTime(beginOfDay(date, zone), zone).toISO({ suppressMilliseconds: true });
    assert.equal(begins('2026-11-01', 'America/Havana'), '2026-11-01T00:00:00-04:00');
    assert.equal(begins('2026-10-25', 'Atlantic/Azores'), '2026-10-25T00:00:00Z');
    assert.equal(begins('2026-04-24', 'Africa/Cairo'), '2026-04-24T01:00:00+03:00');
    assert.equal(begins('2026-09-06', 'America/Santiago'), '2026-09-06T01:00:00-03:00');
  });

  it('starts with the first millisecond of that day, in any zone on any day', () => {
    const days = fc.integer({ min: Date.UTC(2024, 0, 1) / 86_400_000, max: Date.UTC(2030, 0, 1) / 86_400_000 });
    fc.assert(
      fc.property(fc.constantFrom(...ALL_ZONES), days, (zone, day) => {
        const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
        const begin = beginOfDay(date, zone) / MINUTE;
        const around = [-3, 3].map((days) => new Date((day + days) * 86_400_000)) as [Date, Date];
        const { wall } = readWallClock(zone, ...around);
        const shown = (minute: number) => new Date(wall(minute) * MINUTE).toISOString().slice(0, 10);
        assert.equal(shown(begin), date);
        assert.ok(shown(begin - 1) < date);
      }),
      { numRuns: 300 },
    );
  });

  it('delays a letter until the date starts, and then until the send window of the recipient opens', () => {
    const windows = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '10:00', to: '18:00' }];
    const countries = CountriesFile.parse({ default: { contact: { windows } } });
    const leaves = (releaseZone: string) => {
      const from = dueInstant(DATE, releaseZone, new Date('2026-11-19T06:00:00Z'));
      const plan = planSending(countries, { country: 'UZ', timezone: null, from });
      return plan.ok && plan.at.toISOString();
    };
    // 10:00 to 18:00 in Tashkent is 05:00 to 13:00 UTC.
    assert.equal(
      leaves('Pacific/Kiritimati'),
      '2026-11-19T10:00:00.000Z',
      'on the 19th by the calendar of the recipient',
    );
    assert.equal(leaves('Europe/Moscow'), '2026-11-20T05:00:00.000Z');
    assert.equal(leaves('Pacific/Niue'), '2026-11-20T11:00:00.000Z');
  });
});

describe('an expiry date a month or a year later', () => {
  const cases: [from: string, duration: string, through: string][] = [
    ['2026-01-31', 'P1M', '2026-02-28'],
    ['2028-01-31', 'P1M', '2028-02-29'],
    ['2026-03-31', 'P1M', '2026-04-30'],
    ['2026-12-31', 'P2M', '2027-02-28'],
    ['2027-02-28', 'P1Y', '2028-02-28'],
    ['2028-02-29', 'P1Y', '2029-02-28'],
    ['2028-02-29', 'P4Y', '2032-02-29'],
    ['2028-02-29', 'P1Y1M', '2029-03-29'],
    ['2028-02-28', 'P1D', '2028-02-29'],
    ['2027-12-31', 'P1W', '2028-01-07'],
  ];
  for (const [from, duration, through] of cases)
    it(`from ${from} for ${duration} is ${through} in every zone`, () => {
      const found = BEGINS.map(([zone]) => endOfValidity(from, duration, zone)?.slice(0, 19));
      assert.deepEqual(
        found,
        BEGINS.map(() => `${through}T23:59:59`),
      );
    });
});

describe('times from the LMS', () => {
  const release = (changes: object) => mapRelease({ ...sampleRelease(), ...changes }, IDENTITY_FIELD_MAP);
  const group = (changes: object) => mapStudentGroup({ ...sampleGroup(), ...changes }, IDENTITY_FIELD_MAP);
  /** Compares only the expected form in the message; another test checks the found form. */
  const faultOf = (mapped: ReturnType<typeof release> | ReturnType<typeof group>) =>
    mapped.ok ? 'none' : mapped.detail.replace(/; found .*/, '');

  it('are accepted when they exist in the calendar', () => {
    const dates = { issueDate: '2028-02-29', startsOn: '2000-02-29', endsOn: '9999-12-31' };
    for (const timezone of ['Pacific/Kiritimati', 'Etc/GMT+12', 'UTC', 'America/Argentina/Buenos_Aires'])
      assert.equal(faultOf(release({ ...dates, timezone })), 'none', timezone);
    for (const completedAt of ['2028-02-29T23:59:59.123456789+14:00', '2026-11-20T09:15:00-00:00', null])
      assert.equal(faultOf(group({ completedAt, updatedAt: completedAt ?? '9999-12-31T23:59:59Z' })), 'none');
  });

  for (const date of [
    '2026-02-30',
    '2027-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-11-00',
    '20.11.2026',
    `${DATE}T00:00:00Z`,
    '',
  ])
    it(`are refused when a date does not exist: ${JSON.stringify(date)}`, () => {
      // A blank optional date counts as absent.
      for (const field of date === '' ? ['issueDate'] : ['issueDate', 'startsOn', 'endsOn'])
        assert.equal(faultOf(release({ [field]: date })), `/${field}: expected a date as YYYY-MM-DD`);
    });

  for (const issueDate of ['0000-01-01', '0226-11-20', '1899-12-31', '2200-01-01', '9999-12-31'])
    it(`are refused when the issue date is impossible, as in ${issueDate}, a typing mistake`, () =>
      assert.equal(faultOf(release({ issueDate })), '/issueDate: expected a date from 1900 to 2199'));

  for (const timezone of ['MSK', '+03:00', 'UTC+3', 'Europe/Moskow', 'local', ''])
    it(`are refused with the zone "${timezone}", which is not an IANA zone`, () =>
      assert.match(faultOf(release({ timezone })), /^\/timezone: expected an IANA time zone such as Europe\/Moscow$/));

  const instants = [
    '2026-02-30T10:00:00Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T10:00:00',
    '2026-11-20 10:00:00Z',
    '2026-11-20',
  ];
  for (const instant of instants)
    it(`are refused without a UTC offset or with a wrong form: "${instant}"`, () => {
      const expected = 'expected a time as RFC 3339 with a zone, such as 2026-11-20T09:15:00Z';
      for (const field of ['updatedAt', 'completedAt'])
        assert.equal(faultOf(group({ [field]: instant })), `/${field}: ${expected}`);
      const consents = [{ kind: 'personal-data', givenAt: instant }];
      assert.equal(faultOf(group({ consents })), `/consents/0/givenAt: ${expected}`);
    });

  for (const instant of [
    '0000-12-31T10:00:00Z',
    '2026-11-20T10:00:00+15:00',
    '2026-11-20T10:00:00-23:59',
    '2026-11-20T10:00:00.1234567890Z',
  ])
    it(`are refused when PostgreSQL cannot store them: ${instant}`, () =>
      assert.match(faultOf(group({ updatedAt: instant })), /^\/updatedAt: expected a time after year 0/));
});
