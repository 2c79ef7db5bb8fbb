import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { bundleAssets, bundleFromRow, bundleToRow, storedAssets } from '../../src/diploma/template/template.ts';
import { FrozenTemplateError } from '../../src/ports/printer.ts';
import { TEMPLATES_DIR } from './sample-facts.ts';

/** SHA-256 of the stored template `{"definition":{"id":"teacher-ru","language":"ru"},"faces":[]}`. */
const FORMER_HASH = '9459463f25d42998bc9e339e86e8d5acf674d09e8716be34232a721925ce6ee4';

describe('templates stored in the database', () => {
  it('are restored unchanged, and refused when their stored data were changed', async () => {
    const [bundle] = await loadTemplates(TEMPLATES_DIR);
    assert.ok(bundle);
    const row = bundleToRow(bundle);
    const reordered = JSON.parse(JSON.stringify(row), (_, value) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    const assets = new Map(bundleAssets(bundle).map((asset) => [asset.sha256, asset.bytes]));
    assert.deepEqual(storedAssets(reordered.definition).sort(), [...assets.keys()].sort());
    assert.ok(bundle.files.some((file) => file.name.endsWith('.svg')));
    const bytes = (sha256: string): Buffer => assets.get(sha256) ?? Buffer.alloc(0);
    assert.deepEqual(bundleFromRow(reordered, bytes), bundle);
    assert.throws(() => bundleFromRow(row, () => Buffer.from('other')), /file .* differs from its hash/);
    reordered.definition.definition.texts.heading = 'DEGREE';
    assert.throws(() => bundleFromRow(reordered, bytes), /differs from its hash/);
  });

  it('in an older format are reported with advice, unlike damaged ones', () => {
    // The template format before layouts were stored as data: a definition without `format`, and only fonts.
    const contents = { definition: { id: 'teacher-ru', language: 'ru' }, faces: [] };
    const damaged = { hash: '0'.repeat(64), definition: contents };
    assert.throws(() => bundleFromRow(damaged, () => Buffer.alloc(0)), /differs from its hash/);
    const stored = { hash: FORMER_HASH, definition: contents };
    assert.throws(
      () => bundleFromRow(stored, () => Buffer.alloc(0)),
      (error) =>
        error instanceof FrozenTemplateError && /template "teacher-ru" in format 1.*reissue/.test(error.message),
    );
  });
});
