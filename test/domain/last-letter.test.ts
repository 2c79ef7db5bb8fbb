import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forecastLastLetter, type LettersDue, lastLetterInWords } from '../../src/domain/time/last-letter.ts';
import { CountriesFile, nextPermitted, policyFor } from '../../src/domain/time/send-window.ts';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'];
const FILE = CountriesFile.parse({
  UZ: { zone: 'Asia/Tashkent', contact: { windows: [{ days: [...WEEKDAYS, 'sat'], from: '09:00', to: '20:00' }] } },
  KZ: { zone: 'Asia/Almaty', contact: { slots: ['2026-12-02T09:00', '2026-12-03T09:00'] } },
  MN: { zone: 'Asia/Ulaanbaatar', contact: { windows: [{ days: ['mon'], from: '10:00', to: '10:30' }] } },
  default: { contact: { windows: [{ days: WEEKDAYS, from: '10:00', to: '18:00' }] } },
});
/** A Sunday. */
const NOW = new Date('2026-11-29T01:00:00Z');
const letters = (country: string, zone: string, count: number, due: Date | null = null): LettersDue => ({
  country,
  zone,
  due,
  count,
});
const forecast = (all: LettersDue[], ahead = 0, perSecond = 1) =>
  forecastLastLetter({ policies: FILE, letters: all, ahead, perSecond, now: NOW });

const ZONES = { UZ: 'Asia/Tashkent', KZ: 'Asia/Almaty', MN: 'Asia/Ulaanbaatar', GE: 'Asia/Tbilisi' } as const;
const Group = fc
  .record({
    country: fc.constantFrom(...(Object.keys(ZONES) as (keyof typeof ZONES)[])),
    count: fc.integer({ min: 1, max: 3000 }),
    days: fc.option(fc.nat(20), { nil: null }),
  })
  .map(({ country, count, days }) =>
    letters(country, ZONES[country], count, days === null ? null : new Date(NOW.getTime() + days * 86_400_000)),
  );
const Groups = fc.array(Group, { minLength: 1, maxLength: 6 });

describe('the forecast of the last letter', () => {
  it("is the opening of the window for few letters, and names the recipients' clock and city in each language", () => {
    const { last } = forecast([letters('UZ', ZONES.UZ, 5), letters('MN', ZONES.MN, 1)], 0, 100);
    assert.ok(last);
    assert.equal(last.at.toISOString(), '2026-11-30T04:00:00.060Z');
    assert.deepEqual(lastLetterInWords({ country: 'MN', zone: ZONES.MN, at: new Date('2026-11-30T02:00:00Z') }, NOW), {
      en: 'until Mon 10:00, Ulaanbaatar',
      ru: 'до пн 10:00, Улан-Батор',
    });
  });

  it('gives the date too when the weekday alone is ambiguous', () => {
    const last = { at: new Date('2026-12-07T02:00:00.001Z'), country: 'MN', zone: ZONES.MN };
    assert.deepEqual(lastLetterInWords(last, NOW), {
      en: 'until Mon 7 Dec 10:01, Ulaanbaatar',
      ru: 'до пн 7 дек. 10:01, Улан-Батор',
    });
  });

  it('moves to the next window when the limit leaves too few seconds in the first', () => {
    // Mondays from 10:00 to 10:20 (10 minutes before the end nothing leaves): 1200 letters at one a second.
    const at = (count: number) => forecast([letters('MN', ZONES.MN, count)]).last?.at.toISOString();
    assert.equal(at(1199), '2026-11-30T02:19:59.000Z');
    assert.equal(at(1200), '2026-12-07T02:00:00.000Z');
  });

  it('counts letters for which no permitted time is left, and leaves them out', () => {
    const late = new Date('2026-12-10T00:00:00Z');
    assert.deepEqual(forecast([letters('KZ', ZONES.KZ, 7, late)]), { last: null, never: 7 });
  });

  it('is in a permitted time of its country, and not earlier than the first permitted time', () => {
    fc.assert(
      fc.property(Groups, fc.nat(5000), fc.integer({ min: 1, max: 75 }), (all, ahead, perSecond) => {
        const { last, never } = forecast(all, ahead, perSecond);
        if (last === null)
          return assert.equal(
            never,
            all.reduce((sum, { count }) => sum + count, 0),
          );
        const place = { policy: policyFor(FILE, last.country), zone: last.zone };
        assert.equal(nextPermitted({ ...place, from: last.at })?.shifted, false);
        for (const { country, zone, due } of all) {
          const first = nextPermitted({ policy: policyFor(FILE, country), zone, from: due ?? NOW });
          // Of a country whose permitted times are used up nothing leaves.
          if (first && never === 0) assert.ok(last.at >= first.at, `${country} opens ${first.at.toISOString()}`);
        }
      }),
    );
  });

  it('is never earlier with more letters, more letters ahead, or a lower limit', () => {
    const later = (one: ReturnType<typeof forecast>, other: ReturnType<typeof forecast>) =>
      // Letters that do not fit any more are told instead.
      other.never > one.never || (other.last?.at ?? 0) >= (one.last?.at ?? 0);
    fc.assert(
      fc.property(Groups, fc.nat(3), fc.nat(2000), fc.nat(2000), (all, index, more, ahead) => {
        const one = forecast(all, ahead, 5);
        const grown = all.map((group, n) =>
          n === index % all.length ? { ...group, count: group.count + more } : group,
        );
        assert.ok(later(one, forecast(grown, ahead, 5)), 'more letters');
        assert.ok(later(one, forecast(all, ahead + more, 5)), 'more ahead');
        assert.ok(later(one, forecast(all, ahead, 2)), 'a lower limit');
      }),
    );
  });
});
