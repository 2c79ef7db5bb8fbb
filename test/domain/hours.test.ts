import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hundredths, sumOfHours } from '../../src/domain/student-group/hours.ts';
import { hoursFault, releaseWarnings } from '../../src/domain/student-group/release-warnings.ts';
import { Release } from '../../src/domain/student-group/student-group.ts';
import { RELEASE } from '../pipeline/judge-samples.ts';

describe('hours of modules and releases', () => {
  it('are rounded as decimals, so that binary rounding errors disappear', () => {
    for (const [told, meant] of [
      [0.1 + 0.2, 0.3],
      [71.99999999999999, 72],
      [2.5, 2.5],
      [1.005, 1.01],
      [1.004999, 1],
      [0.125, 0.13],
      [1e-9, 0],
      [0, 0],
      [1_000_000, 1_000_000],
    ] as const)
      assert.equal(hundredths(told), meant, String(told));
  });

  it('with two decimals stay the same after adding and subtracting', () => {
    const cents = fc.integer({ min: 0, max: 100_000_00 });
    fc.assert(
      fc.property(cents, cents, (one, other) => {
        assert.equal(String(hundredths(one / 100)), String(Number((one / 100).toFixed(2))));
        assert.equal(hundredths(one / 100 + other / 100 - other / 100), one / 100);
        assert.equal(sumOfHours([one / 100, other / 100]), (one + other) / 100);
      }),
    );
  });

  it('of a release are rounded, and refused above a million', () => {
    const told = { ...RELEASE, program: [{ title: { ru: 'Раз' }, hours: 0.1 + 0.2 }], hoursTotal: 71.99999999999999 };
    const release = Release.parse(told);
    assert.deepEqual([release.program[0]?.hours, release.hoursTotal], [0.3, 72]);
    assert.ok(!Release.safeParse({ ...RELEASE, hoursTotal: 1e21 }).success);
  });

  it('are reported when the modules do not add up to the total', () => {
    const of = (hours: number[], hoursTotal: number) =>
      hoursFault({ program: hours.map((each) => ({ title: { ru: 'Раз' }, hours: each })), hoursTotal });
    assert.equal(of([0.1, 0.2], 0.3), null);
    assert.equal(of(Array(10).fill(7.2), 72), null);
    assert.equal(of([], 72), null, 'nothing to add');
    assert.match(of([36], 1_000_000) ?? '', /hoursTotal is 1000000, but the hours of its modules add up to 36/);
    assert.match(of([36, 36], 0) ?? '', /is 0, .* add up to 72/);
  });
});

describe('warnings about a release', () => {
  it('name the fault and its place', () => {
    assert.deepEqual(releaseWarnings(RELEASE), []);
    const odd = { ...RELEASE, hoursTotal: 71, numberPrefix: '26E' };
    assert.deepEqual(
      releaseWarnings(odd).map(({ code, releaseId }) => [code, releaseId]),
      [
        ['hours-differ', RELEASE.id],
        ['prefix-ambiguous', RELEASE.id],
      ],
    );
  });
});
