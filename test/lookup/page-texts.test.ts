import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillSentence } from '../../src/lookup/page-parts.ts';
import { PAGE_LANGUAGES, PAGE_TEXTS } from '../../src/lookup/texts/page-texts.ts';

/** All page texts by their path, for example `check.same.title`. */
function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([name, inner]) =>
    texts(inner, path === '' ? name : `${path}.${name}`),
  );
}

/** The languages have different plural forms, so these texts may differ in their keys. */
const asked = (path: string): boolean => !path.startsWith('hoursForms.');
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe('the texts of the public pages', () => {
  it('exist in every language with the same placeholders, and no text is empty', () => {
    const told = (language: (typeof PAGE_LANGUAGES)[number]) =>
      texts({ ...PAGE_TEXTS[language], reviewed: [] }, '')
        .filter(([path]) => asked(path))
        .map(([path, text]) => {
          assert.notEqual(text.trim(), '', `${language}: ${path}`);
          return `${path}: ${placeholders(text)}`;
        })
        .sort();
    for (const language of PAGE_LANGUAGES) assert.deepEqual(told(language), told('en'), language);
  });
});

describe('every language of the public pages', () => {
  it('has its own dates, numbers and plural forms in Node', () => {
    for (const language of PAGE_LANGUAGES) {
      assert.deepEqual(Intl.DateTimeFormat.supportedLocalesOf([language]), [language]);
      assert.deepEqual(Intl.NumberFormat.supportedLocalesOf([language]), [language]);
      // A language without rules has one form for all numbers.
      const isPlural = Object.keys(PAGE_TEXTS[language].hoursForms).length > 1;
      if (isPlural) assert.deepEqual(Intl.PluralRules.supportedLocalesOf([language]), [language]);
    }
  });
});

describe('a page text with values', () => {
  it('contains the values unchanged, and has only one full stop after a date that ends with one', () => {
    assert.equal(fillSentence('Отозван {date}. Он', { date: '21 ноября 2026 г.' }), 'Отозван 21 ноября 2026 г. Он');
    assert.equal(fillSentence('Revoked on {date}.', { date: '21 November 2026' }), 'Revoked on 21 November 2026.');
    assert.equal(fillSentence('{a}: {b}', { a: "$& $1 {b} $'", b: 7 }), "$& $1 {b} $': 7");
    assert.equal(fillSentence('{none}!', {}), '!');
  });
});
