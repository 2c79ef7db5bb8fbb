import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { it } from 'node:test';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import { shapeLine } from '../../src/diploma/type/shaped-line.ts';

it('a prepared template keeps the shaped lines of texts that diplomas share, and none of personal texts', async () => {
  const bundle = (await loadTemplates(resolve('templates'))).find(({ id }) => id === 'teacher-ru');
  assert.ok(bundle !== undefined);
  const template = new PreparedTemplate(bundle);
  const chain = template.chain(template.style('name').face);
  const lineOf = (text: string, shared: boolean) => template.fit(text, 'name', 600, shared)?.lines[0];
  assert.equal(lineOf('Педагог', true), shapeLine('Педагог', chain), 'the same object');
  assert.notEqual(lineOf('Айгүл Серікова', false), shapeLine('Айгүл Серікова', chain), 'another object');
  const line = lineOf('Айгүл Серікова', false);
  assert.equal(lineOf('Айгүл Серікова', false), line, 'other places of the same name');
  lineOf('Мария Иванова', false);
  assert.notEqual(lineOf('Айгүл Серікова', false), line, 'forgotten with the next name');
});
