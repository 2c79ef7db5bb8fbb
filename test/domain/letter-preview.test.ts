import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { languagesOf, previewLetter } from '../../src/domain/letter/letter-preview.ts';
import type { LetterTemplate } from '../../src/domain/letter/letter-text.ts';

const template = (word: string): LetterTemplate => ({
  subject: `${word} {{courseTitle}}`,
  html: `<html lang="x"><p>{{name}}</p><a href="{{lookupUrl}}">{{code}} {{number}} {{signatory}} {{issuer}} {{issuerUrl}}</a>`,
  text: '{{name}}, {{lookupUrl}}',
});
const source = {
  letters: new Map([['diploma', new Map(['uz', 'en', 'kk', 'de'].map((tag) => [tag, template(tag)]))]]),
  issuer: { name: { en: 'School' }, url: 'https://school.example' },
};
const wanted = {
  letter: 'diploma',
  language: null as string | null,
  extreme: false,
  publicUrl: 'https://verify.example/',
  instructions: ['[%', '%]'] as readonly string[],
};
const shown = (change: Partial<typeof wanted> = {}) => {
  const result = previewLetter(source, { ...wanted, ...change });
  return result.ok ? result.preview : assert.fail(result.detail);
};

describe('the preview of a letter', () => {
  it("has every placeholder filled with sample data, marked as a sample, in the letter's language", () => {
    const { subject, html, text, language } = shown();
    assert.equal(language, 'en');
    for (const part of [subject, html, text]) assert.ok(/sample/i.test(part) && !part.includes('{{'), part);
    assert.match(html, /https:\/\/verify\.example\/c\/SAMPLE0+/);
    assert.match(shown({ language: 'kk' }).text, /\(үлгі\)/);
    assert.match(shown({ language: 'uz' }).text, /\(namuna\)/);
    assert.match(shown({ language: 'de' }).text, /\(sample\)/, 'a language without own samples gets the English ones');
  });

  it('escapes the extreme sample in the same way as a real letter', () => {
    const { subject, html, text } = shown({ extreme: true });
    assert.ok(html.includes('O&#39;Namunayeva') && !html.includes('<b>'), html);
    assert.ok(!/\[%|%\]/.test(subject + html + text));
    assert.match(subject, /\[ % 7\*7 % \]/);
  });

  it('lists the existing letters when the requested letter does not exist', () => {
    const missing = previewLetter(source, { ...wanted, letter: 'nope' });
    assert.deepEqual(missing, { ok: false, detail: 'There is no such letter; known letters: diploma.' });
    const language = previewLetter(source, { ...wanted, language: 'fr' });
    assert.equal(
      language.ok ? '' : language.detail,
      'There is no letter diploma in that language; its languages: de, en, kk, uz.',
    );
    assert.deepEqual([languagesOf(source, 'diploma'), languagesOf(source, 'x')], [['de', 'en', 'kk', 'uz'], []]);
  });
});
