import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runTemplateExport, runTemplateImport } from '../../src/commands/template-file.ts';
import { NEEDED, readConfig } from '../../src/config.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { unzip } from '../../src/platform/sheet/unzip.ts';
import { zip } from '../../src/platform/sheet/zip.ts';
import { OWN_TEMPLATE, type OwnTemplate, ownFolder } from '../diploma/own-template.ts';

const BOUNDS = { entries: 100, entryBytes: 1e7, bytes: 1e8 };
const GRADES = 'version: 1\ngrades: { excellent: { ru: отлично } }\n';
const COUNTRIES = 'KZ: { diploma: { date: iso } }\n';
const SIGNATURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><path d="M2 15 q12 -20 18 0 t20 0" fill="none" stroke="#102040"/></svg>';
const ISSUER = 'signatories: { vera: { name: Вера Образцова, signature: vera.svg } }\n';
const SCHOOL = {
  'grades.yaml': GRADES,
  'countries.yaml': COUNTRIES,
  'issuer.yaml': ISSUER,
  'issuer/vera.svg': SIGNATURE,
};
const FRAME =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 841.89 595.28"><rect x="30" y="30" width="780" height="530" fill="none" stroke="{ink}"/></svg>';

/** All files of a folder: an import that was refused leaves none. */
const namesIn = async (dir: string): Promise<string[]> => (await readdir(dir, { recursive: true })).sort();
const configOf = (dir: string) => readConfig({ TEMPLATES_DIR: dir }, NEEDED.nothing);

