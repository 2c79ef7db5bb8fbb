import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type ContactPolicy,
  CountriesFile,
  mskWarnings,
  nextPermitted,
  zoneFor,
} from '../../src/domain/time/send-window.ts';
import { countriesOfZone, offsetAt, zonesOf } from '../../src/domain/time/zone.ts';
import { walkSlots, walkWindows } from './minute-walker.ts';
import { ALL_ZONES, MINUTE, readWallClock, type WallClock } from './wall-clock.ts';

const DAY = 1440;
const YEAR = { from: Date.UTC(2026, 0, 1) / MINUTE, to: Date.UTC(2027, 0, 1) / MINUTE };
/** Number of days that the minute walker searches; later times are not found. */
const WALK = 16 * DAY;
const clocks = ALL_ZONES.map((zone) =>
  readWallClock(zone, new Date(Date.UTC(2025, 11, 1)), new Date(Date.UTC(2027, 2, 1))),
);
const policyOf = (contact: object): ContactPolicy => CountriesFile.parse({ default: { contact } }).default.contact;

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const show = (minute: number) => {
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60];
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
};
const civil = (wall: number) => new Date(wall * MINUTE).toISOString();

/** Windows and margins of every kind; `near` moves their edges close to one time of the day, such as a clock change. */
function policies(near: number | null, holidays: fc.Arbitrary<string>): fc.Arbitrary<ContactPolicy> {
  const anywhere = fc.integer({ min: 0, max: DAY - 1 });
  const around = near === null ? anywhere : fc.integer({ min: -150, max: 150 }).map((by) => (near + by + DAY) % DAY);
  const edge = fc.oneof(around, anywhere, fc.constantFrom(0, 9 * 60, 22 * 60));
  const end = fc.oneof(edge, fc.constant(DAY));
  const days = fc.oneof(fc.constant(WEEK), fc.uniqueArray(fc.constantFrom(...WEEK), { minLength: 1 }));
  const window = fc.record({ days, from: edge, to: end }).filter(({ from, to }) => from !== to);
  // The second window starts where the first one ends, also over midnight.
  const touching = fc
    .tuple(window, fc.integer({ min: 1, max: 600 }))
    .map(([first, length]) => [first, { days: WEEK, from: first.to % DAY, to: (first.to + length) % DAY }])
    .filter((both) => both.every(({ from, to }) => from !== to));
  const several = fc.oneof(fc.array(window, { minLength: 1, maxLength: 3 }), touching);
  return fc
    .record({
      windows: several,
      closeMargin: fc.oneof(fc.constantFrom(0, 10, 60), fc.nat(240)),
      holidays: fc.array(holidays, { maxLength: 3 }),
    })
    .map(({ windows, ...rest }) =>
      policyOf({ windows: windows.map(({ days, from, to }) => ({ days, from: show(from), to: show(to) })), ...rest }),
    );
}

/** The product's result must equal the result of the minute walker: permitted, with no earlier permitted minute. */
function agrees(policy: ContactPolicy, clock: WallClock, minute: number, milliseconds: number, walk = WALK): void {
  const from = new Date(minute * MINUTE + milliseconds);
  const planned = nextPermitted({ policy, zone: clock.zone, from });
  const found = policy.slots ? walkSlots(policy, clock, minute) : walkWindows(policy, clock, minute, minute + walk);
  const told = `${clock.zone} from ${from.toISOString()}: ${planned?.reason ?? 'nothing'}`;
  if (found === null) {
    const isBeyond = planned === null || planned.at.getTime() >= (minute + walk) * MINUTE;
    assert.ok(policy.slots ? planned === null : isBeyond, `${told}; the walker found nothing`);
    return;
  }
  const expected = found === minute ? from : new Date(found * MINUTE);
  assert.equal(planned?.at.toISOString(), expected.toISOString(), told);
  assert.equal(planned.shifted, found !== minute, told);
}

