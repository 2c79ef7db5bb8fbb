import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import { groupedCode, hoursInWords, printedDate, shortAddress } from '../../src/diploma/template/wording.ts';
import { oneOfEachLanguage, TEMPLATES_DIR } from './sample-facts.ts';

describe('texts of a diploma template', () => {
  let templates: TemplateBundle[];
  before(async () => {
    templates = await loadTemplates(TEMPLATES_DIR);
  });
  const definition = (id: string) => {
    const found = templates.find((one) => one.id === id);
    assert.ok(found);
    return found.definition;
  };

  it('have the plural form of their language, in the grammatical case of the sentence', () => {
    const russian = [1, 2, 5, 11, 21, 72, 101, 1.5].map((hours) => hoursInWords(hours, definition('teacher-ru')));
    assert.deepEqual(russian, [
      '1 часа',
      '2 часов',
      '5 часов',
      '11 часов',
      '21 часа',
      '72 часов',
      '101 часа',
      '1,5 часа',
    ]);
    const english = [1, 2, 1.5].map((hours) => hoursInWords(hours, definition('teacher-en')));
    assert.deepEqual(english, ['1 hour', '2 hours', '1.5 hours']);
    assert.equal(hoursInWords(1, definition('teacher-kk')), '1 сағат');
    assert.equal(hoursInWords(36, definition('teacher-uz')), '36 soat');
  });

  it('have the long date form of their language', () => {
    const dates = oneOfEachLanguage(templates).map(
      ({ language, id }) => `${language}: ${printedDate('2026-11-20', definition(id))}`,
    );
    assert.deepEqual(dates, [
      'az: 20 noyabr 2026-cı il',
      'en: 20 November 2026',
      'hy: 20 նոյեմբերի 2026 թ.',
      'ka: 2026 წლის 20 ნოემბერი',
      'kk: 2026 жылғы 20 қараша',
      'ky: 2026-жылдын 20-ноябры',
      'ru: 20 ноября 2026 г.',
      'tg: 20 ноябри соли 2026',
      'uz: 2026-yil 20-noyabr',
    ]);
    assert.equal(printedDate('2026-03-01', definition('teacher-ru')), '1 марта 2026 г.');
  });

  it('have the ordinal ending of a year where their language needs one', () => {
    const years = ['2024', '2025', '2026', '2027', '2029', '2030', '2040', '2100'].map((year) =>
      printedDate(`${year}-05-01`, definition('teacher-az')).split(' ').at(-2),
    );
    assert.deepEqual(years, ['2024-cü', '2025-ci', '2026-cı', '2027-ci', '2029-cu', '2030-cu', '2040-cı', '2100-cü']);
  });

  it('have one form when the language has no known plural rules, on every host', () => {
    assert.equal(hoursInWords(1, definition('teacher-tg')), '1 соат');
    assert.equal(hoursInWords(1.5, definition('teacher-tg')), '1,5 соат');
  });

  it('show the code in groups and a short address, so that people can type them from paper', () => {
    assert.equal(groupedCode('EG5N8PYDQBWY8S1JN29G5Q0WW'), 'EG5N8-PYDQB-WY8S1-JN29G-5Q0WW');
    assert.equal(shortAddress('https://gramota.example/c/EG5N8PYDQBWY8S1JN29G5Q0WW'), 'gramota.example/c');
    assert.equal(shortAddress('http://127.0.0.1:8080/c/X'), '127.0.0.1:8080/c');
  });
});
