import { stringify } from 'yaml';
import { z } from 'zod';
import { InputError } from '../../domain/failure.ts';
import { PICTURE_FOLDER } from './issuer-pictures.ts';
import { bundleOf, sha256, type TemplateBundle } from './template.ts';

const MANIFEST = 'manifest.json';
const Hash = z.string().regex(/^[0-9a-f]{64}$/);
/** The only names that an archive has, beside the manifest: none of them leads out of its folder. */
const Path = z.string().regex(/^(template\.yaml|family\.yaml|files\/[a-z0-9][\w.-]*|fonts\/[\w.-]+\.(ttf|otf))$/);

/** Files of the school that are part of a template's contents, but not of an archive. */
const OF_SCHOOL = { grades: 'grades.yaml', pictures: 'issuer.yaml, issuer/', countries: 'countries.yaml' } as const;

const Manifest = z.strictObject({
  format: z.literal('gramota-template'),
  version: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  /** SHA-256 of the whole contents, as certificates and approvals hold it. */
  hash: Hash,
  /** The same without what files of the school add. */
  design: Hash,
  school: z.strictObject({ grades: Hash, pictures: Hash, countries: Hash }),
  files: z.array(z.strictObject({ path: Path, sha256: Hash })),
});
type Manifest = z.infer<typeof Manifest>;

/** An archive whose files are those that its manifest names. */
export interface TemplateArchive {
  manifest: Manifest;
  /** Contents by path, without the manifest. */
  files: ReadonlyMap<string, Buffer>;
}

const isOfSchool = ({ name }: { name: string }): boolean => name.startsWith(`${PICTURE_FOLDER}/`);

function describe({ id, hash, definition, grades, faces, files }: TemplateBundle): Omit<Manifest, 'files'> {
  const { pictures = {}, countries = {}, ...own } = definition;
  const design = bundleOf({ definition: own, grades: {}, faces, files: files.filter((file) => !isOfSchool(file)) });
  const sorted = (of: object): string =>
    sha256(JSON.stringify(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1))));
  const seen = files.filter(isOfSchool).map(({ name, sha256: hash }) => [name, hash]);
  const school = {
    grades: sorted(grades),
    pictures: sha256(JSON.stringify([pictures, seen])),
    countries: sorted(countries),
  };
  return { format: 'gramota-template', version: 1, id, hash, design: design.hash, school };
}

/**
 * The files of a template by path, to be exported: all that it says by itself, as a family of its own, so that it needs no other file of
 * the templates folder but those of the school. Texts that a family has in store are no fault there.
 */
export function archiveOf(bundle: TemplateBundle): Map<string, Buffer> {
  const { id, pictures: _pictures, countries: _countries, ...family } = bundle.definition;
  const files = new Map<string, Buffer>([
    ['template.yaml', Buffer.from(stringify({ extends: id, id }))],
    ['family.yaml', Buffer.from(stringify(family, { lineWidth: 0 }))],
    ...bundle.files.filter((file) => !isOfSchool(file)).map(({ name, bytes }) => [`files/${name}`, bytes] as const),
    ...bundle.faces.map(({ name, bytes }) => [`fonts/${name}`, bytes] as const),
  ]);
  const listed = [...files].map(([path, bytes]) => ({ path, sha256: sha256(bytes) }));
  const manifest: Manifest = { ...describe(bundle), files: listed };
  return new Map([[MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)], ...files]);
}

/**
 * Checks the entries of an archive against its manifest.
 * @throws InputError with all faults
 */
export function readArchive(entries: ReadonlyMap<string, Buffer>): TemplateArchive {
  const manifest = readManifest(entries.get(MANIFEST));
  const files = new Map([...entries].filter(([name]) => name !== MANIFEST));
  const named = new Map(manifest.files.map(({ path, sha256: hash }) => [path, hash]));
  const faults = [
    ...[...files.keys()].filter((name) => !named.has(name)).map((name) => `${name}: the manifest does not name it`),
    ...['template.yaml', 'family.yaml'].filter((name) => !named.has(name)).map((name) => `${name} is missing`),
    ...[...named].flatMap(([name, hash]) => {
      const bytes = files.get(name);
      if (bytes === undefined) return [`${name} is missing`];
      return sha256(bytes) === hash ? [] : [`${name} was changed after the export`];
    }),
  ];
  const mend = 'export the template again';
  if (faults.length > 0)
    throw new InputError([...new Set(faults)].map((fault) => `the archive is refused: ${fault}: ${mend}`));
  return { manifest, files };
}

function readManifest(bytes: Buffer | undefined): Manifest {
  const refuse = (why: string) =>
    new InputError(`the archive is refused: ${why}: take one of "gramota template export"`);
  if (bytes === undefined) throw refuse(`it has no ${MANIFEST}`);
  let data: unknown;
  try {
    data = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw refuse(`${MANIFEST} is no JSON`);
  }
  const parsed = Manifest.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${MANIFEST} is not understood (${issue?.path.join('.')}: ${issue?.message})`);
}

/**
 * Compares the imported template with the exported one.
 * @returns files of the school that add something else here than where it was exported; empty: the contents are the same, and so is their hash
 * @throws InputError when the template itself is another one than the manifest names
 */
export function differingFiles({ manifest }: TemplateArchive, imported: TemplateBundle): string[] {
  const found = describe(imported);
  if (found.design !== manifest.design || found.id !== manifest.id)
    throw new InputError(
      'the archive is refused: its files do not give the contents that the manifest names: export the template again',
    );
  const kinds = Object.keys(OF_SCHOOL) as (keyof typeof OF_SCHOOL)[];
  return kinds.filter((kind) => found.school[kind] !== manifest.school[kind]).map((kind) => OF_SCHOOL[kind]);
}
