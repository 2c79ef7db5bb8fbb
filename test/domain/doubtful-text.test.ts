import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DoubtKind, doubtOf } from '../../src/domain/text/doubtful-text.ts';
import { normaliseName } from '../../src/domain/text/name.ts';
import { type Cases, GOOD_NAMES, GOOD_TITLES, NAMES, TITLES } from './doubtful-samples.ts';

function check(kind: DoubtKind, cases: Cases): void {
  for (const [sign, texts] of Object.entries(cases))
    it(`of the kind ${sign}`, () => {
      for (const [text, suggestion] of Object.entries(texts)) {
        const doubt = doubtOf(text, kind);
        assert.deepEqual({ text, sign: doubt?.sign, suggestion: doubt?.suggestion }, { text, sign, suggestion });
        assert.match(doubt?.finding ?? '', /^The (name|text) .*\.$/);
        if (text.length > 5) assert.ok(!doubt?.finding.includes(text), text);
      }
    });
}

describe('a text that is not a name is detected', () => check('name', NAMES));
describe('a text that is not a title is detected', () => check('title', TITLES));

describe('the detector of damaged names and titles finds nothing', () => {
  it('in valid names', () => {
    for (const name of GOOD_NAMES) assert.deepEqual([name, doubtOf(name, 'name')], [name, null]);
  });
  it('in valid titles', () => {
    for (const title of GOOD_TITLES) assert.deepEqual([title, doubtOf(title, 'title')], [title, null]);
  });
});

const damaged = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'РСАаиÐÑ°±²³¼½п░▒╨╤áƒ&#;%DB\\u0431{}<>[]"\'= ?+._-@'), maxLength: 60 }),
  fc.constantFrom(...GOOD_NAMES, ...GOOD_TITLES, ...Object.keys({ ...NAMES.charset, ...NAMES.escaped })),
);

describe('for any text, the detector of damaged names and titles', () => {
  it('gives only suggestions that differ from the text, are not doubtful, and are printable', () => {
    fc.assert(
      fc.property(damaged, fc.constantFrom<DoubtKind>('name', 'title'), (text, kind) => {
        const suggestion = doubtOf(text, kind)?.suggestion ?? null;
        if (suggestion === null) return;
        assert.notEqual(suggestion, text);
        assert.equal(doubtOf(suggestion, kind), null);
        if (kind === 'name') assert.deepEqual(normaliseName(suggestion), { ok: true, name: suggestion });
      }),
      { numRuns: 3000 },
    );
  });

  it('examines only the beginning of a very long text, so that the cost is limited', () => {
    for (const piece of [
      'РђРЅ',
      '<b',
      '&#1',
      '%D0',
      '\\u04',
      '{{',
      '"',
      "'",
      'a.',
      'a_',
      'Ð˜',
      '? ',
      '- ',
      '1. ',
      'нет ',
      'аA',
      '[',
      '(',
      '«',
      ' ',
      'Æ',
      'ა',
      'م',
      'ʻ',
      '\u0301',
      'ж\u0301',
      ' ,',
    ]) {
      const long = `${piece.repeat(990 / piece.length)}\u0000${piece.repeat(50_000)}`;
      for (const kind of ['name', 'title'] as const)
        assert.equal(doubtOf(long, kind)?.sign, doubtOf(long.slice(0, 1000), kind)?.sign, piece);
    }
  });
});
