import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import { bundleOf, type TemplateBundle } from '../../src/diploma/template/template.ts';
import { letterGlyphs } from '../../src/diploma/type/letter-glyphs.ts';
import { shapeLine } from '../../src/diploma/type/shaped-line.ts';
import { SCRIPTS } from '../verify/names.ts';
import { factsFor, TEMPLATES_DIR } from './sample-facts.ts';

describe('letters of joined scripts', () => {
  let bundle: TemplateBundle;
  before(async () => {
    const found = (await loadTemplates(TEMPLATES_DIR)).find(({ id }) => id === 'teacher-en');
    assert.ok(found);
    bundle = found;
  });

  it('stand on one glyph each, in visual order, and take the same room as the shaped run', () => {
    const chain = new PreparedTemplate(bundle).chain('display');
    for (const { names, rtl, id } of SCRIPTS.filter(({ copied }) => copied !== 'words')) {
      for (const { native } of names) {
        const line = shapeLine(native, chain);
        if (line.actualText === 'none') continue;
        const glyphs = line.runs.map((run) => letterGlyphs(run));
        const letters = glyphs.flat().map(({ text }) => text);
        const logical = (rtl ? letters.reverse() : letters).join('');
        assert.equal(logical, native.normalize('NFC'), id);
        for (const [index, run] of line.runs.entries()) {
          const last = glyphs[index]?.at(-1);
          const width = run.glyphs.reduce((sum, { advance }) => sum + advance, 0);
          assert.ok(last !== undefined && Math.abs(last.x + last.width - width) < 60, `${native}: the end of the run`);
        }
      }
    }
  });

  it('are drawn as before by a template of format 2, whose certificates hold it', async () => {
    const former = bundleOf({ ...bundle, definition: { ...bundle.definition, format: 2 } });
    const drawn = async (one: TemplateBundle): Promise<Buffer> =>
      drawDiploma(factsFor(bundle, { holderName: 'مُحَمَّد صَلَاح' }), new PreparedTemplate(one), null);
    assert.ok(!(await drawn(former)).equals(await drawn(bundle)));
    assert.deepEqual(await drawn(former), await drawn(former));
  });
});
