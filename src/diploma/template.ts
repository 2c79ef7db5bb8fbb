import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../domain/failure.ts';
import { readYaml, schemaFaults, type YamlFile } from '../platform/yaml-file.ts';
import { type Face, parseFace } from './faces.ts';
import { codePointName, missingGlyphs } from './shaped-line.ts';
import { FACE_ROLES, faceNames, TemplateDefinition } from './template-definition.ts';

/** A face file by contents; `sha256` is hexadecimal. */
export interface TemplateFace {
  name: string;
  sha256: string;
  bytes: Buffer;
}

/** Everything that a template brings to a diploma, immutable; `hash` is SHA-256 (hex) over definition and face hashes. */
export interface TemplateBundle {
  id: string;
  language: string;
  hash: string;
  definition: TemplateDefinition;
  faces: TemplateFace[];
}

const BundleContents = z.strictObject({
  definition: TemplateDefinition,
  faces: z.array(z.strictObject({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** JSON with sorted keys, so that a store may reorder them. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const contentsOf = ({ definition, faces }: Pick<TemplateBundle, 'definition' | 'faces'>): unknown => ({
  definition,
  faces: faces.map((face) => ({ name: face.name, sha256: face.sha256 })),
});

function bundleOf(definition: TemplateDefinition, faces: TemplateFace[]): TemplateBundle {
  const hash = sha256(canonicalJson(contentsOf({ definition, faces })));
  return { id: definition.id, language: definition.language, hash, definition, faces };
}

/** What to store of a bundle, beside the bytes of its faces by their SHA-256: `definition` is plain JSON. */
export function bundleToRow(bundle: TemplateBundle): { hash: string; definition: unknown } {
  return { hash: bundle.hash, definition: contentsOf(bundle) };
}

/**
 * Restores a bundle from what {@link bundleToRow} gave.
 * @throws Error when definition or faces do not have the hash they are stored under
 */
export function bundleFromRow(
  row: { hash: string; definition: unknown },
  faceBytes: (sha256: string) => Buffer,
): TemplateBundle {
  const { definition, faces } = BundleContents.parse(row.definition);
  const bundle = bundleOf(
    definition,
    faces.map((face) => ({ ...face, bytes: faceBytes(face.sha256) })),
  );
  for (const face of bundle.faces) {
    if (sha256(face.bytes) !== face.sha256) throw new Error(`stored face ${face.name} is not what its hash says`);
  }
  if (bundle.hash !== row.hash) throw new Error(`stored template ${row.hash} is not what its hash says`);
  return bundle;
}

async function loadFaces(dir: string): Promise<{ faces: Map<string, TemplateFace & Face>; faults: string[] }> {
  const faces = new Map<string, TemplateFace & Face>();
  const faults: string[] = [];
  const names = await readdir(join(dir, 'fonts')).catch(() => []);
  for (const name of names.filter((file) => /\.(ttf|otf)$/.test(file)).sort()) {
    const bytes = await readFile(join(dir, 'fonts', name));
    try {
      faces.set(name, { ...parseFace(name, bytes), sha256: sha256(bytes), bytes });
    } catch {
      faults.push(`fonts/${name}:1: not a readable TrueType or OpenType face: put the whole file there again`);
    }
  }
  return { faces, faults };
}

function faceFaults(file: string, yaml: YamlFile, definition: TemplateDefinition, known: Map<string, Face>): string[] {
  return FACE_ROLES.flatMap((role) =>
    definition.faces[role].flatMap((name, index) =>
      known.has(name)
        ? []
        : [
            `${file}:${yaml.lineOf(['faces', role, index])}: faces.${role}: no usable face fonts/${name}: add the file or mend the name`,
          ],
    ),
  );
}

/** Words of the template itself that its own faces cannot print. */
function wordingFaults(
  file: string,
  yaml: YamlFile,
  definition: TemplateDefinition,
  known: Map<string, Face>,
): string[] {
  const chains = FACE_ROLES.map((role) => definition.faces[role].flatMap((name) => known.get(name) ?? []));
  const written: [PropertyKey[], string][] = [
    ...Object.entries(definition.texts).map(([key, text]): [PropertyKey[], string] => [['texts', key], text]),
    ...Object.entries(definition.programme).map(([key, text]): [PropertyKey[], string] => [['programme', key], text]),
    ...Object.entries(definition.hours).map(([key, text]): [PropertyKey[], string] => [['hours', key], text ?? '']),
    ...definition.date.months.map((text, index): [PropertyKey[], string] => [['date', 'months', index], text]),
    [['date', 'pattern'], definition.date.pattern],
  ];
  return written.flatMap(([path, text]) => {
    const missing = new Set(chains.flatMap((chain) => missingGlyphs(text.replace(/[{}]/g, ''), chain)));
    if (missing.size === 0) return [];
    const list = [...missing].map(codePointName).join(', ');
    return [
      `${file}:${yaml.lineOf(path)}: ${path.map(String).join('.')}: no face has a glyph for ${list}: add a face or other words`,
    ];
  });
}

/**
 * Reads every `certificate/<id>/template.yaml` of a templates folder with the faces in `fonts/`.
 * @throws InputError with all faults of all templates at once, each naming file and line
 */
export async function loadTemplates(dir: string): Promise<TemplateBundle[]> {
  const { faces, faults } = await loadFaces(dir);
  const folders = await readdir(join(dir, 'certificate'), { withFileTypes: true }).catch(() => []);
  const bundles: TemplateBundle[] = [];
  for (const folder of folders
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()) {
    const file = `certificate/${folder}/template.yaml`;
    const source = await readFile(join(dir, file), 'utf8').catch(() => null);
    if (source === null) {
      faults.push(`${file}:1: cannot be read: add the file or remove the folder ${folder}`);
      continue;
    }
    const yaml = readYaml(file, source);
    faults.push(...yaml.faults);
    if (yaml.faults.length > 0) continue;
    const parsed = TemplateDefinition.safeParse(yaml.data);
    if (!parsed.success) {
      faults.push(...schemaFaults(file, yaml, parsed.error));
      continue;
    }
    const definition = parsed.data;
    if (definition.id !== folder)
      faults.push(`${file}:${yaml.lineOf(['id'])}: id: must be "${folder}" as the folder is named`);
    const missing = faceFaults(file, yaml, definition, faces);
    faults.push(...(missing.length > 0 ? missing : wordingFaults(file, yaml, definition, faces)));
    const used = faceNames(definition).flatMap((name) => faces.get(name) ?? []);
    bundles.push(
      bundleOf(
        definition,
        used.map(({ name, sha256: hash, bytes }) => ({ name, sha256: hash, bytes })),
      ),
    );
  }
  if (bundles.length === 0 && faults.length === 0) {
    faults.push(`certificate/:1: no template in ${dir}: add certificate/<id>/template.yaml`);
  }
  if (faults.length > 0) throw new InputError(faults);
  return bundles;
}
