import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gradeInWords } from '../../src/diploma/template/grades.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { bundleFromRow, bundleToRow, type TemplateBundle } from '../../src/diploma/template/template.ts';
import { InputError } from '../../src/domain/failure.ts';
import { TEMPLATES_DIR } from './sample-facts.ts';

describe('grades.yaml', () => {
  let root: string;
  let shipped: TemplateBundle[];
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'gramota-grades-'));
    shipped = await loadTemplates(TEMPLATES_DIR);
  });
  after(() => rm(root, { recursive: true, force: true }));

  /** The Russian and the Georgian template with a different grade table; null: without one. */
  async function withTable(name: string, table: string | null): Promise<TemplateBundle[]> {
    const dir = join(root, name);
    for (const shared of ['family', 'words'])
      await cp(join(TEMPLATES_DIR, shared), join(dir, shared), { recursive: true });
    for (const id of ['teacher-ru', 'teacher-ka'])
      await cp(join(TEMPLATES_DIR, 'certificate', id), join(dir, 'certificate', id), { recursive: true });
    await symlink(resolve(TEMPLATES_DIR, 'fonts'), join(dir, 'fonts'));
    if (table !== null) await writeFile(join(dir, 'grades.yaml'), table);
    return loadTemplates(dir);
  }
  const faultsOf = async (name: string, table: string): Promise<string[]> => {
    const error: unknown = await withTable(name, table).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof InputError, String(error));
    return error.faults;
  };

  it('has a distinct word for each usual grade, in the language of every template', () => {
    assert.equal(shipped.length, 27);
    for (const { id, language, grades } of shipped) {
      const words = ['excellent', 'good', 'satisfactory', 'passed'].map((grade) => gradeInWords(grade, grades));
      assert.equal(new Set(words).size, 4, `${id}: ${words.join(', ')}`);
      for (const word of words) assert.ok(word, id);
      if (language !== 'en') assert.ok(!words.some((word) => word !== null && /good|excel|passed/.test(word)), id);
    }
  });

  it('recognises a grade of the LMS in upper or lower case, and in any of the languages', () => {
    const kazakh = shipped.find(({ language }) => language === 'kk')?.grades ?? {};
    for (const told of ['excellent', 'EXCELLENT', ' excellent\n', 'отлично', 'Отлично', 'ფრიადი', 'өте жақсы'])
      assert.equal(gradeInWords(told, kazakh), 'өте жақсы', told);
  });

  it('recognises a grade with any kind of apostrophe', () => {
    const russian = shipped.find(({ language }) => language === 'ru')?.grades ?? {};
    for (const told of ["a'lo", 'aʼlo', 'Aʻlo', 'a‘lo', 'A’lo', 'a`lo'])
      assert.equal(gradeInWords(told, russian), 'отлично', told);
  });

  it('accepts marks like 5, 87.5% or A, which are written the same in every language, and refuses others', () => {
    for (const mark of ['5', '5+', '4−', '87.5', '87,5', '87.5%', '100 %', '9/10', '9.5 / 10', 'A', 'a', 'B+', 'Ә'])
      assert.equal(gradeInWords(mark, {}), mark);
    for (const word of ['very good', 'AB', 'null', '', '-1', '1e3', '12345', 'A\u202e', '5\n5', '[%1%]', 'constructor'])
      assert.equal(gradeInWords(word, {}), null, JSON.stringify(word));
  });

  it('may also give a word for a mark like 5', async () => {
    const [, russian] = await withTable('marks', 'version: 1\ngrades: { 5: { ru: пять, ka: ხუთი } }');
    assert.deepEqual(
      ['5', '4'].map((mark) => gradeInWords(mark, russian?.grades ?? {})),
      ['пять', '4'],
    );
  });

  it('gives no translation when one word has two meanings', async () => {
    const table = 'version: 1\ngrades:\n  high: { ru: высоко, ka: კარგი }\n  fair: { ru: средне, ka: კარგი }\n';
    const [, russian] = await withTable('double', table);
    assert.equal(gradeInWords('კარგი', russian?.grades ?? {}), null);
    assert.equal(gradeInWords('fair', russian?.grades ?? {}), 'средне');
  });

  it('is part of the template hash that is stored with a certificate, and can be restored from the database', async () => {
    const [plain] = (await withTable('none', null)).filter(({ id }) => id === 'teacher-ru');
    const [withGrades] = (await withTable('own', await readFile(join(TEMPLATES_DIR, 'grades.yaml'), 'utf8'))).filter(
      ({ id }) => id === 'teacher-ru',
    );
    assert.ok(plain && withGrades);
    assert.notEqual(plain.hash, withGrades.hash);
    assert.deepEqual(plain.grades, {});
    const bytes = new Map([...withGrades.faces, ...withGrades.files].map((one) => [one.sha256, one.bytes]));
    const row = JSON.parse(JSON.stringify(bundleToRow(withGrades)));
    assert.deepEqual(bundleFromRow(row, (sha256) => bytes.get(sha256) ?? Buffer.alloc(0)).grades, withGrades.grades);
  });

  it('is refused when a language is missing, a word cannot be printed, or the file is invalid', async () => {
    assert.deepEqual(await faultsOf('gap', 'version: 1\ngrades:\n  good: { ru: хорошо }\n'), [
      'grades.yaml:3: grades.good: no word in "ka", the language of a template: add the word',
    ]);
    const [glyph] = await faultsOf('glyph', 'version: 1\ngrades:\n  good:\n    ru: 良\n    ka: კარგი\n');
    assert.match(glyph ?? '', /^grades\.yaml:4: grades\.good\.ru: no font has a glyph for U\+826F/);
    assert.match(
      (await faultsOf('shape', 'version: 1\ngrades: { good: хорошо }'))[0] ?? '',
      /^grades\.yaml:2: grades\.good/,
    );
    assert.match((await faultsOf('blank', 'version: 1\ngrades: { good: { ru: "", ka: კარგი } }'))[0] ?? '', /good\.ru/);
  });
});
