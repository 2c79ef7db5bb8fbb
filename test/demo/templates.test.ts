import assert from 'node:assert/strict';
import { chmod, cp, link, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { prepareDemoTemplates } from '../../src/demo/templates.ts';
import { gramota } from '../commands/command-line.ts';
import { contentsOf } from '../support/folder-contents.ts';

const SHIPPED = fileURLToPath(new URL('../../../templates', import.meta.url));

describe("the demo's copy of the templates folder", () => {
  let dir: string;
  let source: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gramota-demo-'));
    source = join(dir, 'demo', 'templates');
    await mkdir(join(dir, 'demo'));
    await cp(SHIPPED, source, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const prepare = (from: string, to: string) => prepareDemoTemplates(from, to, new Date('2026-11-28T12:00:00Z'));
  const policyOf = (folder: string) => readFile(join(folder, 'countries.yaml'), 'utf8');

  it('has its own send windows; the source stays unchanged, also on a second run', async () => {
    const before = await contentsOf(source);
    for (const to of [join(dir, 'copy'), join(dir, 'copy'), join(dir, 'demo', 'templates-2')]) {
      await prepare(source, to);
      assert.deepEqual(await contentsOf(source), before);
      assert.match(await policyOf(to), /2026-11-30T10:00/);
      assert.equal(
        (await readdir(to, { recursive: true })).length,
        (await readdir(source, { recursive: true })).length,
      );
    }
  });

  it('is refused with the way to mend it when there is no templates folder', async () => {
    const nowhere = join(dir, 'nowhere');
    await assert.rejects(prepare(nowhere, join(dir, 'copy')), {
      name: 'InputError',
      message: `${join(nowhere, 'countries.yaml')}: cannot be read; run the demo in the folder that has the templates, or set TEMPLATES_DIR`,
    });
  });

  it('is made without a change of the source when folder and files are symbolic links', async () => {
    const before = await contentsOf(source);
    const linked = join(dir, 'linked');
    await symlink(source, linked);
    await prepare(linked, join(dir, 'copy'));
    const files = join(dir, 'files');
    await cp(source, files, { recursive: true });
    await rm(join(files, 'countries.yaml'));
    await symlink(join(source, 'countries.yaml'), join(files, 'countries.yaml'));
    await rm(join(files, 'criteria.yaml'));
    await link(join(source, 'criteria.yaml'), join(files, 'criteria.yaml'));
    await prepare(files, join(dir, 'copy'));
    assert.deepEqual(await contentsOf(source), before);
    assert.match(await policyOf(join(dir, 'copy')), /source: demo/);
  });

  it('can be made from a read-only source folder', async () => {
    await chmod(join(source, 'countries.yaml'), 0o444);
    await prepare(source, join(dir, 'copy'));
    assert.match(await policyOf(join(dir, 'copy')), /source: demo/);
  });

  it('cannot be written into the templates folder, a folder inside it or above it, also through symbolic links', async () => {
    const before = await contentsOf(source);
    const [toSource, toParent] = [join(dir, 'to-source'), join(dir, 'to-parent')];
    await symlink(source, toSource);
    await symlink(join(dir, 'demo'), toParent);
    const targets = [
      ...[source, `${source}/`, join(source, 'copy'), join(source, 'fonts'), join(dir, 'demo'), dir],
      ...[toSource, join(toSource, 'copy', 'deep'), toParent, join(toParent, 'templates')],
    ];
    for (const to of targets) {
      await assert.rejects(
        prepare(source, to),
        /overlap, but Gramota must never write to templates; set GRAMOTA_DATA_DIR/,
        to,
      );
      assert.deepEqual(await contentsOf(source), before, to);
    }
    await assert.rejects(prepare(toSource, source), /overlap/);
  });

  it('is not written when the data folder is inside or above the templates folder', async () => {
    const before = await contentsOf(dir);
    for (const data of [source, dir]) {
      const ran = await gramota(['demo'], { TEMPLATES_DIR: source, GRAMOTA_DATA_DIR: data });
      assert.deepEqual([ran.code, ran.err.length], [1, 1], ran.err.join('\n'));
      assert.match(ran.err[0] ?? '', /overlap, but Gramota must never write to templates/);
      assert.deepEqual(await contentsOf(dir), before);
    }
  });
});
