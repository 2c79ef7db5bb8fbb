import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { readYaml, schemaFaults } from '../../src/platform/yaml-file.ts';

const Shape = z.strictObject({
  name: z.string(),
  size: z.int().min(1).max(9).default(1),
  kind: z.enum(['one', 'two']).default('one'),
  version: z.literal(1).default(1),
  tags: z.array(z.string().min(2)).min(1).max(5).default(['ab']),
  day: z.iso.date().default('2026-01-01'),
  code: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('AA'),
  on: z.boolean().default(true),
  own: z.string('expected a word of your own').default('a'),
  nested: z.strictObject({ inner: z.number() }).optional(),
  choice: z.union([z.string(), z.number()]).default('a'),
});

function faultsOf(text: string): string[] {
  const yaml = readYaml('f.yaml', text);
  const read = Shape.safeParse(yaml.data);
  return read.success ? [] : schemaFaults('f.yaml', yaml, read.error);
}

describe('faults of a YAML file', () => {
  const cases: readonly [what: string, text: string, fault: string][] = [
    ['a missing key', 'size: 1', '1: name: missing: add it (text), see templates/README.md'],
    [
      'a missing key of a key',
      'name: a\nnested: {}',
      '2: nested.inner: missing: add it (a number), see templates/README.md',
    ],
    ['an unknown key', 'name: a\nnmae: b', '2: unknown "nmae": remove it or correct its spelling'],
    ['a key without a value', 'name:', '1: name: expected text, found nothing'],
    ['a number for text', 'name: 12', '1: name: expected text, found 12'],
    ['text for a number', 'name: a\nsize: big', '2: size: expected a number, found "big"'],
    ['a list for text', 'name: [a]', '1: name: expected text, found a list'],
    ['text for keys', 'name: a\nnested: x', '2: nested: expected keys with values, found "x"'],
    ['text for true or false', 'name: a\non: "yes"', '2: on: expected true or false, found "yes"'],
    ['an unknown choice', 'name: a\nkind: three', '2: kind: expected "one" or "two", found "three"'],
    ['another version', 'name: a\nversion: 2', '2: version: expected 1, found 2'],
    ['a fraction', 'name: a\nsize: 1.5', '2: size: expected a whole number, found 1.5'],
    ['too small', 'name: a\nsize: 0', '2: size: expected at least 1, found 0'],
    ['too large', 'name: a\nsize: 10', '2: size: expected at most 9, found 10'],
    ['an empty list', 'name: a\ntags: []', '2: tags: expected at least one entry'],
    ['a long text for a list', 'name: a\ntags: abcdef', '2: tags: expected a list, found "abcdef"'],
    ['a short text', 'name: a\ntags:\n  - abc\n  - b', '4: tags.1: expected at least 2 characters, found "b"'],
    ['no date', 'name: a\nday: 1.2.2026', '2: day: expected a date such as 2026-11-20, found "1.2.2026"'],
    ['another form', 'name: a\ncode: aa', '2: code: expected text of the form /^[A-Z]{2}$/, found "aa"'],
    [
      'none of several forms',
      'name: a\nchoice: []',
      '2: choice: not as expected: found a list, see templates/README.md',
    ],
    ['a fault with words of its own', 'name: a\nown: 1', '2: own: expected a word of your own'],
    ['a file that is a list', '- a', '1: expected keys with values, found a list'],
  ];
  for (const [what, text, fault] of cases) {
    it(`says what to write instead of ${what}`, () => assert.deepEqual(faultsOf(text), [`f.yaml:${fault}`]));
  }

  it('shows no more than the beginning of a long value', () => {
    const [fault] = faultsOf(`name: a\nkind: ${'x'.repeat(500)}`);
    assert.match(fault ?? '', /found "x{59}…$/);
  });
});