async function zipped(files: Iterable<readonly [string, Buffer]>): Promise<Buffer> {
  async function* entries() {
    for (const [name, content] of files) {
      async function* pieces() {
        yield content;
      }
      yield { name, date: new Date(0), content: pieces() };
    }
  }
  const chunks: Buffer[] = [];
  for await (const chunk of zip(entries())) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Changes the directory entry of a file in an archive (PKWARE APPNOTE 4.3.12). */
function patched(archive: Buffer, name: string, change: (entry: Buffer) => void): Buffer {
  const copy = Buffer.from(archive);
  change(copy.subarray(copy.lastIndexOf(name) - 46));
  return copy;
}

describe('a certificate template in a ZIP file', () => {
  let root: string;
  let origin: string;
  let file: string;
  let hash: string;
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);

  /** A templates folder without certificate templates. */
  async function emptyFolder(files: Record<string, string> = SCHOOL): Promise<string> {
    const dir = await ownFolder(root, OWN_TEMPLATE, files);
    await rm(join(dir, 'certificate'), { recursive: true });
    return dir;
  }
  const importing = (dir: string, from: string, options = {}) => runTemplateImport(configOf(dir), from, options, say);

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'gramota-template-archive-'));
    // As shipped templates are made: a family with a picture and a text in store, words, and the school's pictures.
    const { id, language, texts, ...family } = OWN_TEMPLATE;
    const [stack] = OWN_TEMPLATE.first.stacks as { parts: object[] }[];
    const first = {
      ...OWN_TEMPLATE.first,
      art: ['frame.svg'],
      stacks: [{ ...stack, parts: [...(stack?.parts ?? []), { image: 'signature', height: 30 }] }],
    };
    const images = { signature: { from: 'signature', alt: null } };
    origin = await ownFolder(root, { extends: 'house', words: 'ru', id } as unknown as OwnTemplate, {
      ...SCHOOL,
      'family/house/family.yaml': JSON.stringify({ ...family, first, images, texts: { spare: '{licence}' } }),
      'family/house/frame.svg': FRAME,
      'words/ru.yaml': JSON.stringify({ language, texts }),
    });
    file = join(root, 'own.zip');
    await runTemplateExport(configOf(origin), 'own', { out: file }, say);
    hash = (await loadTemplates(origin))[0]?.hash ?? '';
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('keeps its hash on the way to another installation, without the files of the school', async () => {
    const entries = await unzip(await readFile(file), BOUNDS);
    assert.deepEqual(
      [...entries.keys()],
      [
        'manifest.json',
        'template.yaml',
        'family.yaml',
        'files/frame.svg',
        ...(OWN_TEMPLATE.faces['text'] ?? []).map((name) => `fonts/${name}`),
      ],
    );
    assert.doesNotMatch(
      [...entries].filter(([name]) => !name.startsWith('fonts/')).join(),
      /vera|Вера|отлично|q12 -20/,
    );
    const dir = await emptyFolder();
    await rm(join(dir, 'fonts'));
    await importing(dir, file);
    const [imported, ...more] = await loadTemplates(dir);
    assert.deepEqual([imported?.id, imported?.hash, more], ['own', hash, []]);
    assert.match(lines.join('\n'), new RegExp(`own, contents ${hash}, the same as exported .* 2 new fonts`));
    const again = join(root, 'again.zip');
    await runTemplateExport(configOf(dir), 'own', { out: again }, say);
    assert.deepEqual(await readFile(again), await readFile(file), 'the same contents give the same archive');
  });

  it('is refused where the files of the school give other contents, which --adapt accepts', async () => {
    const dir = await emptyFolder({
      ...SCHOOL,
      'grades.yaml': GRADES.replace('отлично', 'на отлично'),
      'countries.yaml': '{}',
    });
    const untouched = await namesIn(dir);
    await assert.rejects(
      importing(dir, file),
      /because of grades\.yaml and countries\.yaml of this folder: .* --adapt/,
    );
    assert.deepEqual(await namesIn(dir), untouched);
    await importing(dir, file, { adapt: true });
    const [imported] = await loadTemplates(dir);
    assert.notEqual(imported?.hash, hash);
    assert.match(
      lines.join('\n'),
      new RegExp(`${imported?.hash}, exported as ${hash}; grades.yaml and countries.yaml differ`),
    );
  });

  it('replaces a template only when told to, and never a family or face on which others rest', async () => {
    const dir = await emptyFolder();
    await importing(dir, file);
    await assert.rejects(importing(dir, file), /certificate\/own exists: remove it, or replace it with --replace/);
    await importing(dir, file, { replace: true });
    assert.equal((await loadTemplates(dir))[0]?.hash, hash);
    await mkdir(join(dir, 'certificate', 'guest'));
    await writeFile(join(dir, 'certificate', 'guest', 'template.yaml'), 'extends: own\nid: guest\n');
    await assert.rejects(
      importing(dir, file, { replace: true }),
      /family\/own cannot be replaced: certificate\/guest extend/,
    );
    const other = await emptyFolder();
    await rm(join(other, 'fonts'));
    await mkdir(join(other, 'fonts'));
    await writeFile(join(other, 'fonts', 'NotoSerif-Regular.ttf'), 'another face');
    await assert.rejects(importing(other, file), /fonts\/NotoSerif-Regular\.ttf of this folder is another file/);
  });

  it('is refused with one line, and nothing is changed, where the archive is damaged, hostile or no template', async () => {
    const good = await readFile(file);
    const entries = [...(await unzip(good, BOUNDS))];
    const withFile = (name: string, bytes: Buffer) => zipped([...entries, [name, bytes]]);
    const without = (...names: string[]) => zipped(entries.filter(([name]) => !names.includes(name)));
    const changed = (name: string, bytes: Buffer) =>
      zipped(entries.map(([one, old]) => [one, one === name ? bytes : old]));
    const renamed = (archive: Buffer, from: string, to: string) =>
      Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1');
    const stranger = await withFile('qq/qq/evil.yaml', Buffer.from('x'));
    const manifest = JSON.parse(entries[0]?.[1].toString() ?? '');
    const cases: [string, Buffer, RegExp][] = [
      ['a name that leads out', renamed(stranger, 'qq/qq/evil', '../../evil'), /invalid relative path: \.\.\/\.\./],
      ['an absolute name', renamed(stranger, 'qq/qq/evil', '/etc//evil'), /absolute path/],
      ['a name with backslashes', renamed(stranger, 'qq/qq/evil', '..\\\\..\\evil'.slice(0, 10)), /invalid characters/],
      ['a file beside', stranger, /qq\/qq\/evil\.yaml: the manifest does not name it/],
      [
        'a manifest that leads out',
        await changed(
          'manifest.json',
          Buffer.from(JSON.stringify({ ...manifest, files: [{ path: '../x.yaml', sha256: manifest.hash }] })),
        ),
        /manifest\.json is not understood \(files\.0\.path/,
      ],
      [
        'an id that leads out',
        await changed('manifest.json', Buffer.from(JSON.stringify({ ...manifest, id: '../own' }))),
        /not understood \(id/,
      ],
      [
        'another hash',
        await changed('manifest.json', Buffer.from(JSON.stringify({ ...manifest, design: manifest.hash }))),
        /do not give the contents/,
      ],
      [
        'a link',
        patched(good, 'files/frame.svg', (entry) => entry.writeUInt32LE(0xa1ff0000, 38)),
        /frame\.svg is a link/,
      ],
      [
        'an encrypted file',
        patched(good, 'files/frame.svg', (entry) => entry.writeUInt16LE(1, 8)),
        /frame\.svg is encrypted/,
      ],
      ['two of a name', await withFile('family.yaml', Buffer.from('x')), /two entries family\.yaml/],
      [
        'too many',
        await zipped(Array.from({ length: 201 }, (_, n) => [`${n}`, Buffer.alloc(0)] as const)),
        /more than 200 entries/,
      ],
      ['a large file', await withFile('files/a.svg', Buffer.alloc(9e6)), /files\/a\.svg is larger than 8 MB/],
      [
        'many large files',
        await zipped(Array.from({ length: 9 }, (_, n) => [`${n}`, Buffer.alloc(8e6)] as const)),
        /contents are larger than 64 MB/,
      ],
      [
        'a file that hides its size',
        patched(good, 'files/frame.svg', (entry) => entry.writeUInt32LE(9, 24)),
        /cannot be read as ZIP/,
      ],
      ['a changed file', await changed('family.yaml', Buffer.from('{}')), /family\.yaml was changed after the export/],
      ['a missing file', await without('files/frame.svg'), /files\/frame\.svg is missing/],
      ['no manifest', await without('manifest.json'), /has no manifest\.json/],
      ['no archive', Buffer.from('hello'), /cannot be read as ZIP/],
      ['half an archive', good.subarray(0, good.length / 2), /cannot be read as ZIP/],
    ];
    const dir = await emptyFolder();
    const untouched = await namesIn(dir);
    for (const [what, bytes, expected] of cases) {
      const path = join(root, 'case.zip');
      await writeFile(path, bytes);
      await assert.rejects(importing(dir, path), (error: Error) => {
        assert.match(error.message, expected, what);
        assert.equal(error.message.split('\n').length, 1, what);
        return true;
      });
    }
    assert.deepEqual(await namesIn(dir), untouched);
    await assert.rejects(importing(dir, join(root, 'none.zip')), /cannot be read: correct the name/);
    await assert.rejects(runTemplateExport(configOf(origin), 'none', { out: file }, say), /known templates: own/);
  });
});
