import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keptTexts } from '../../src/lookup/kept-texts.ts';
import { FORMATS } from '../../src/lookup/page-formats.ts';

describe('texts that many pages show', () => {
  it('are made once, and made anew when too many are kept', () => {
    const made: number[] = [];
    const text = keptTexts((n: number) => {
      made.push(n);
      return `no. ${n}`;
    }, 2);
    assert.deepEqual([1, 2, 1, 2, 3, 1].map(text), ['no. 1', 'no. 2', 'no. 1', 'no. 2', 'no. 3', 'no. 1']);
    assert.deepEqual(made, [1, 2, 3, 1]);
  });

  it('are those of their language and value', () => {
    for (let round = 0; round < 2; round += 1) {
      assert.equal(FORMATS.en.longDate('2026-11-20'), '20 November 2026');
      assert.equal(FORMATS.ru.longDate('2026-11-20'), '20 ноября 2026 г.');
      assert.equal(FORMATS.en.longMinute(Date.UTC(2026, 10, 30, 1, 30) / 60_000), '30 November 2026 at 01:30');
      assert.equal(FORMATS.en.numeral(7.5), '7.5');
      assert.equal(FORMATS.ru.numeral(7.5), '7,5');
    }
  });
});