describe('the next permitted sending time equals the result of testing every minute', () => {
  test(`in every one of ${ALL_ZONES.length} time zones, at any time of a year`, () => {
    for (const clock of clocks) {
      const moment = fc.integer({ min: YEAR.from, max: YEAR.to - 1 });
      const input = moment.chain((minute) =>
        fc.record({
          minute: fc.constant(minute),
          milliseconds: fc.oneof(fc.constant(0), fc.nat(MINUTE - 1)),
          policy: policies(
            null,
            fc.nat(9).map((day) => civil(clock.wall(minute) + (day - 1) * DAY).slice(0, 10)),
          ),
        }),
      );
      fc.assert(
        fc.property(input, ({ policy, minute, milliseconds }) => agrees(policy, clock, minute, milliseconds)),
        { numRuns: 4 },
      );
    }
  });

  test('around every clock change of every time zone, with send windows that start or end near it', () => {
    let changes = 0;
    for (const clock of clocks) {
      for (const { at, before, after } of clock.changes) {
        changes += 1;
        const wall = at + Math.max(before, after);
        const input = fc.record({
          minute: fc.oneof(
            fc.integer({ min: at - 240, max: at + 240 }),
            fc.integer({ min: at - 2 * DAY, max: at + DAY }),
            fc.constantFrom(at - 1, at, at + 1),
          ),
          milliseconds: fc.constantFrom(0, 0, 1, MINUTE - 1),
          policy: policies(
            wall % DAY,
            fc.integer({ min: -1, max: 1 }).map((day) => civil(wall + day * DAY).slice(0, 10)),
          ),
        });
        fc.assert(
          fc.property(input, ({ policy, minute, milliseconds }) => agrees(policy, clock, minute, milliseconds)),
          { numRuns: 8 },
        );
      }
    }
    assert.ok(changes > 200, `only ${changes} changes were found`);
  });

  test('for slots in hours that are skipped, repeated, or normal', () => {
    for (const clock of clocks) {
      const changes = clock.changes.length > 0 ? clock.changes : [{ at: YEAR.from + 100 * DAY, before: 0, after: 0 }];
      const input = fc.constantFrom(...changes).chain(({ at, before, after }) => {
        const around = fc.integer({ min: -150, max: 150 });
        const slot = fc
          .tuple(fc.constantFrom(before, after), fc.oneof(around, fc.integer({ min: -3 * DAY, max: 3 * DAY })))
          .map(([offset, by]) => civil(at + offset + by).slice(0, 16));
        return fc.record({
          minute: fc.oneof(around, fc.integer({ min: -4 * DAY, max: 4 * DAY })).map((by) => at + by),
          milliseconds: fc.constantFrom(0, 1, MINUTE - 1),
          policy: fc
            .record({
              slots: fc.array(slot, { maxLength: 4 }),
              for: fc.oneof(fc.constant(60), fc.integer({ min: 1, max: 1440 })),
            })
            .map(policyOf),
        });
      });
      fc.assert(
        fc.property(input, ({ policy, minute, milliseconds }) => agrees(policy, clock, minute, milliseconds)),
        { numRuns: 4 },
      );
    }
  });

  test('when windows are about as long as their margin: the first day with a long enough window, or none', () => {
    const first = YEAR.from;
    for (const zone of [
      'Europe/Berlin',
      'Africa/Cairo',
      'America/Havana',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'Asia/Almaty',
    ]) {
      const clock = readWallClock(zone, new Date(first * MINUTE), new Date((first + 430 * DAY) * MINUTE));
      const hour = fc.integer({ min: 0, max: 22 });
      fc.assert(
        fc.property(
          hour,
          fc.integer({ min: 1, max: 59 }),
          fc.integer({ min: -1, max: 61 }),
          (from, minutes, longer) => {
            const window = { days: WEEK, from: show(from * 60), to: show(from * 60 + 60 + minutes) };
            const policy = policyOf({ windows: [window], closeMargin: Math.max(0, 60 + minutes + longer) });
            agrees(policy, clock, first, 0, 399 * DAY);
          },
        ),
        { numRuns: 8 },
      );
    }
  });

  test('on the day that Samoa skipped', () => {
    const [from, to] = [new Date('2011-12-01T00:00Z'), new Date('2012-02-01T00:00Z')];
    const apia = readWallClock('Pacific/Apia', from, to);
    const [change] = apia.changes;
    assert.deepEqual(change, { at: Date.UTC(2011, 11, 30, 10) / MINUTE, before: -600, after: 840 });
    const around = fc.integer({ min: -3 * DAY, max: 3 * DAY }).map((by) => Date.UTC(2011, 11, 30, 10) / MINUTE + by);
    fc.assert(
      fc.property(around, policies(0, fc.constantFrom('2011-12-29', '2011-12-30', '2011-12-31')), (minute, policy) =>
        agrees(policy, apia, minute, 0),
      ),
    );
    const friday = policyOf({ slots: ['2011-12-30T09:00'] });
    assert.equal(
      nextPermitted({ policy: friday, zone: 'Pacific/Apia', from })?.at.toISOString(),
      '2011-12-30T10:00:00.000Z',
      'as the clock jumps to Saturday',
    );
  });
});

