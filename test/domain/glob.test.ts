import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { globMatches, globsIntersect } from '../../src/domain/criteria/glob.ts';

test('in a glob pattern a star matches any characters, and everything else matches only itself', () => {
  for (const [glob, text] of [
    ['rel_2026*', 'rel_2026a'],
    ['*', ''],
    ['a*b*c', 'abxbc'],
    ['a.c', 'a.c'],
    ['**', 'x'],
  ] as const)
    assert.ok(globMatches(glob, text), `${glob} ${text}`);
  for (const [glob, text] of [
    ['rel_2026*', 'rel_2025'],
    ['a.c', 'abc'],
    ['a*b', 'a'],
    ['ab*ba', 'aba'],
    ['', 'x'],
    ['A', 'a'],
  ] as const)
    assert.ok(!globMatches(glob, text), `${glob} ${text}`);
});

const sign = fc.constantFrom('a', 'b', '*');
const glob = fc.string({ unit: sign, maxLength: 7 });

test('a glob pattern matches the same strings as its regular expression', () => {
  fc.assert(
    fc.property(glob, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, text) => {
      assert.equal(globMatches(pattern, text), new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text));
    }),
    { numRuns: 3000 },
  );
});

test('two glob patterns intersect exactly when some string matches both', () => {
  const texts = [''];
  for (let from = 0, length = 1; length <= 8; length += 1) {
    const to = texts.length;
    for (const text of texts.slice(from, to)) texts.push(`${text}a`, `${text}b`);
    from = to;
  }
  const short = fc.string({ unit: sign, maxLength: 4 });
  fc.assert(
    fc.property(short, short, (a, b) => {
      assert.equal(
        globsIntersect(a, b),
        texts.some((text) => globMatches(a, text) && globMatches(b, text)),
      );
      assert.equal(globsIntersect(a, b), globsIntersect(b, a));
    }),
    { numRuns: 500 },
  );
});
