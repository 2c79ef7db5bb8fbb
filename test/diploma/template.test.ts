import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bundleFromRow, bundleToRow, loadTemplates } from '../../src/diploma/template.ts';
import { InputError } from '../../src/domain/failure.ts';
import { TEMPLATES_DIR } from './sample-facts.ts';

const FILE = 'certificate/teacher-ru/template.yaml';

describe('templates', () => {
  let root: string;
  let source: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'gramota-templates-'));
    source = await readFile(join(TEMPLATES_DIR, FILE), 'utf8');
  });
  after(() => rm(root, { recursive: true, force: true }));

  /** Loads the Russian template after `edit`, in a folder of its own; returns the faults. */
  async function faultsOf(name: string, edit: (source: string) => string): Promise<string[]> {
    const dir = join(root, name);
    await mkdir(join(dir, 'certificate/teacher-ru'), { recursive: true });
    await cp(join(TEMPLATES_DIR, 'fonts'), join(dir, 'fonts'), { recursive: true });
    const edited = edit(source);
    assert.notEqual(edited, source, 'the edit must touch the file');
    await writeFile(join(dir, FILE), edited);
    const error: unknown = await loadTemplates(dir).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof InputError, String(error));
    return error.faults;
  }
  const lineOf = (text: string): number => source.slice(0, source.indexOf(text)).split('\n').length;

  it('of the repository all load', async () => {
    const templates = await loadTemplates(TEMPLATES_DIR);
    assert.deepEqual(
      templates.map(({ id, language }) => [id, language]),
      [
        ['teacher-en', 'en'],
        ['teacher-kk', 'kk'],
        ['teacher-ru', 'ru'],
        ['teacher-uz', 'uz'],
      ],
    );
  });

  it('name the file and line of every fault at once', async () => {
    const faults = await faultsOf('many', (text) =>
      text
        .replace(/primary: '#17365d'/, "primary: 'navy'")
        .replace('NotoSans-SemiBold.ttf', 'Missing.ttf')
        .replace(/max: 46, floor: 22/, 'max: 46, floor: 60')
        .replace('  one: ', '  uno: ')
        .replace(/ {2}verify: .*\n/, ''),
    );
    const at = (text: string): string => `${FILE}:${lineOf(text)}: `;
    assert.equal(faults.length, 4, faults.join('\n'));
    assert.ok(
      faults.some((fault) => fault.startsWith(`${at("primary: '")}palette.primary: must be a colour`)),
      faults[0],
    );
    assert.ok(
      faults.some((fault) => fault.startsWith(`${at('  name: { max')}fit.name.floor: floor is larger than max`)),
    );
    assert.ok(faults.some((fault) => fault.startsWith(`${at('texts:')}texts.verify: missing: add it`)));
    assert.ok(faults.some((fault) => fault.startsWith(`${at('  one: ')}hours: unknown "uno"`)));
  });

  it('name a plural form that the language needs', async () => {
    const faults = await faultsOf('plural', (text) => text.replace(/ {2}few: .*\n/, ''));
    assert.equal(faults.length, 1);
    assert.ok(
      faults[0]?.startsWith(`${FILE}:${lineOf('hours: # plural')}: hours: plural form "few" is missing`),
      faults[0],
    );
  });

  it('name a face that is not there', async () => {
    const faults = await faultsOf('face', (text) => text.replace('NotoSans-SemiBold.ttf', 'Missing.ttf'));
    const line = lineOf('NotoSans-SemiBold.ttf');
    assert.deepEqual(faults, [
      `${FILE}:${line}: faces.strong: no usable face fonts/Missing.ttf: add the file or mend the name`,
    ]);
  });

  it('name a face that is broken', async () => {
    await mkdir(join(root, 'broken/fonts'), { recursive: true });
    await writeFile(join(root, 'broken/fonts/Broken.ttf'), 'no face');
    await assert.rejects(loadTemplates(join(root, 'broken')), /fonts\/Broken\.ttf:1: not a readable/);
  });

  it('refuse a placeholder they do not know, or lack', async () => {
    const faults = await faultsOf('word', (text) => text.replace('Диплом № {number}', 'Диплом № {nummer}'));
    const line = lineOf('  number: ');
    assert.equal(faults.length, 2);
    assert.ok(
      faults.every((fault) => fault.startsWith(`${FILE}:${line}: texts.number: placeholder {`)),
      faults.join(),
    );
  });

  it('refuse words that their own faces cannot print', async () => {
    const faults = await faultsOf('glyph', (text) => text.replace('heading: ', 'heading: 証').replace("証'", "'証"));
    assert.deepEqual(faults.length, 1);
    assert.match(faults[0] ?? '', new RegExp(`^${FILE}:${lineOf('  heading: ')}: texts\\.heading: .*U\\+8A3C`));
  });

  it('refuse what is not YAML, an unknown field, and another id than the folder has', async () => {
    assert.match(
      (await faultsOf('yaml', (text) => text.replace('palette:', 'palette: {')))[0] ?? '',
      /:\d+: not readable as YAML/,
    );
    const [unknown] = await faultsOf('field', (text) => text.replace('  ink:', '  inc: "#000000"\n  ink:'));
    assert.equal(unknown, `${FILE}:${lineOf('  ink:')}: palette: unknown "inc": remove it or mend its spelling`);
    const [id] = await faultsOf('id', (text) => text.replace('id: teacher-ru', 'id: teacher-xx'));
    assert.equal(id, `${FILE}:${lineOf('id: ')}: id: must be "teacher-ru" as the folder is named`);
  });

  it('are restored from what was stored, and refused when it was changed', async () => {
    const [bundle] = await loadTemplates(TEMPLATES_DIR);
    assert.ok(bundle);
    const row = bundleToRow(bundle);
    const reordered = JSON.parse(JSON.stringify(row), (_, value) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    const bytes = (sha256: string): Buffer =>
      bundle.faces.find((face) => face.sha256 === sha256)?.bytes ?? Buffer.alloc(0);
    assert.deepEqual(bundleFromRow(reordered, bytes), bundle);
    reordered.definition.definition.texts.heading = 'DEGREE';
    assert.throws(() => bundleFromRow(reordered, bytes), /not what its hash says/);
    assert.throws(() => bundleFromRow(row, () => Buffer.from('other')), /face .* is not what its hash says/);
  });
});
