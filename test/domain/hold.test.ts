import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dueInstant } from '../../src/domain/time/send-plan.ts';
import { CountriesFile, holdFor } from '../../src/domain/time/send-window.ts';

const DEFAULT = { default: { contact: { windows: [{ days: ['mon'], from: '09:00', to: '18:00' }] } } };

describe('the hold period of a country', () => {
  it('keeps a first letter back from when its diploma was drawn; other countries wait for nothing', () => {
    const file = CountriesFile.parse({ ...DEFAULT, KZ: { hold: 'P3D' } });
    assert.equal(holdFor(file, 'KZ'), 3 * 86_400_000);
    assert.deepEqual([holdFor(file, 'UZ'), holdFor(file, 'toString')], [0, 0]);
    const drawn = new Date('2026-11-20T09:00:00Z');
    const due = (issueDate: string) => dueInstant(issueDate, 'UTC', drawn, holdFor(file, 'KZ')).toISOString();
    assert.equal(due('2026-11-20'), '2026-11-23T09:00:00.000Z');
    assert.equal(due('2026-12-01'), '2026-12-01T00:00:00.000Z', 'an issue date that is later still holds');
  });

  it('is refused where it is no duration, or longer than 90 days', () => {
    for (const hold of ['3 days', 'P0D', 'P1Y', '-P3D'])
      assert.match(
        CountriesFile.safeParse({ ...DEFAULT, KZ: { hold } }).error?.issues[0]?.message ?? '',
        /at most 90 days/,
        hold,
      );
  });
});
