import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { instructionFault, normaliseName, normaliseTitle } from '../../src/domain/text/name.ts';

function detailOf(raw: string): string {
  const result = normaliseName(raw);
  assert.ok(!result.ok, `accepted ${JSON.stringify(raw)}`);
  assert.equal(result.code, 'name-unprintable');
  return result.detail;
}

describe('the name of a person', () => {
  test('is stored in Unicode form NFC with single spaces', () => {
    assert.deepEqual(normaliseName('  Әсел \t Нұрмұхамедова\n'), { ok: true, name: 'Әсел Нұрмұхамедова' });
    assert.deepEqual(normaliseName('Jose\u0301\u00A0Nu\u0303ez\u3000'), { ok: true, name: 'José Nũez' });
  });

  test('in any script keeps its spelling', () => {
    for (const name of [
      "O'Brien",
      'Gʻofur',
      'ნინო',
      'Ծովինար',
      'محمد',
      'דוד',
      '山田太郎',
      '葛\u{E0100}城',
      'Nguyễn',
      'Ян-Казимир',
      'มานี',
      '김철수',
      '𐌰𐌱',
    ])
      assert.deepEqual(normaliseName(name), { ok: true, name });
  });

  test('may have the combining marks that its spelling needs, but not many more', () => {
    for (const name of ['Ме\u0301рген', 'שִׁמְעוֹן', 'ក្រុម', 'བསྒྲུབས']) assert.equal(normaliseName(name).ok, true, name);
    assert.match(detailOf(`A${'\u0301\u0302'.repeat(5)}nna`), /too many marks/);
  });

  test('may contain zero-width joiners where its script needs them, and nowhere else', () => {
    for (const name of ['علی\u200Cرضا', 'क्\u200Dषमा', 'ශ්\u200Dරී'])
      assert.deepEqual(normaliseName(name), { ok: true, name });
    assert.match(detailOf('An\u200Dna'), /U\+200D/);
    assert.match(detailOf('علی\u200C'), /U\+200C/);
    assert.match(detailOf('علی\u200C\u200Cرضا'), /U\+200C/);
  });

  test('is refused when it contains a directional control character; the message gives the code point', () => {
    const controls = [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f, 0x061c];
    for (const code of controls) {
      const detail = detailOf(`Anna${String.fromCodePoint(code)}Ivanova`);
      assert.match(detail, /change the direction of text/);
      assert.ok(detail.includes(`U+${code.toString(16).toUpperCase().padStart(4, '0')}`));
    }
  });

  test('is refused when it contains invisible or damaged characters', () => {
    for (const code of [
      0, 7, 0x1b, 0x7f, 0x9b, 0xad, 0x200b, 0x2060, 0xfeff, 0x034f, 0x115f, 0x3164, 0x2800, 0xe0041, 0xe000, 0xffff,
      0xfe0f,
    ])
      assert.match(detailOf(`An${String.fromCodePoint(code)}na`), /invisible or control/);
    for (const damaged of ['An\uD800na', 'Anna\uDC00', 'An\uFFFDna']) assert.match(detailOf(damaged), /damaged/);
  });

  test('is refused when it contains marks that the mail provider would execute', () => {
    const faultOf = (raw: string) => instructionFault(raw, 'name', ['[%', '%]']) ?? '';
    for (const raw of ['Anna [% name %]', '[%', 'a[%b']) assert.match(faultOf(raw), /U\+005B U\+0025, which the mail/);
    for (const raw of ['Anna %]', 'Anna [50 %] B']) assert.match(faultOf(raw), /U\+0025 U\+005D, which the mail/);
    assert.equal(faultOf('Anna [B] 5%'), '');
    assert.equal(instructionFault('Anna [%', 'name', ['{{']), null, 'another provider executes other marks');
  });

  test('is refused when it has no visible character', () => {
    for (const raw of ['', '  ', '\u3000\n', '-', '123', '…']) detailOf(raw);
  });

  test('never appears in the message about it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('Щ', 'Ж', 'Q', 'X'), minLength: 3 }), (word) => {
        for (const bad of ['\u202E', '\u0000', '\uD800']) assert.ok(!detailOf(`${word}${bad}`).includes(word));
      }),
    );
  });

  test('does not change when it is normalised again, and is clean afterwards, for any input', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (raw) => {
        const result = normaliseName(raw);
        if (!result.ok) return;
        assert.deepEqual(normaliseName(result.name), result);
        assert.doesNotMatch(result.name, /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]|^\s|\s$|\s\s/u);
        assert.equal(result.name, result.name.normalize('NFC'));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a title that a coordinator enters', () => {
  test('is normalised like a name, but may have no letters', () => {
    assert.deepEqual(normaliseTitle('  1984 \t – 2026 '), { ok: true, name: '1984 – 2026' });
    for (const raw of ['', ' ', 'a \ufffd', 'a\u200bb', 'a\u202eb', '\u0000'])
      assert.ok(!normaliseTitle(raw).ok, JSON.stringify(raw));
  });
});
