import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { foldNumber, formatNumber, normaliseNumber } from '../../src/domain/certificate/certificate-number.ts';

describe('certificate numbers', () => {
  test('have at least six digits after the prefix', () => {
    assert.equal(formatNumber('INT-26', 42), 'INT-26-000042');
    assert.equal(formatNumber('INT-26', 1_234_567), 'INT-26-1234567');
    for (const wrong of [0, -1, 1.5, Number.NaN]) assert.throws(() => formatNumber('INT-26', wrong), RangeError);
  });

  test('are recognised in every usual way of typing', () => {
    for (const typed of ['int-26-000042', ' INT–26—000042 ', 'INT 26 000042', 'INT - 26 - 000042', 'ＩＮＴ-26-000042'])
      assert.equal(normaliseNumber(typed), 'INT-26-000042');
  });

  test('are recognised with any kind of dash, full-width digits and surrounding spaces', () => {
    const dash = fc.constantFrom(...'-‐‑‒–—―−－﹣⁃\u00ad', ' - ', '\u00a0—\u2009', '--');
    const width = fc.boolean();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), dash, dash, width, (sequence, first, second, wide) => {
        const number = formatNumber('ИНТ-26', sequence);
        const [prefix = '', year = '', digits = ''] = number.split('-');
        const shown = wide ? digits.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))) : digits;
        assert.equal(normaliseNumber(`\n${prefix.toLowerCase()}${first}${year}${second}${shown} `), number);
      }),
    );
  });

  test('have exactly one normal form, for any prefix', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9_999_999 }), (prefix, sequence) => {
        const folded = normaliseNumber(formatNumber(prefix, sequence));
        assert.equal(normaliseNumber(folded), folded);
      }),
    );
  });
});

describe('the search key of a certificate number', () => {
  test('is the same for every way of typing the number', () => {
    const typed = [
      'INT-26-000042',
      'int-26-000042',
      '№ INT-26-000042',
      '№INT-26-000042',
      'No. INT-26-000042',
      'No INT 26 000042',
      'N° INT-26-000042',
      'Nº INT-26-000042',
      'nr. INT-26-000042',
      '# INT-26-000042',
      'Номер: INT-26-000042',
      'INT26000042',
      'INT 26 000042',
      'INT–26—000042',
      'INT‑26−000042',
      'INT/26/000042',
      'INT-26-000042.',
      '«INT-26-000042»',
      'ＩＮＴ-26-000042',
      'INТ-26-000042',
      ' INT-26-000042\u200b',
    ];
    for (const one of typed) assert.equal(foldNumber(one), 'INT26000042', one);
  });

  test('is equal for letters that look alike in other alphabets, and different for all other letters', () => {
    for (const [one, other] of [
      ['КМС-26-000042', 'KMC-26-000042'],
      ['ПК-26-000042', 'ПK-26-000042'],
      ['ИНТ№26-000042', 'ИНТ 26 000042'],
      ['ИНТ№26-000042', 'инт no. 26-000042'],
      ['№26-000042', '26-000042'],
      ['NO-26-000042', 'No. NO-26-000042'],
      ['NOVA-26-000042', 'No. nova 26 000042'],
    ] as const)
      assert.equal(foldNumber(one), foldNumber(other), `${one} and ${other}`);
    for (const [one, other] of [
      ['ПК-26-000042', 'PK-26-000042'],
      ['INT-26-000042', 'INT-26-000043'],
      ['INT-26-000042', 'INT-25-000042'],
      ['NOVA-26-000042', 'VA-26-000042'],
      ['ИНТ-26-000042', 'INT-26-000042'],
    ] as const)
      assert.notEqual(foldNumber(one), foldNumber(other), `${one} and ${other}`);
  });

  test('does not change when it is computed again, and is equal for a number and its `normaliseNumber` form', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'NnOo№#.°ºrRномер- 26KКμύΐ') }),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9_999_999 }), (prefix, sequence) => {
        const number = formatNumber(prefix, sequence);
        assert.equal(foldNumber(foldNumber(number)), foldNumber(number));
        assert.doesNotMatch(foldNumber(prefix), /[\s№#.-]/);
      }),
    );
  });
});
