import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readYaml, schemaFaults, type YamlFile } from '../../platform/yaml-file.ts';

/** One file: the template's own, or its family's. */
interface SourceFile {
  file: string;
  yaml: YamlFile;
}

/** A template merged with its family, with the file and line of every value. */
export interface TemplateSource {
  /** The template's own file, relative to the templates folder. */
  readonly file: string;
  readonly data: unknown;
  /** Folders to search for images, in this order, relative to the templates folder. */
  readonly folders: readonly string[];
  /** `file:line` of the value at a path, in the file that defines it. */
  placeOf(path: readonly PropertyKey[]): string;
  /** `file:line: field: fault and advice`. */
  fault(path: readonly PropertyKey[], text: string): string;
  schemaFaults(error: z.ZodError): string[];
}

const Heading = z.object({
  extends: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .optional(),
});

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The template's values override the family's: maps are merged; lists and plain values are replaced. */
function merged(family: unknown, own: unknown): unknown {
  if (!isMap(family) || !isMap(own)) return own;
  const keys = [...Object.keys(family), ...Object.keys(own).filter((key) => !(key in family))];
  const values = keys.map((key): [string, unknown] => [key, key in own ? merged(family[key], own[key]) : family[key]]);
  return Object.fromEntries(values);
}

/** How many steps of a path exist. */
function depthOf(data: unknown, path: readonly PropertyKey[]): number {
  let at = data;
  for (const [index, key] of path.entries()) {
    if (typeof at !== 'object' || at === null || !(key in at)) return index;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return path.length;
}

async function readOne(dir: string, file: string): Promise<SourceFile | null> {
  const source = await readFile(join(dir, file), 'utf8').catch(() => null);
  return source === null ? null : { file, yaml: readYaml(file, source) };
}

/** Cache of family files by name; templates of one family share the file. */
export type Families = Map<string, Promise<SourceFile | null>>;

/**
 * Reads `certificate/<id>/template.yaml` and the family that it extends, if any; fills `families`.
 * @returns the source, or the faults that stop it from being read
 */
export async function readTemplateSource(
  dir: string,
  id: string,
  families: Families,
): Promise<TemplateSource | string[]> {
  const file = `certificate/${id}/template.yaml`;
  const own = await readOne(dir, file);
  if (own === null) return [`${file}:1: cannot be read: add the file or remove the folder ${id}`];
  if (own.yaml.faults.length > 0) return own.yaml.faults;
  const heading = Heading.safeParse(own.yaml.data);
  if (!heading.success)
    return [`${file}:${own.yaml.lineOf(['extends'])}: extends: must be the name of a folder in family/`];
  const { extends: name } = heading.data;
  if (name === undefined) return sourceOf([own], [`certificate/${id}`]);
  const reading = families.get(name) ?? readOne(dir, `family/${name}/family.yaml`);
  families.set(name, reading);
  const family = await reading;
  if (family === null) {
    return [
      `${file}:${own.yaml.lineOf(['extends'])}: extends: there is no family/${name}/family.yaml: add the file or correct the name`,
    ];
  }
  if (family.yaml.faults.length > 0) return family.yaml.faults;
  return sourceOf([own, family], [`certificate/${id}`, `family/${name}`]);
}

function sourceOf(files: readonly [SourceFile, SourceFile?], folders: string[]): TemplateSource {
  const [own, family] = files;
  const whole = family === undefined ? own.yaml.data : merged(family.yaml.data, own.yaml.data);
  const data = isMap(whole) ? Object.fromEntries(Object.entries(whole).filter(([key]) => key !== 'extends')) : whole;
  const holderOf = (path: readonly PropertyKey[]): SourceFile => {
    if (family === undefined || depthOf(own.yaml.data, path) >= depthOf(family.yaml.data, path)) return own;
    return family;
  };
  const placeOf = (path: readonly PropertyKey[]): string => {
    const { file, yaml } = holderOf(path);
    return `${file}:${yaml.lineOf(path)}`;
  };
  return {
    file: own.file,
    data,
    folders,
    placeOf,
    fault: (path, text) => `${placeOf(path)}: ${path.map(String).join('.')}: ${text}`,
    schemaFaults: (error) =>
      error.issues.flatMap((issue) => {
        const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
        const { file, yaml } = holderOf([...issue.path, ...keys]);
        return schemaFaults(file, yaml, new z.ZodError([issue]));
      }),
  };
}
