import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatCode, makeCode, parseCode } from '../../src/domain/certificate/lookup-code.ts';

const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const code = fc
  .array(fc.nat(31), { minLength: 24, maxLength: 24 })
  .map((numbers) => makeCode(() => numbers.shift() ?? 0));

test('a lookup code has 24 random symbols out of 32 and a check symbol, printed in five groups of five', () => {
  const asked: number[] = [];
  const made = makeCode((max) => asked.push(max) % max);
  assert.match(made, /^[0-9A-HJKMNP-TV-Z]{25}$/);
  assert.deepEqual(new Set(asked), new Set([32]));
  assert.equal(asked.length, 24);
  assert.match(formatCode(made), /^(\w{5}-){4}\w{5}$/);
});

test('a lookup code is accepted when another implementation computed its check symbol', () => {
  assert.equal(parseCode('EG5N8-PYDQB-WY8S1-JN29G-5Q0WW'), 'EG5N8PYDQBWY8S1JN29G5Q0WW');
});

/** Cyrillic letters that look like a symbol, in the order of `LATIN`. */
const CYRILLIC = 'АВЕКМНРСТУХ';
const LATIN = 'ABEKMHPCTYX';

test('a lookup code is accepted in any case, width and dashes, with O for 0, I or L for 1, and typed on a Cyrillic keyboard', () => {
  fc.assert(
    fc.property(code, fc.infiniteStream(fc.nat(5)), (made, noise) => {
      const typed = [...formatCode(made)].map((symbol) => {
        const kind = noise.next().value;
        if (symbol === '-') return ['-', ' ', '–', '', ' — ', '\u2011'][kind];
        if (symbol === '0') return ['0', 'O', 'o', 'О', 'о', '０'][kind];
        if (symbol === '1') return ['1', 'I', 'l', 'і', 'L', '１'][kind];
        const looksLike = CYRILLIC.charAt(LATIN.indexOf(symbol)) || symbol;
        const fullWidth = String.fromCodePoint((symbol.codePointAt(0) ?? 0) + 0xfee0);
        const forms = [
          symbol,
          symbol.toLowerCase(),
          looksLike,
          looksLike.toLowerCase(),
          fullWidth,
          `\u200e${symbol}\u00ad`,
        ];
        return forms[kind];
      });
      assert.equal(parseCode(`  ${typed.join('')}\n`), made);
    }),
  );
});

test('in a lookup code every single wrong symbol is detected', () => {
  fc.assert(
    fc.property(code, (made) => {
      for (let at = 0; at < made.length; at += 1) {
        for (const other of SYMBOLS) {
          if (other === made[at]) continue;
          assert.equal(parseCode(made.slice(0, at) + other + made.slice(at + 1)), null);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('in a lookup code at most one of a hundred swaps of neighbouring symbols is not detected', () => {
  let swaps = 0;
  let missed = 0;
  for (const made of fc.sample(code, 300)) {
    for (let at = 0; at < 24; at += 1) {
      const [a = '', b = ''] = made.slice(at, at + 2);
      if (a === b) continue;
      swaps += 1;
      if (parseCode(made.slice(0, at) + b + a + made.slice(at + 2)) !== null) missed += 1;
    }
  }
  assert.ok(missed / swaps < 0.01, `${missed} of ${swaps}`);
});

test('in a lookup code a missing or doubled symbol is detected', () => {
  fc.assert(
    fc.property(code, fc.nat(24), (made, at) => {
      assert.equal(parseCode(made.slice(0, at) + made.slice(at + 1)), null);
      assert.equal(parseCode(made.slice(0, at) + made.slice(at, at + 1) + made.slice(at)), null);
    }),
  );
});

test('in a lookup code letters that look like no valid symbol are refused', () => {
  for (const letter of 'ЖЁЙЗUΩ') assert.equal(parseCode(letter.repeat(25)), null, letter);
});

test('any text that is not a lookup code is refused without an exception', () => {
  for (const text of ['', '-', 'EG5N8-PYDQB', 'U'.repeat(25), '0'.repeat(24), 'x'.repeat(1_000_000)])
    assert.equal(parseCode(text), null);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseCode(text) === null));
});
