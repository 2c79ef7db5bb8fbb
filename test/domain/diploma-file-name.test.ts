import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldNumber, formatNumber } from '../../src/domain/certificate/certificate-number.ts';
import { diplomaFileName } from '../../src/domain/certificate/diploma-file-name.ts';
import { prefixFault, printedPrefix } from '../../src/domain/certificate/number-prefix.ts';

const named = (number: string, holderName: string, latinName: string | null = null): string =>
  diplomaFileName({ number, holderName, latinName });

/** Generates realistic prefixes and any other text. */
const prefixes = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...'ABCabcXYZ0123456789-/ .№АБВПКДОСХШЩРабв()_:'), maxLength: 12 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
  )
  .map(printedPrefix)
  .filter((prefix) => prefix.length <= 40 && prefixFault(prefix) === null);
const numbers = fc
  .tuple(prefixes, fc.integer({ min: 1, max: 9_999_999 }))
  .map(([prefix, n]) => formatNumber(prefix, n));
const names = fc.option(fc.string({ unit: 'grapheme', maxLength: 300 }));

describe('the file name of a diploma', () => {
  it('contains the Latin name and the number', () => {
    assert.equal(
      named('INT-26-000042', 'Әсел Нұрмұхамедова', 'Assel Nurmukhamedova'),
      'Diploma-Assel-Nurmukhamedova-INT-26-000042',
    );
    assert.equal(named('INT-26-000042', 'Anna-Maria O’Brien'), 'Diploma-Anna-Maria-OBrien-INT-26-000042');
    assert.equal(named('INT-26-000042', 'Oʻtkir Gʻulomov'), 'Diploma-Otkir-Gulomov-INT-26-000042');
    assert.equal(named('INT-26-000042', 'Łukasz Straße-Ñandú'), 'Diploma-Lukasz-Strasse-Nandu-INT-26-000042');
  });

  it('contains only the number when the name has no Latin form', () => {
    assert.equal(named('INT-26-000042', 'Иван Петров'), 'Diploma-INT-26-000042');
    assert.equal(named('INT-26-000042', 'Иван Петров', 'Иван Петров'), 'Diploma-INT-26-000042');
    assert.equal(named('INT-26-000042', 'John Петров'), 'Diploma-INT-26-000042');
  });

  it('differs for two numbers with the same transliteration', () => {
    const alike = ['ПК/2026-000001', 'ПК-2026-000001', 'PK-2026-000001', 'ПК/2026 №-000001', 'ДПО/2026-000001'];
    const files = alike.map((number) => named(number, 'Иван Петров').toLowerCase());
    assert.equal(new Set(files).size, alike.length, files.join(' '));
    assert.match(files[0] ?? '', /^diploma-pk-2026-000001-[a-z]{6}$/);
  });

  it('has no double dash when a long number is cut after a word', () => {
    const words = `${'абвгдежз '.repeat(5)}абвгдежз`;
    const files = Array.from({ length: 9 }, (_, more) => named(`${'x'.repeat(more)}${words}-000001`, 'Иван Петров'));
    for (const file of files) assert.match(file, /^Diploma(?:-[A-Za-z0-9]+)+$/);
  });

  it('is ASCII without slash, dot and space, of limited length, for any name and number', () => {
    fc.assert(
      fc.property(numbers, names, names, (number, holderName, latinName) => {
        const file = named(number, holderName ?? '', latinName);
        assert.match(file, /^Diploma(?:-[A-Za-z0-9]+)+$/);
        assert.ok(file.length <= 140, `${file.length}`);
        // Windows reserves CON, NUL, COM1 and the like with any extension.
        assert.doesNotMatch(`${file}.pdf`, /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
      }),
    );
  });

  it('differs for different numbers, also on file systems that ignore upper and lower case', () => {
    fc.assert(
      fc.property(numbers, numbers, names, (one, other, name) => {
        fc.pre(foldNumber(one) !== foldNumber(other));
        assert.notEqual(named(one, name ?? '').toLowerCase(), named(other, name ?? '').toLowerCase());
      }),
      { numRuns: 2000 },
    );
  });
});
