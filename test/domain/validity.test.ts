import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endOfValidity, startOfDay } from '../../src/domain/certificate/validity.ts';

describe('the validity of a certificate', () => {
  it('starts with the issue date, in the time zone of the release', () => {
    assert.equal(startOfDay('2026-11-20', 'Europe/Moscow'), '2026-11-20T00:00:00+03:00');
    assert.equal(startOfDay('2026-11-20', 'UTC'), '2026-11-20T00:00:00Z');
    assert.equal(startOfDay('2026-11-20', 'Pacific/Kiritimati'), '2026-11-20T00:00:00+14:00');
  });

  it('never ends when the programme has no duration', () =>
    assert.equal(endOfValidity('2026-11-20', null, 'UTC'), null));

  const cases: [string, string, string, string][] = [
    ['2026-11-20', 'P2Y', 'Europe/Moscow', '2028-11-20T23:59:59+03:00'],
    ['2024-02-29', 'P1Y', 'UTC', '2025-02-28T23:59:59Z'],
    ['2026-01-31', 'P1M', 'UTC', '2026-02-28T23:59:59Z'],
    // The UTC offset is that of the last day, not of the first day.
    ['2026-07-01', 'P6M', 'Europe/Chisinau', '2027-01-01T23:59:59+02:00'],
    ['2026-11-20', 'P90D', 'Asia/Almaty', '2027-02-18T23:59:59+05:00'],
  ];
  for (const [from, duration, zone, expected] of cases)
    it(`${from} for ${duration} in ${zone} lasts through ${expected}`, () =>
      assert.equal(endOfValidity(from, duration, zone), expected));
});
