import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readYaml, schemaFaults, type YamlFile } from '../../platform/yaml-file.ts';

/** One file: the template's own, its words', or that of a family. */
interface SourceFile {
  file: string;
  yaml: YamlFile;
}

/** A template merged with its words and its families, with the file and line of every value. */
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

const FolderName = z.string().regex(/^[a-z0-9][a-z0-9-]*$/);
const Heading = z.object({ extends: FolderName.optional(), words: FolderName.optional() });
/** Fields that name other files; they are not part of the merged template. */
const REFERENCES = Object.keys(Heading.shape);

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The values of `own` override those of `family`: maps are merged; lists and plain values are replaced. */
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

/** Cache of shared files (families, words) by path. */
export type SharedFiles = Map<string, Promise<SourceFile | null>>;

const WHAT = {
  extends: { wrong: 'must be the name of a folder in family/', path: (name: string) => `family/${name}/family.yaml` },
  words: { wrong: 'must be the name of a file in words/', path: (name: string) => `words/${name}.yaml` },
} as const;

/**
 * Reads `certificate/<id>/template.yaml`, its words (`words/<name>.yaml`), and the family that it extends, which may
 * extend another; fills `shared`.
 * @returns the source, or the faults that stop it from being read
 */
export async function readTemplateSource(
  dir: string,
  id: string,
  shared: SharedFiles,
): Promise<TemplateSource | string[]> {
  const file = `certificate/${id}/template.yaml`;
  const own = await readOne(dir, file);
  if (own === null) return [`${file}:1: cannot be read: add the file or remove the folder ${id}`];
  const chain = [own];
  const folders = [`certificate/${id}`];
  for (let at: SourceFile | null = own; at !== null; ) {
    const found = await referencesOf(dir, at, shared);
    if (Array.isArray(found)) return found;
    if (found.words !== null) chain.push(found.words);
    if (found.extends !== null && chain.includes(found.extends)) {
      return [`${at.file}:${at.yaml.lineOf(['extends'])}: extends: leads in a circle: name another family`];
    }
    at = found.extends;
    if (at === null) break;
    chain.push(at);
    folders.push(at.file.slice(0, at.file.lastIndexOf('/')));
  }
  return sourceOf(chain, folders);
}

/** The files that a file names, or its faults. */
async function referencesOf(
  dir: string,
  { file, yaml }: SourceFile,
  shared: SharedFiles,
): Promise<Record<keyof typeof WHAT, SourceFile | null> | string[]> {
  if (yaml.faults.length > 0) return yaml.faults;
  const heading = Heading.safeParse(yaml.data);
  const named = heading.success ? heading.data : {};
  const read = async (field: keyof typeof WHAT): Promise<SourceFile | string | null> => {
    const place = `${file}:${yaml.lineOf([field])}: ${field}`;
    const { wrong, path } = WHAT[field];
    if (!heading.success && heading.error.issues.some((issue) => issue.path[0] === field)) return `${place}: ${wrong}`;
    const name = named[field];
    if (name === undefined) return null;
    const reading = shared.get(path(name)) ?? readOne(dir, path(name));
    shared.set(path(name), reading);
    return (await reading) ?? `${place}: there is no ${path(name)}: add the file or correct the name`;
  };
  const [family, words] = [await read('extends'), await read('words')];
  const faults = [family, words].filter((one) => typeof one === 'string');
  if (faults.length > 0) return faults;
  const wordFaults = (words as SourceFile | null)?.yaml.faults ?? [];
  return wordFaults.length > 0
    ? wordFaults
    : { extends: family as SourceFile | null, words: words as SourceFile | null };
}

/** @param files from the template's own to the most general one; each overrides those after it */
function sourceOf(files: readonly SourceFile[], folders: string[]): TemplateSource {
  const [own] = files;
  if (own === undefined) throw new Error('a template needs a file');
  const plain = files.map(({ yaml }) => (isMap(yaml.data) ? without(yaml.data, REFERENCES) : yaml.data));
  const data = plain.reduceRight((below, above) => merged(below, above));
  /** The file that defines most of a path; of equal ones the template's own. */
  const holderOf = (path: readonly PropertyKey[]): SourceFile =>
    files.reduce((best, one) => (depthOf(one.yaml.data, path) > depthOf(best.yaml.data, path) ? one : best), own);
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

function without(data: Record<string, unknown>, keys: readonly string[]): unknown {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !keys.includes(key)));
}
