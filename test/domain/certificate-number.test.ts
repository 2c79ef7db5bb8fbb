import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { formatNumber, normaliseNumber, surnameMatches } from '../../src/domain/certificate-number.ts';
import { prefixFault, printedPrefix, spreadsheetReading } from '../../src/domain/number-prefix.ts';
import { searchWords } from '../../src/domain/search-words.ts';

describe('certificate numbers', () => {
  test('have at least six digits after the prefix', () => {
    assert.equal(formatNumber('INT-26', 42), 'INT-26-000042');
    assert.equal(formatNumber('INT-26', 1_234_567), 'INT-26-1234567');
    for (const wrong of [0, -1, 1.5, Number.NaN]) assert.throws(() => formatNumber('INT-26', wrong), RangeError);
  });

  test('are printed as the LMS writes their prefix', () => {
    assert.equal(formatNumber('ПК/2026 №', 1), 'ПК/2026 №-000001');
    assert.equal(formatNumber('int-26-', 1), 'int-26-000001', 'no second dash');
  });

  test('are found however they are typed', () => {
    const typed = ['int-26-000042', ' INT–26—000042 ', 'INT 26 000042', 'INT26000042', 'ＩＮＴ-26-000042'];
    for (const each of [...typed, '№ INT-26-000042', 'No. INT-26-000042', '№INT-26-000042', 'N° INT-26-000042'])
      assert.equal(normaliseNumber(each), normaliseNumber(formatNumber('INT-26', 42)), each);
    for (const each of ['ПК/2026№000001', 'пк/2026 № 000001', 'ПК-2026-№-000001', 'ПК 2026 000001'])
      assert.equal(normaliseNumber(each), normaliseNumber(formatNumber('ПК/2026 №', 1)), each);
  });

  test('are found with any kind of dash, full-width digits and spaces around', () => {
    const dash = fc.constantFrom(...'-‐‑‒–—―−－﹣⁃\u00ad', ' - ', '\u00a0—\u2009', '--', '');
    const width = fc.boolean();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), dash, dash, width, (sequence, first, second, wide) => {
        const number = formatNumber('ИНТ-26', sequence);
        const [prefix = '', year = '', digits = ''] = number.split('-');
        const shown = wide ? digits.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))) : digits;
        const typed = `\n${prefix.toLowerCase()}${first}${year}${second}${shown} `;
        assert.equal(normaliseNumber(typed), normaliseNumber(number));
      }),
    );
  });

  test('have one folded form, which ends with the sequence and of which the prefix alone decides the rest', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9_999_999 }), (written, sequence) => {
        const prefix = printedPrefix(written);
        const folded = normaliseNumber(formatNumber(prefix, sequence));
        assert.equal(normaliseNumber(folded), folded);
        assert.equal(folded, normaliseNumber(prefix) + String(sequence).padStart(6, '0'));
      }),
    );
  });
});

describe('a prefix of numbers', () => {
  test('is kept as it is written, in one form of its letters and with single spaces', () => {
    assert.equal(printedPrefix(' ПК/2026\u00a0 № '), 'ПК/2026 №');
    assert.equal(printedPrefix('И\u0306-26'), 'Й-26');
    for (const fine of ['INT-26', 'ПК/2026 №', 'ДПО(2026)', '2026', '26E', 'Ⅻ-26', '教-26', 'ԵՎ/26'])
      assert.equal(prefixFault(fine), null, fine);
  });

  test('is refused where people would not see what a machine reads, and told why', () => {
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

  test('that a spreadsheet takes for something else is known', () => {
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

describe('the surname asked for with a number', () => {
  const matches = (surname: string, fullName: string, latinName: string | null = null) =>
    assert.ok(surnameMatches(surname, fullName, latinName), `${surname} in ${fullName}`);
  const differs = (surname: string, fullName: string, latinName: string | null = null) =>
    assert.ok(!surnameMatches(surname, fullName, latinName), `${surname} in ${fullName}`);

  test('is any word of either form, in any case and width', () => {
    matches('нұрмұхамедова', 'Әсел Нұрмұхамедова');
    matches('NURMUKHAMEDOVA', 'Әсел Нұрмұхамедова', 'Assel Nurmukhamedova');
    matches('Assel', 'Әсел Нұрмұхамедова', 'Assel Nurmukhamedova');
    matches('Ｓｍｉｔｈ', 'John Smith');
    matches('STRASSE', 'Eva Straße');
    matches('yildiz', 'Ayşe YILDIZ');
    matches('İNCİ', 'inci Kaya');
    differs('Nurmukhamedov', 'Әсел Нұрмұхамедова', 'Assel Nurmukhamedova');
  });

  test('has any apostrophe or none', () => {
    for (const sign of ["'", '`', '´', '‘', '’', '‛', 'ʻ', 'ʼ', 'ʹ', '′', '＇', ''])
      for (const other of ["'", 'ʻ', '’', '']) matches(`To${sign}rayev`, `Alisher To${other}rayev`);
    matches("O'Brien", 'Conan O’Brien');
  });

  test('may be a hyphenated whole or one of its parts, or several neighbouring words', () => {
    for (const surname of [
      'Müller-Lüdenscheidt',
      'müller',
      'Lüdenscheidt',
      'Müller – Lüdenscheidt',
      'MÜLLER‑LÜDENSCHEIDT',
    ])
      matches(surname, 'Anna Müller-Lüdenscheidt');
    matches('de la Cruz', 'Juan de  la Cruz');
    differs('de Cruz', 'Juan de la Cruz');
    differs('Müll', 'Anna Müller-Lüdenscheidt');
  });

  test('is never empty, and no pattern', () => {
    for (const empty of ['', ' ', '-', "'", '.*', '%', '_']) differs(empty, 'Anna - Müller');
  });

  test('is found for every word of every name', () => {
    const word = fc.string({ unit: fc.constantFrom(...'абвгдеёжәғқңөұabcxyzşçğıöüЩЁİẞ'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        for (const one of words) {
          matches(one, words.join(' '));
          matches(one.toLowerCase(), words.join('  '));
          matches(one, 'Someone Else', words.join('-'));
        }
      }),
    );
  });
});

describe('words by which a person is found', () => {
  it('are those that a neighbour’s keyboard can type', () => {
    const typed: [string, string][] = [
      ['Әйгерім Сәрсенбаева', 'айгерим сарсенбаева'],
      ['Ғұлом Ўринов-Қодиров', 'гулом уринов кодиров'],
      ['Гүлнұр Өмірбекқызы', 'гулнур омирбеккызы'],
      ['Oʻgʻiloy Əliyeva Ayşe Yıldız', 'ogiloy eliyeva ayse yildiz'],
    ];
    for (const [name, words] of typed) assert.deepEqual(searchWords(name), searchWords(words), name);
  });
});
