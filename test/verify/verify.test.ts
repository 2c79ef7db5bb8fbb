import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openMint } from '../support/mint.ts';
import { type Check, judge, type Verdict } from './judge.ts';
import { SCRIPTS } from './names.ts';
import { type Damaged, SABOTAGES, sabotaged, unfit } from './sabotage.ts';
import { createTrustStore } from './seal.ts';
import { fewestChoices, mintSpecimen, type Specimen } from './specimen.ts';
import { missingTools } from './tools.ts';

const missing = await missingTools();
if (missing.length > 0)
  it('generated diplomas in independent PDF tools', { skip: missing.join('; ') }, () => undefined);
else describe('a generated diploma in independent PDF tools', judged);

function judged(): void {
  let scratch: string;
  let templates: string[];
  let specimens: Specimen[];
  let damaged: Damaged[];
  let verdicts: Map<Specimen, Verdict>;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'gramota-verify-'));
    const mint = await openMint(join(scratch, 'keys'), 1);
    templates = mint.templates.map(({ id }) => id).sort();
    specimens = [];
    for (const [index, choice] of fewestChoices(mint.templates).entries())
      specimens.push(await mintSpecimen(mint, choice, index + 1, scratch));
    await mint.printer.close();
    const [sound, other] = specimens;
    assert.ok(sound !== undefined && other !== undefined);
    damaged = await sabotaged(sound, other, scratch);
    const trust = await createTrustStore(scratch, mint.authority);
    const cases = [...specimens.map((specimen) => ({ specimen })), ...damaged];
    verdicts = await judge(cases, { scratch, trust, wholePage: false }, 2);
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  for (const script of SCRIPTS) {
    it(`with a name in ${script.id} is accepted by every tool`, () => {
      const own = specimens.filter((one) => one.script === script);
      assert.ok(own.length > 0);
      for (const one of own)
        assert.deepEqual([...(verdicts.get(one) ?? [['syntax', 'not judged']])], [], one.template.id);
    });
  }

  it('is drawn with every template', () => {
    assert.deepEqual([...new Set(specimens.map(({ template }) => template.id))].sort(), templates);
  });

  it('with a Cyrillic name, credential and seal has at most 60 KB', async () => {
    for (const { path } of specimens.filter(({ script }) => script.id === 'cyrillic'))
      assert.ok((await stat(path)).size <= 60_000, path);
  });

  for (const { name } of SABOTAGES) {
    it(`is reported when it is damaged: ${name}`, () => {
      const one = damaged.find(({ sabotage }) => sabotage.name === name);
      assert.ok(one !== undefined);
      const failed = new Set<Check>(verdicts.get(one.specimen)?.keys());
      assert.deepEqual(unfit(one.sabotage, failed), [], `failed: ${[...failed].join(', ')}`);
    });
  }
}
