import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { formatNumber, normaliseNumber, surnameMatches } from '../../src/domain/certificate-number.ts';
import { searchWords } from '../../src/domain/search-words.ts';

describe('certificate numbers', () => {
  test('have at least six digits after the prefix', () => {
    assert.equal(formatNumber('INT-26', 42), 'INT-26-000042');
    assert.equal(formatNumber('INT-26', 1_234_567), 'INT-26-1234567');
    for (const wrong of [0, -1, 1.5, Number.NaN]) assert.throws(() => formatNumber('INT-26', wrong), RangeError);
  });

  test('are read however they are typed', () => {
    for (const typed of ['int-26-000042', ' INT–26—000042 ', 'INT 26 000042', 'INT - 26 - 000042', 'ＩＮＴ-26-000042'])
      assert.equal(normaliseNumber(typed), 'INT-26-000042');
  });

  test('are read with any kind of dash, full-width digits and spaces around', () => {
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

  test('are one form, whatever the prefix', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9_999_999 }), (prefix, sequence) => {
        const folded = normaliseNumber(formatNumber(prefix, sequence));
        assert.equal(normaliseNumber(folded), folded);
      }),
    );
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
