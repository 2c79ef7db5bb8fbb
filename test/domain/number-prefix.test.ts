import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { foldNumber, formatNumber } from '../../src/domain/certificate/certificate-number.ts';
import { prefixFault, printedPrefix, spreadsheetReading } from '../../src/domain/certificate/number-prefix.ts';

describe('the prefix of certificate numbers', () => {
  test('is printed exactly as the LMS writes it', () => {
    assert.equal(formatNumber('ПК/2026 №', 1), 'ПК/2026 №-000001');
    assert.equal(formatNumber('int-26-', 1), 'int-26-000001', 'no second dash');
  });

  test('is equal to another prefix that differs only in signs, spaces, case or width', () => {
    for (const same of ['пк-2026', 'ПК 2026', 'ПК/2026 №', 'ПК2026', '№ ПК/2026', 'ПК–２０２６'])
      assert.equal(foldNumber(same), foldNumber('ПК/2026'), same);
    for (const other of ['ДПО/2026', 'ПК/2025', 'ПК/2026Б']) assert.notEqual(foldNumber(other), foldNumber('ПК/2026'));
  });

  test('is refused when its letters were replaced by question marks', () => {
    for (const damaged of ['??-26', 'П?К', '??/2026', '\u00BF-26'])
      assert.match(prefixFault(damaged) ?? '', /lost letters/, damaged);
  });

  test('and the digits of a number form the search key of the number', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9_999_999 }), (written, sequence) => {
        const prefix = printedPrefix(written);
        const folded = foldNumber(formatNumber(prefix, sequence));
        assert.equal(foldNumber(folded), folded);
        assert.equal(folded, foldNumber(prefix) + String(sequence).padStart(6, '0'));
      }),
    );
  });

  test('is stored as written, in Unicode form NFC with single spaces', () => {
    assert.equal(printedPrefix(' ПК/2026\u00a0 № '), 'ПК/2026 №');
    assert.equal(printedPrefix('И\u0306-26'), 'Й-26');
    for (const fine of ['INT-26', 'ПК/2026 №', 'ДПО(2026)', '2026', '26E', 'Ⅻ-26', '教-26', 'ԵՎ/26'])
      assert.equal(prefixFault(fine), null, fine);
  });

  test('is refused with a reason when it has invisible characters, or is not plausible as a prefix', () => {
    for (const [prefix, why] of [
      ['INT\u200b-26', /invisible.*U\+200B/],
      ['INT\u202e-26', /U\+202E/],
      ['INT\u0007', /U\+0007/],
      ['IN\ufffdT', /U\+FFFD/],
      ['INT[%', /mail provider/],
      ['№', /no letter and no digit/],
      ['undefined', /missing value/],
    ] as const)
      assert.match(prefixFault(prefix) ?? '', why);
  });

  test('is reported when a spreadsheet would change it', () => {
    for (const [prefix, as] of [
      ['26E', 'a number in scientific notation'],
      ['2026', 'a number or a date'],
      ['2026/11', 'a number or a date'],
      ['SEP-26', 'a date'],
      ['26-sept', 'a date'],
      ['МАЙ 2026', 'a date'],
      ['=INT', 'a formula'],
    ] as const)
      assert.equal(spreadsheetReading(prefix), as, prefix);
    for (const prefix of ['INT-26', 'ПК/2026', 'ПК/2026 №', 'MARS-26A', 'D-2026', 'T-26E5', 'ДПО-26'])
      assert.equal(spreadsheetReading(prefix), null, prefix);
  });
});
