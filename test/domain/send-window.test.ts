import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
  type ContactPolicy,
  CountriesFile,
  mskWarnings,
  nextPermitted,
  policyFor,
  zoneFor,
} from '../../src/domain/time/send-window.ts';

const DOCUMENTED = {
  UZ: {
    zone: 'Asia/Tashkent',
    msk: '+2',
    languages: ['uz', 'ru'],
    contact: {
      windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'], from: '09:00', to: '20:00' }],
      holidays: ['2026-12-08'],
    },
  },
  KZ: {
    zone: 'Asia/Almaty',
    msk: '+2',
    languages: ['kk', 'ru'],
    contact: { slots: ['2026-12-02T09:00', '2026-12-03T09:00'] },
  },
  default: { contact: { windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '10:00', to: '18:00' }] } },
};
const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const policyOf = (contact: object): ContactPolicy => CountriesFile.parse({ default: { contact } }).default.contact;
const daily = (from: string, to: string, more: object = {}) =>
  policyOf({ windows: [{ days: EVERY_DAY, from, to }], ...more });
/** Both times in the local time of the zone; null when no permitted time is left. */
function next(policy: ContactPolicy, zone: string, local: string): string | null {
  const from = DateTime.fromISO(local, { zone, setZone: true });
  const result = nextPermitted({ policy, zone, from: from.toJSDate() });
  return result && DateTime.fromJSDate(result.at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}

describe('a send window', () => {
  const uz = policyFor(CountriesFile.parse(DOCUMENTED), 'UZ');
  const tashkent = (local: string) => next(uz, 'Asia/Tashkent', local);

  test('allows a letter from its opening until its last ten minutes', () => {
    assert.equal(tashkent('2026-12-02T09:00:00'), '2026-12-02T09:00:00');
    assert.equal(tashkent('2026-12-02T19:49:59'), '2026-12-02T19:49:59');
    assert.equal(tashkent('2026-12-02T08:59:59'), '2026-12-02T09:00:00');
    assert.equal(tashkent('2026-12-02T19:50:00'), '2026-12-03T09:00:00');
    assert.equal(tashkent('2026-12-02T20:00:00'), '2026-12-03T09:00:00');
  });

  test('is closed on days that are not listed and on holidays', () => {
    assert.equal(tashkent('2026-12-05T21:00:00'), '2026-12-07T09:00:00');
    assert.equal(tashkent('2026-12-07T23:00:00'), '2026-12-09T09:00:00');
  });

  test('uses the local time of the recipient, so it opens earlier in the east', () => {
    const from = new Date('2026-12-02T00:00:00Z');
    const at = (zone: string) => nextPermitted({ policy: daily('10:00', '18:00'), zone, from })?.at.toISOString();
    assert.equal(at('Asia/Tashkent'), '2026-12-02T05:00:00.000Z');
    assert.equal(at('Europe/Moscow'), '2026-12-02T07:00:00.000Z');
    assert.equal(at('Pacific/Pago_Pago'), '2026-12-02T00:00:00.000Z');
    assert.equal(at('Pacific/Kiritimati'), '2026-12-02T00:00:00.000Z');
    assert.equal(at('Asia/Kathmandu'), '2026-12-02T04:15:00.000Z');
  });

  test('over midnight belongs to its first day', () => {
    const night = policyOf({
      windows: [{ days: ['fri'], from: '22:00', to: '02:00' }],
      holidays: ['2026-12-05', '2026-12-11'],
    });
    const at = (local: string) => next(night, 'Asia/Tashkent', local);
    assert.equal(at('2026-12-05T01:49:00'), '2026-12-05T01:49:00', 'Saturday is a holiday, the window is Friday’s');
    assert.equal(at('2026-12-05T01:50:00'), '2026-12-18T22:00:00', 'Friday the 11th is a holiday, night and all');
    assert.equal(at('2026-12-04T01:00:00'), '2026-12-04T22:00:00', 'Thursday night is not Friday');
  });

  test('that touches another window is merged with that window, without a margin between them', () => {
    const touching = policyOf({
      windows: [
        { days: ['mon'], from: '20:00', to: '24:00' },
        { days: ['tue'], from: '00:00', to: '01:00' },
      ],
    });
    assert.equal(next(touching, 'Asia/Tashkent', '2026-12-07T23:55:00'), '2026-12-07T23:55:00');
    assert.equal(next(touching, 'Asia/Tashkent', '2026-12-08T00:50:00'), '2026-12-14T20:00:00');
    assert.equal(next(daily('00:00', '24:00'), 'Asia/Tashkent', '2026-12-08T23:59:59'), '2026-12-08T23:59:59');
    const apart = policyOf({
      windows: [
        { days: EVERY_DAY, from: '09:00', to: '12:00' },
        { days: EVERY_DAY, from: '12:01', to: '18:00' },
      ],
    });
    assert.equal(next(apart, 'Asia/Tashkent', '2026-12-08T11:55:00'), '2026-12-08T12:01:00');
  });

  test('can have its own margin', () => {
    assert.equal(
      next(daily('09:00', '20:00', { closeMargin: 0 }), 'Asia/Tashkent', '2026-12-02T19:59:59'),
      '2026-12-02T19:59:59',
    );
    assert.equal(
      next(daily('09:00', '20:00', { closeMargin: 60 }), 'Asia/Tashkent', '2026-12-02T19:00:00'),
      '2026-12-03T09:00:00',
    );
    assert.equal(
      next(daily('09:00', '09:10'), 'Asia/Tashkent', '2026-12-02T09:00:00'),
      null,
      'a window no longer than its margin',
    );
  });

  test('uses the local clock on a day when hours are skipped', () => {
    // 29 March 2026 in Berlin: 02:00 becomes 03:00.
    assert.equal(next(daily('02:30', '05:00'), 'Europe/Berlin', '2026-03-29T00:00:00'), '2026-03-29T03:00:00');
    assert.equal(next(daily('02:10', '02:50'), 'Europe/Berlin', '2026-03-29T00:00:00'), '2026-03-30T02:10:00');
    assert.equal(next(daily('00:00', '02:30'), 'Europe/Berlin', '2026-03-29T01:50:00'), '2026-03-30T00:00:00');
  });

  test('uses the local clock on a day when hours are repeated', () => {
    // 25 October 2026 in Berlin: 03:00 CEST becomes 02:00 CET.
    const policy = daily('02:30', '04:00');
    const at = (from: string) =>
      nextPermitted({ policy, zone: 'Europe/Berlin', from: new Date(from) })?.at.toISOString();
    assert.equal(at('2026-10-25T00:00:00Z'), '2026-10-25T00:30:00.000Z');
    assert.equal(at('2026-10-25T00:49:00Z'), '2026-10-25T00:49:00.000Z');
    assert.equal(at('2026-10-25T00:50:00Z'), '2026-10-25T01:30:00.000Z');
    assert.equal(at('2026-10-25T01:10:00Z'), '2026-10-25T01:30:00.000Z');
  });

  test('gives the reason when it delays a letter', () => {
    const reason = (local: string) => {
      const from = DateTime.fromISO(local, { zone: 'Asia/Tashkent' }).toJSDate();
      return nextPermitted({ policy: uz, zone: 'Asia/Tashkent', from })?.reason ?? '';
    };
    assert.match(reason('2026-12-02T10:00'), /^permitted immediately/);
    assert.match(reason('2026-12-02T19:55'), /last minutes/);
    assert.match(reason('2026-12-08T12:00'), /holiday/);
    assert.equal(
      reason('2026-12-02T21:00'),
      'the planned send time is Wed 2026-12-02 21:00 UTC+05:00, which is outside the send windows (Asia/Tashkent); the next permitted time is Thu 2026-12-03 09:00 UTC+05:00',
    );
  });
});

describe('a slot (a single planned sending time)', () => {
  const slots = policyOf({ slots: ['2026-12-03T09:00', '2026-12-02T09:00'] });
  const almaty = (local: string) => next(slots, 'Asia/Almaty', local);

  test('is open for one hour, without a margin', () => {
    assert.equal(almaty('2026-12-01T00:00:00'), '2026-12-02T09:00:00');
    assert.equal(almaty('2026-12-02T09:59:59'), '2026-12-02T09:59:59');
    assert.equal(almaty('2026-12-02T10:00:00'), '2026-12-03T09:00:00');
  });

  test('is never used again after its end', () => {
    assert.equal(almaty('2026-12-03T10:00:00'), null);
    assert.equal(next(policyOf({ slots: [] }), 'Asia/Almaty', '2026-12-01T00:00:00'), null);
  });

  test('stays open for the given duration, also on a holiday', () => {
    const short = policyOf({ slots: ['2026-12-02T09:00'], for: 5, holidays: ['2026-12-02'] });
    assert.equal(next(short, 'Asia/Almaty', '2026-12-02T09:04:59'), '2026-12-02T09:04:59');
    assert.equal(next(short, 'Asia/Almaty', '2026-12-02T09:05:00'), null);
  });

  test('starts when the clock jumps, if its hour is skipped; in a repeated hour it starts the first time', () => {
    assert.equal(
      next(policyOf({ slots: ['2026-03-29T02:30'] }), 'Europe/Berlin', '2026-03-28T00:00:00'),
      '2026-03-29T03:00:00',
    );
    const twice = nextPermitted({
      policy: policyOf({ slots: ['2026-10-25T02:30'] }),
      zone: 'Europe/Berlin',
      from: new Date('2026-10-24T00:00:00Z'),
    });
    assert.equal(twice?.at.toISOString(), '2026-10-25T00:30:00.000Z');
  });
});

describe('the next permitted sending time for any policy, zone and moment', () => {
  const clock = fc
    .tuple(fc.nat(23), fc.nat(59))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  const window = fc
    .record({
      days: fc.uniqueArray(fc.constantFrom(...EVERY_DAY), { minLength: 1 }),
      from: clock,
      to: fc.oneof(clock, fc.constant('24:00')),
    })
    .filter(({ from, to }) => from !== to);
  const zone = fc.constantFrom(
    'Pacific/Pago_Pago',
    'America/St_Johns',
    'Europe/Berlin',
    'Asia/Tashkent',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Pacific/Kiritimati',
  );
  const span = { min: new Date('2026-01-01T00:00:00Z'), max: new Date('2027-12-31T00:00:00Z'), noInvalidDate: true };
  const nearChange = fc
    .tuple(
      fc.constantFrom(
        '2026-03-29T01:00:00Z',
        '2026-10-25T01:00:00Z',
        '2026-04-04T15:00:00Z',
        '2026-10-03T15:30:00Z',
        '2026-03-08T05:30:00Z',
      ),
      fc.integer({ min: -200, max: 200 }),
    )
    .map(([at, minutes]) => new Date(Date.parse(at) + minutes * 60_000));
  const moment = fc.oneof(fc.date(span), nearChange);
  const policy = fc
    .record({ windows: fc.array(window, { minLength: 1, maxLength: 3 }), closeMargin: fc.nat(30) })
    .map(policyOf);

  /** The definition of a window, evaluated with another library's clock. */
  function inWindow(policy: ContactPolicy, zone: string, instant: number): boolean {
    const local = DateTime.fromMillis(instant, { zone });
    const minute = local.hour * 60 + local.minute;
    return (policy.windows ?? []).some(({ days, from, to }) => {
      const [start = 0, end = 0] = [from, to].map((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));
      const on = (day: DateTime) => days.some((name) => name === EVERY_DAY[day.weekday - 1]);
      if (start < end) return on(local) && start <= minute && minute < end;
      const civil = DateTime.utc(local.year, local.month, local.day).minus({ days: 1 });
      return (on(local) && minute >= start) || (on(civil) && minute < end);
    });
  }
  const permitted = (policy: ContactPolicy, zone: string, instant: number) => {
    for (let minute = 0; minute <= policy.closeMargin; minute += 1) {
      // The window must be open now and for more than the margin.
      if (!inWindow(policy, zone, instant + minute * 60_000)) return false;
    }
    return true;
  };

  test('is permitted, and no earlier minute is permitted', () => {
    fc.assert(
      fc.property(policy, zone, moment, (policy, zone, from) => {
        const start = Math.floor(from.getTime() / 60_000) * 60_000;
        const result = nextPermitted({ policy, zone, from: new Date(start) });
        const end = result?.at.getTime() ?? start + 2 * 86_400_000;
        if (result) assert.ok(permitted(policy, zone, end), result.reason);
        const step = Math.max(1, Math.ceil((end - start) / 60_000 / 400)) * 60_000;
        for (let at = start; at < end; at += step) assert.ok(!permitted(policy, zone, at), new Date(at).toISOString());
        if (end > start) assert.ok(!permitted(policy, zone, end - 60_000), 'the minute before');
      }),
      { numRuns: 250 },
    );
  });

  test('does not change when it is computed from itself, and is never earlier for a later moment', () => {
    fc.assert(
      fc.property(policy, zone, moment, fc.nat(10_000_000), (policy, zone, from, later) => {
        const first = nextPermitted({ policy, zone, from });
        const second = nextPermitted({ policy, zone, from: new Date(from.getTime() + later) });
        if (!first) return assert.equal(second, null);
        assert.equal(first.shifted, first.at.getTime() > from.getTime());
        assert.deepEqual(nextPermitted({ policy, zone, from: first.at })?.at, first.at);
        assert.ok(!second || second.at.getTime() >= first.at.getTime());
      }),
      { numRuns: 250 },
    );
  });
});

describe('the time zone of a recipient', () => {
  const file = CountriesFile.parse(DOCUMENTED);
  const zone = (country: string, timezone: string | null = null) => {
    const result = zoneFor(file, country, timezone);
    return result.ok ? result.zone : result.code;
  };

  test("is the zone in countries.yaml, else the country's only zone, else the student's zone if it belongs to the country", () => {
    assert.equal(zone('UZ', 'Europe/Moscow'), 'Asia/Tashkent');
    assert.equal(zone('AM'), 'Asia/Yerevan');
    assert.equal(zone('RU', 'Asia/Vladivostok'), 'Asia/Vladivostok');
    assert.equal(zone('US', 'US/Pacific'), 'US/Pacific');
    for (const elsewhere of [null, '', 'Asia/Almaty', 'UTC', 'Mars/Base'])
      assert.equal(zone('RU', elsewhere), 'country-conflict');
  });

  test("is the country's only zone when all zones of the country show the same time", () => {
    assert.equal(zone('DE'), 'Europe/Berlin');
    assert.equal(zoneFor(CountriesFile.parse({ default: DOCUMENTED.default }), 'UZ', null).ok, true);
    assert.equal(zone('MN', null), 'country-conflict');
  });

  test('is used with the default windows when countries.yaml has no entry for the country', () => {
    assert.equal(policyFor(file, 'AM').windows?.[0]?.from, '10:00');
    assert.equal(policyFor(file, 'constructor').windows?.[0]?.from, '10:00');
  });
});

describe('the file countries.yaml', () => {
  test('gives a warning when an msk time contradicts the time zone on that day', () => {
    const file = (msk: unknown) => CountriesFile.parse({ ...DOCUMENTED, KZ: { ...DOCUMENTED.KZ, msk } });
    const on = (day: string) => new Date(`${day}T12:00:00Z`);
    assert.deepEqual(mskWarnings(file('+2'), on('2026-12-02')), []);
    assert.deepEqual(mskWarnings(file(2), on('2026-12-02')), []);
    assert.match(
      mskWarnings(file('+3'), on('2026-12-02'))[0] ?? '',
      /KZ\.msk is \+3, but Asia\/Almaty is Moscow \+2 on 2026-12-02/,
    );
    assert.deepEqual(mskWarnings(file('+3'), on('2023-12-02')), [], 'it was so until March 2024');
    const nepal = CountriesFile.parse({
      ...DOCUMENTED,
      NP: { zone: 'Asia/Kathmandu', msk: '+2:45' },
      GB: { zone: 'Europe/London', msk: '-3' },
    });
    assert.deepEqual(mskWarnings(nepal, on('2026-12-02')), []);
    assert.match(mskWarnings(nepal, on('2026-07-02'))[0] ?? '', /GB\.msk is -3, but Europe\/London is Moscow -2/);
  });

  test('is refused with the path of each fault', () => {
    const window = { days: ['mon'], from: '09:00', to: '20:00' };
    const wrong: [object, string][] = [
      [{ UK: {} }, 'UK'],
      [{ KZ: { zone: 'Asia/Tashkent' } }, 'KZ.zone'],
      [{ KZ: { zone: '+05:00' } }, 'KZ.zone'],
      [{ KZ: { zone: 'Asia/Nowhere' } }, 'KZ.zone'],
      [{ KZ: { hours: 1 } }, 'KZ'],
      [{ KZ: { contact: {} } }, 'KZ.contact'],
      [{ KZ: { contact: { windows: [window], slots: [] } } }, 'KZ.contact'],
      [{ KZ: { contact: { windows: [{ ...window, days: ['monday'] }] } } }, 'KZ.contact.windows.0.days.0'],
      [{ KZ: { contact: { windows: [{ ...window, from: '9:00' }] } } }, 'KZ.contact.windows.0.from'],
      [{ KZ: { contact: { windows: [{ ...window, from: '24:00' }] } } }, 'KZ.contact.windows.0.from'],
      [{ KZ: { contact: { windows: [{ ...window, to: '25:00' }] } } }, 'KZ.contact.windows.0.to'],
      [{ KZ: { contact: { windows: [{ ...window, to: '09:00' }] } } }, 'KZ.contact.windows.0.to'],
      [{ KZ: { contact: { slots: ['2026-12-02T09:00Z'] } } }, 'KZ.contact.slots.0'],
      [{ KZ: { contact: { slots: ['2026-02-30T09:00'] } } }, 'KZ.contact.slots.0'],
      [{ KZ: { contact: { windows: [window], holidays: ['2026-02-30'] } } }, 'KZ.contact.holidays.0'],
    ];
    for (const [entries, path] of wrong) {
      const parsed = CountriesFile.safeParse({ ...entries, default: DOCUMENTED.default });
      assert.ok(!parsed.success, path);
      assert.deepEqual(
        parsed.error.issues.map((issue) => issue.path.join('.')),
        [path],
      );
    }
    assert.equal(CountriesFile.safeParse({}).success, false, 'the default entry is needed');
  });
});
