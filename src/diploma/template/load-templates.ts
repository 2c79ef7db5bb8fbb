import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../domain/failure.ts';
import { prepareImage } from '../pdf/static-image.ts';
import { type Face, sharedFace } from '../type/faces.ts';
import { type CountryPacks, packsFor, readCountryPacks } from './country-packs.ts';
import { FACE_ROLES } from './face-roles.ts';
import { type Grades, readGrades } from './grades.ts';
import { type IssuerPictures, NO_PICTURES, picturesFor, readIssuerPictures } from './issuer-pictures.ts';
import { layoutFaults } from './layout-faults.ts';
import { PreparedTemplate } from './prepared-template.ts';
import { readSvg } from './svg-art.ts';
import { bundleOf, sha256, type TemplateBundle, type TemplateFace, type TemplateFile } from './template.ts';
import { faceNames, fileNames, TemplateDefinition } from './template-definition.ts';
import { glyphFaults, gradeFaults, mentionFaults, wordFaults } from './template-faults.ts';
import { filesOf } from './template-mentions.ts';
import { readTemplateSource, type SharedFiles, type TemplateSource } from './template-source.ts';

type KnownFaces = Map<string, TemplateFace & Face>;

async function loadFaces(dir: string): Promise<{ faces: KnownFaces; faults: string[] }> {
  const faces: KnownFaces = new Map();
  const faults: string[] = [];
  const names = await readdir(join(dir, 'fonts')).catch(() => []);
  for (const name of names.filter((file) => /\.(ttf|otf)$/.test(file)).sort()) {
    const bytes = await readFile(join(dir, 'fonts', name));
    try {
      const file = { name, sha256: sha256(bytes), bytes };
      faces.set(name, { ...sharedFace(file), ...file });
    } catch {
      faults.push(`fonts/${name}:1: not a readable TrueType or OpenType font: copy the whole file again`);
    }
  }
  return { faces, faults };
}

function faceFaults(source: TemplateSource, definition: TemplateDefinition, known: KnownFaces): string[] {
  return FACE_ROLES.flatMap((role) =>
    definition.faces[role].flatMap((name, index) => {
      if (known.has(name)) return [];
      return [source.fault(['faces', role, index], `no usable font fonts/${name}: add the file or correct the name`)];
    }),
  );
}

/** Reads the images that a template names, from its own folder or from its family's folder. */
async function loadFiles(
  dir: string,
  source: TemplateSource,
  definition: TemplateDefinition,
): Promise<{ files: TemplateFile[]; faults: string[] }> {
  const files: TemplateFile[] = [];
  const faults: string[] = [];
  for (const name of fileNames(definition)) {
    const path = filesOf(definition).find((mention) => mention.name === name)?.path ?? [];
    let found: { folder: string; bytes: Buffer } | null = null;
    for (const folder of source.folders) {
      const bytes: Buffer | null = found === null ? await readFile(join(dir, folder, name)).catch(() => null) : null;
      if (bytes !== null) found = { folder, bytes };
    }
    if (found === null) {
      faults.push(
        source.fault(
          path,
          `the file ${source.folders.map((one) => `${one}/${name}`).join(' or ')} does not exist: add it`,
        ),
      );
      continue;
    }
    faults.push(...pictureFaults(source, path, `${found.folder}/${name}`, found.bytes, definition));
    files.push({ name, sha256: sha256(found.bytes), bytes: found.bytes });
  }
  return { files, faults };
}

function pictureFaults(
  source: TemplateSource,
  path: readonly PropertyKey[],
  file: string,
  bytes: Buffer,
  definition: TemplateDefinition,
): string[] {
  if (file.endsWith('.svg')) {
    const result = readSvg(file, bytes.toString('utf8'), definition.palette);
    return 'faults' in result ? result.faults : [];
  }
  try {
    prepareImage(bytes);
    return [];
  } catch (error) {
    return [source.fault(path, `${file} is ${error instanceof Error ? error.message : 'not readable'}`)];
  }
}

