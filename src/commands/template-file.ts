import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Config } from '../config.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import { archiveOf, differingFiles, readArchive, type TemplateArchive } from '../diploma/template/template-archive.ts';
import { InputError } from '../domain/failure.ts';
import { unzip } from '../platform/sheet/unzip.ts';
import { type ZipEntry, zip } from '../platform/sheet/zip.ts';
import { readYaml } from '../platform/yaml-file.ts';

type Say = (line: string) => void;

/** A shipped template has about 30 files of 8 MB together, nearly all of them faces. */
const BOUNDS = { entries: 200, entryBytes: 8 * 1024 * 1024, bytes: 64 * 1024 * 1024 };
/** Entries carry this date, so that the same contents give the same archive. */
const DATE = new Date('2000-01-01T00:00:00Z');
/** Files of the school that a template is loaded with. */
const SCHOOL = ['grades.yaml', 'issuer.yaml', 'countries.yaml', 'issuer'];

/**
 * `gramota template export`: one file with all that a template consists of, except the files of the school.
 * @throws InputError for an unknown template, listing the known ones
 */
export async function runTemplateExport(config: Config, id: string, { out }: { out: string }, say: Say): Promise<void> {
  const templates = await loadTemplates(config.TEMPLATES_DIR);
  const bundle = templates.find((one) => one.id === id);
  if (bundle === undefined) {
    const known = templates.map((one) => one.id).join(', ');
    throw new InputError(`there is no template certificate/${id}; known templates: ${known}`);
  }
  const files = archiveOf(bundle);
  async function* entries(): AsyncGenerator<ZipEntry> {
    // In a stream each is deflated.
    for (const [name, bytes] of files) yield { name, date: DATE, content: Readable.from([bytes]) };
  }
  await pipeline(zip(entries()), createWriteStream(out));
  say(`template ${id}, contents ${bundle.hash}: ${files.size} files → ${out}`);
}

export interface ImportOptions {
  /** A template of this id may be replaced. */
  replace?: boolean;
  /** Files of the school may add something else here than where it was exported. */
  adapt?: boolean;
}

/**
 * `gramota template import`: reads an archive, checks the template with the files of this folder, and puts it into `certificate/` and
 * `family/`. Until everything is checked, nothing is changed.
 * @throws InputError with all faults
 */
export async function runTemplateImport(config: Config, file: string, options: ImportOptions, say: Say): Promise<void> {
  const dir = resolve(config.TEMPLATES_DIR);
  const archive = readArchive(await unzip(await readSmall(file), BOUNDS));
  const { id, hash } = archive.manifest;
  await refuseTaken(dir, id, options.replace === true);
  const missing = await missingFaces(dir, archive);
  const stage = await mkdtemp(join(dir, '.import-'));
  try {
    await stageFiles(stage, dir, archive);
    const [bundle] = await loadTemplates(stage);
    if (bundle === undefined) throw new Error('the staged folder has no template');
    const differing = differingFiles(archive, bundle);
    if (differing.length > 0 && options.adapt !== true) {
      const why = `its contents would not be the exported ones, because of ${differing.join(' and ')} of this folder`;
      throw new InputError(
        `template ${id} is not imported: ${why}: make them alike, or accept the difference with --adapt`,
      );
    }
    await mkdir(join(dir, 'fonts'), { recursive: true });
    for (const name of missing) await rename(join(stage, 'fonts', name), join(dir, 'fonts', name));
    for (const place of ['family', 'certificate']) {
      await mkdir(join(dir, place), { recursive: true });
      await rename(join(dir, place, id), join(stage, `former-${place}`)).catch(() => undefined);
      await rename(join(stage, place, id), join(dir, place, id));
    }
    const kept =
      bundle.hash === hash ? 'the same as exported' : `exported as ${hash}; ${differing.join(' and ')} differ`;
    say(
      `template ${id}, contents ${bundle.hash}, ${kept} → certificate/${id}, family/${id}, ${missing.length} new fonts`,
    );
    say('run "gramota check", name the template in criteria.yaml, and restart the processes');
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

async function readSmall(file: string): Promise<Buffer> {
  const { size } = await stat(file).catch(() => {
    throw new InputError(`${file} cannot be read: correct the name`);
  });
  if (size > BOUNDS.bytes)
    throw new InputError(`${file} is larger than ${BOUNDS.bytes / 1024 / 1024} MB: it is no template`);
  return readFile(file);
}

/** Refuses an id that is in use, and a family on which other templates rest. */
async function refuseTaken(dir: string, id: string, replace: boolean): Promise<void> {
  const users: string[] = [];
  for (const [place, name] of [
    ['certificate', 'template.yaml'],
    ['family', 'family.yaml'],
  ] as const) {
    const folders = await readdir(join(dir, place)).catch((): string[] => []);
    if (folders.includes(id) && !replace)
      throw new InputError(`${place}/${id} exists: remove it, or replace it with --replace`);
    for (const folder of folders.filter((one) => one !== id)) {
      const source = await readFile(join(dir, place, folder, name), 'utf8').catch(() => '');
      const data = readYaml(name, source).data as { extends?: unknown } | null;
      if (data?.extends === id) users.push(`${place}/${folder}`);
    }
  }
  if (users.length > 0) throw new InputError(`family/${id} cannot be replaced: ${users.join(', ')} extend it`);
}

/** Faces that the folder lacks. One of the same name with other contents is refused: other templates use it. */
async function missingFaces(dir: string, { files }: TemplateArchive): Promise<string[]> {
  const missing: string[] = [];
  const faults: string[] = [];
  for (const [path, bytes] of files) {
    if (!path.startsWith('fonts/')) continue;
    const present = await readFile(join(dir, path)).catch(() => null);
    if (present === null) missing.push(path.slice('fonts/'.length));
    else if (!present.equals(bytes))
      faults.push(
        `${path} of this folder is another file than that of the archive, and other templates may use it: take the same one in both`,
      );
  }
  if (faults.length > 0) throw new InputError(faults);
  return missing;
}

/** A templates folder with this template alone, and with the files of the school. */
async function stageFiles(stage: string, dir: string, { manifest: { id }, files }: TemplateArchive): Promise<void> {
  for (const [path, bytes] of files) {
    const name = path.slice(path.indexOf('/') + 1);
    const place = path.startsWith('fonts/')
      ? join('fonts', name)
      : path === 'template.yaml'
        ? join('certificate', id, name)
        : join('family', id, name);
    await mkdir(dirname(join(stage, place)), { recursive: true });
    await writeFile(join(stage, place), bytes);
  }
  for (const name of SCHOOL) await symlink(join(dir, name), join(stage, name));
}