describe('the time zone of Kazakhstan, which changed on 1 March 2024', () => {
  const zones = zonesOf('KZ');
  const policy = policyOf({ windows: [{ days: WEEK, from: '09:00', to: '18:00' }] });
  const opens = (zone: string, day: string) =>
    nextPermitted({ policy, zone, from: new Date(`${day}T00:00:00Z`) })
      ?.at.toISOString()
      .slice(11, 16);

  test('has 09:00 in Almaty at 03:00 UTC before the change and at 04:00 UTC after it', () => {
    for (const zone of ['Asia/Almaty', 'Asia/Qostanay']) {
      assert.equal(opens(zone, '2024-02-29'), '03:00', zone);
      assert.equal(opens(zone, '2024-03-01'), '04:00', zone);
      assert.equal(opens(zone, '2026-12-02'), '04:00', zone);
    }
    assert.deepEqual(zones.map((zone) => opens(zone, '2024-02-29')).sort(), [
      '03:00',
      '03:00',
      '04:00',
      '04:00',
      '04:00',
      '04:00',
      '04:00',
    ]);
    assert.deepEqual([...new Set(zones.map((zone) => opens(zone, '2024-03-01')))], ['04:00']);
  });

  test('is correct during the night of the change, for all send windows', () => {
    for (const zone of zones) {
      const clock = readWallClock(zone, new Date('2024-02-01'), new Date('2024-04-15'));
      assert.equal(clock.changes.length, ['Asia/Almaty', 'Asia/Qostanay'].includes(zone) ? 1 : 0, zone);
      const change = Date.UTC(2024, 1, 29, 18) / MINUTE;
      const moment = fc.integer({ min: change - 2 * DAY, max: change + 2 * DAY });
      fc.assert(
        fc.property(moment, policies(0, fc.constantFrom('2024-02-29', '2024-03-01')), (minute, policy) =>
          agrees(policy, clock, minute, 0),
        ),
        { numRuns: 30 },
      );
    }
  });

  test('causes a warning about msk times on the side of the change where they are wrong', () => {
    const contact = { windows: [{ days: WEEK, from: '09:00', to: '18:00' }] };
    const warnings = (zone: string | undefined, msk: string, at: string) =>
      mskWarnings(CountriesFile.parse({ default: { contact }, KZ: { ...(zone && { zone }), msk } }), new Date(at))
        .length;
    const [before, since] = ['2024-02-29T17:59:00Z', '2024-02-29T18:00:00Z'];
    for (const zone of ['Asia/Almaty', 'Asia/Qostanay', undefined]) {
      assert.deepEqual([warnings(zone, '+3', before), warnings(zone, '+3', since)], [0, 1], zone);
      assert.deepEqual([warnings(zone, '+2', before), warnings(zone, '+2', since)], [1, 0], zone);
    }
    for (const zone of zones.filter((name) => !['Asia/Almaty', 'Asia/Qostanay'].includes(name))) {
      assert.deepEqual([warnings(zone, '+2', before), warnings(zone, '+2', since)], [0, 0], zone);
    }
  });

  test('is the only one of the country since then, so countries.yaml needs no zone for it', () => {
    const file = CountriesFile.parse({ default: { contact: { slots: [] } } });
    assert.deepEqual(zoneFor(file, 'KZ', null), { ok: true, zone: 'Asia/Almaty' });
  });
});

describe('the clock of a time zone', () => {
  test('is computed from the pinned zone data in every zone, before and after each change', () => {
    for (const clock of clocks) {
      const moments = [YEAR.from, ...clock.changes.flatMap(({ at }) => [at - 1, at])];
      for (const minute of moments) {
        assert.equal(offsetAt(clock.zone, minute * MINUTE) / MINUTE, clock.wall(minute) - minute, clock.zone);
      }
    }
  });

  test('can be shared by several countries; a msk time can have minutes', () => {
    assert.ok(countriesOfZone('Asia/Calcutta').has('IN'));
    const file = CountriesFile.parse({ default: { contact: { slots: [] } }, NP: { msk: '+3' } });
    const [warning = ''] = mskWarnings(file, new Date('2026-12-02T00:00:00Z'));
    const told = /Moscow (\S+) on/.exec(warning)?.[1];
    assert.equal(told, '+2:45');
    const mended = CountriesFile.parse({ default: { contact: { slots: [] } }, NP: { msk: told } });
    assert.deepEqual(mskWarnings(mended, new Date('2026-12-02T00:00:00Z')), []);
  });
});