/** What templates take from the files of the school. */
interface School {
  pictures: IssuerPictures;
  packs: CountryPacks;
}

async function loadSchool(dir: string, faults: string[]): Promise<School> {
  const pictures = await readIssuerPictures(dir);
  const packs = await readCountryPacks(dir);
  for (const read of [pictures, packs]) if (Array.isArray(read)) faults.push(...read);
  return { pictures: Array.isArray(pictures) ? NO_PICTURES : pictures, packs: Array.isArray(packs) ? {} : packs };
}

async function loadTemplate(
  dir: string,
  folder: string,
  faces: KnownFaces,
  shared: SharedFiles,
  grades: Grades,
  school: School,
): Promise<TemplateBundle | string[]> {
  const source = await readTemplateSource(dir, folder, shared);
  if (Array.isArray(source)) return source;
  const parsed = TemplateDefinition.safeParse(source.data);
  if (!parsed.success) return source.schemaFaults(parsed.error);
  if (parsed.data.pictures !== undefined)
    return [source.fault(['pictures'], 'cannot stand in a template: declare the pictures in issuer.yaml')];
  if (parsed.data.countries !== undefined)
    return [source.fault(['countries'], 'cannot stand in a template: declare the country in countries.yaml')];
  const { slots, files: ofSchool } = picturesFor(parsed.data, school.pictures);
  const countries = packsFor(parsed.data, school.packs);
  const definition = {
    ...parsed.data,
    ...(Object.keys(slots).length === 0 ? {} : { pictures: slots }),
    ...(Object.keys(countries).length === 0 ? {} : { countries }),
  };
  const faults = mentionFaults(source, definition);
  if (definition.id !== folder) faults.push(source.fault(['id'], `must be "${folder}", the name of the folder`));
  if (faults.length === 0) faults.push(...wordFaults(source, definition));
  const missing = faceFaults(source, definition, faces);
  faults.push(...(missing.length > 0 ? missing : glyphFaults(source, definition, faces)));
  const words = grades.in(definition.language);
  faults.push(...grades.faults(definition.language));
  if (missing.length === 0) faults.push(...gradeFaults(grades, words, definition, faces));
  const pictures = await loadFiles(dir, source, definition);
  faults.push(...pictures.faults);
  if (faults.length > 0) return faults;
  const used = faceNames(definition).flatMap((name) => faces.get(name) ?? []);
  const held = used.map(({ name, sha256: hash, bytes }) => ({ name, sha256: hash, bytes }));
  const bundle = bundleOf({ definition, grades: words, faces: held, files: [...pictures.files, ...ofSchool] });
  const spoilt = layoutFaults(source, new PreparedTemplate(bundle));
  return spoilt.length > 0 ? spoilt : bundle;
}

/**
 * Reads every `certificate/<id>/template.yaml` of a templates folder, with its words, its families, its images and the faces in
 * `fonts/`.
 * @throws InputError with all faults of all templates, each with file and line
 */
export async function loadTemplates(dir: string): Promise<TemplateBundle[]> {
  const { faces, faults } = await loadFaces(dir);
  const grades = await readGrades(dir);
  if (Array.isArray(grades)) throw new InputError(grades);
  const school = await loadSchool(dir, faults);
  const folders = await readdir(join(dir, 'certificate'), { withFileTypes: true }).catch(() => []);
  const bundles: TemplateBundle[] = [];
  const shared: SharedFiles = new Map();
  for (const folder of folders
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()) {
    const loaded = await loadTemplate(dir, folder, faces, shared, grades, school);
    if (Array.isArray(loaded)) faults.push(...loaded);
    else bundles.push(loaded);
  }
  if (bundles.length === 0 && faults.length === 0) {
    faults.push(`certificate/:1: there is no template in ${dir}: add certificate/<id>/template.yaml`);
  }
  // Templates of one family repeat its faults; list each fault once.
  if (faults.length > 0) throw new InputError([...new Set(faults)]);
  return bundles;
}
