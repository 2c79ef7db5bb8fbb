import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openPdfium } from '../../src/diploma/check/pdfium.ts';
import { picturePages } from '../../src/diploma/check/pdfium-picture.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import { factsFor, TEMPLATES_DIR } from './sample-facts.ts';

/** A template as it was shipped in format 3. */
const FORMER = 'test/diploma/former';

describe('a template of a former format', () => {
  let dir: string;
  let bundle: TemplateBundle;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gramota-former-'));
    await cp(FORMER, dir, { recursive: true });
    await symlink(resolve(TEMPLATES_DIR, 'fonts'), join(dir, 'fonts'));
    const [loaded] = await loadTemplates(dir);
    assert.ok(loaded);
    bundle = loaded;
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it('keeps its hash, by which certificates name it', () => {
    assert.equal(bundle.definition.format, 3);
    assert.equal(bundle.hash, '4a80b1366202f8185c2610795d4ee44b8440d04c5d75fe8fc969f075b1373694');
  });

  it('is drawn with the same picture as before', async () => {
    const facts = factsFor(bundle, {
      holderName: 'Анна Петрова',
      latinName: 'Anna Petrova',
      templateHash: '0'.repeat(64),
    });
    const pdf = await drawDiploma(facts, new PreparedTemplate(bundle), null);
    assert.equal(
      createHash('sha256')
        .update(picturePages(await openPdfium(), pdf, 100))
        .digest('hex'),
      'd990574a9414ff6a9118e7a5c98a90728b3a4033081a2cca9a758eb259a07478',
    );
  });
});
