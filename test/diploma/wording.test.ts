import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { loadTemplates, type TemplateBundle } from '../../src/diploma/template.ts';
import { groupedCode, hoursInWords, longDate, shortAddress } from '../../src/diploma/wording.ts';
import { TEMPLATES_DIR } from './sample-facts.ts';

describe('words around facts', () => {
  let templates: TemplateBundle[];
  before(async () => {
    templates = await loadTemplates(TEMPLATES_DIR);
  });
  const definition = (id: string) => {
    const found = templates.find((one) => one.id === id);
    assert.ok(found);
    return found.definition;
  };

  it('take the plural form of the language, in the case that the sentence asks for', () => {
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

  it('write the date in the long form of the language', () => {
    const dates = ['teacher-ru', 'teacher-en', 'teacher-kk', 'teacher-uz'].map((id) =>
      longDate('2026-03-01', definition(id).date),
    );
    assert.deepEqual(dates, ['1 марта 2026 г.', '1 March 2026', '2026 жылғы 1 наурыз', '2026-yil 1-mart']);
  });

  it('group the code and shorten the address for people who type from paper', () => {
    assert.equal(groupedCode('EG5N8PYDQBWY8S1JN29G5Q0WW'), 'EG5N8-PYDQB-WY8S1-JN29G-5Q0WW');
    assert.equal(shortAddress('https://gramota.example/c/EG5N8PYDQBWY8S1JN29G5Q0WW'), 'gramota.example/c');
    assert.equal(shortAddress('http://127.0.0.1:8080/c/X'), '127.0.0.1:8080/c');
  });
});
