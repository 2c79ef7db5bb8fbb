import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contactWarnings } from '../../src/domain/time/contact-warnings.ts';
import { CountriesFile, nextPermitted, policyFor } from '../../src/domain/time/send-window.ts';
import { MINUTE, readWallClock } from './wall-clock.ts';

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const NOW = new Date('2026-11-28T12:00:00Z');
const day = { windows: [{ days: WEEK, from: '09:00', to: '20:00' }] };
const warnings = (contact: object, zone = 'Asia/Tashkent', country = 'UZ') =>
  contactWarnings(CountriesFile.parse({ default: { contact: day }, [country]: { zone, contact } }), NOW);
const windows = (from: string, to: string, more: object = {}) => ({ windows: [{ days: WEEK, from, to }], ...more });

describe('contactWarnings (which warns about letters at bad hours)', () => {
  const night =
    /^countries\.yaml: UZ\.contact allows letters at night, such as at \w{3} \d{4}-\d\d-\d\d (\d\d:\d\d) local/;
  const nightly: [string, object, string][] = [
    ['a whole day', windows('00:00', '24:00'), '21:00'],
    ['too late', windows('09:00', '21:30'), '21:00'],
    ['too late by its last minute', windows('09:00', '21:01', { closeMargin: 0 }), '21:00'],
    ['too early', windows('07:59', '20:00'), '07:59'],
    ['over midnight', windows('23:00', '01:00'), '23:00'],
    ['one night a week', { windows: [{ days: ['wed'], from: '20:00', to: '22:00' }] }, '21:00'],
    ['a slot by night', { slots: ['2026-12-03T10:00', '2026-12-02T06:30'] }, '06:30'],
    ['a slot that stays open into the night', { slots: ['2026-12-02T20:30'] }, '21:00'],
    ['a slot two years ahead', { slots: ['2028-12-02T03:00'] }, '03:00'],
    ['a slot of tonight', { slots: ['2026-11-28T22:00'] }, '22:00'],
  ];
  for (const [name, contact, at] of nightly)
    it(`warns when a policy allows letters at night: ${name}`, () => {
      const [warning = '', ...others] = warnings(contact);
      assert.deepEqual(others, []);
      assert.equal(night.exec(warning)?.[1], at, warning);
    });

  const used: [string, object, RegExp][] = [
    ['slots in the past', { slots: ['2026-11-24T10:00', '2026-11-28T12:00'] }, /has no slot in the future: .*held/],
    ['no slots', { slots: [] }, /has no slot in the future/],
    ['windows shorter than their margin', windows('09:00', '09:10'), /no window longer than its closeMargin/],
  ];
  for (const [name, contact, expected] of used)
    it(`warns when a policy allows no letter at all: ${name}`, () =>
      assert.match(warnings(contact).join('\n'), expected));

  it('checks the default policy too', () => {
    const file = CountriesFile.parse({ default: { contact: windows('00:00', '24:00') } });
    assert.match(contactWarnings(file, NOW).join('\n'), /^countries\.yaml: default\.contact allows letters/);
  });

  it('gives no warning for daytime policies: exact to the minute, on days with a clock change, with some past slots', () => {
    assert.deepEqual(warnings(windows('08:00', '21:00', { closeMargin: 0 })), []);
    assert.deepEqual(warnings(windows('08:00', '21:10')), [], 'the margin keeps the last ten minutes free');
    assert.deepEqual(warnings({ slots: ['2026-11-24T10:00', '2026-12-02T20:00'] }), []);
    assert.deepEqual(warnings({ slots: ['2026-11-24T03:00', '2026-12-02T10:00'] }), [], 'a night that has passed');
    for (const [country, zone] of [
      ['DE', 'Europe/Berlin'],
      ['EG', 'Africa/Cairo'],
      ['AU', 'Australia/Lord_Howe'],
    ] as const)
      assert.deepEqual(warnings(windows('08:00', '21:00'), zone, country), [], zone);
  });

  it('gives a warning exactly when some letter, requested at any hour of two weeks, would be sent at night', () => {
    const clock = readWallClock('Asia/Tashkent', NOW, new Date(NOW.getTime() + 40 * 86_400_000));
    const time = fc.integer({ min: 0, max: 95 }).map((quarter) => {
      const [hours, minutes] = [Math.floor(quarter / 4), (quarter % 4) * 15];
      return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
    });
    const window = fc
      .record({ days: fc.uniqueArray(fc.constantFrom(...WEEK), { minLength: 1 }), from: time, to: time })
      .filter(({ from, to }) => from !== to);
    const contact = fc.record({
      windows: fc.array(window, { minLength: 1, maxLength: 2 }),
      closeMargin: fc.constantFrom(0, 10, 60),
    });
    fc.assert(
      fc.property(contact, (told) => {
        const policy = policyFor(CountriesFile.parse({ default: { contact: told } }), 'UZ');
        let leaves = false;
        for (let quarter = 0; quarter < 14 * 96 && !leaves; quarter += 1) {
          const from = new Date(NOW.getTime() + quarter * 15 * MINUTE);
          const at = nextPermitted({ policy, zone: 'Asia/Tashkent', from })?.at.getTime();
          const hour = at === undefined ? 12 : Math.floor(clock.wall(at / MINUTE) / 60) % 24;
          leaves = hour >= 21 || hour < 8;
        }
        assert.equal(
          warnings(told).some((line) => line.includes('at night')),
          leaves,
        );
      }),
      { numRuns: 100 },
    );
  });
});
