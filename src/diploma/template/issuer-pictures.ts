import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { IssuerPicture } from '../../domain/certificate/signatory.ts';
import { readYaml, schemaFaults, type YamlFile } from '../../platform/yaml-file.ts';
import { prepareImage } from '../pdf/static-image.ts';
import { readSvg } from './svg-art.ts';
import { sha256, type TemplateFile } from './template.ts';
import type { TemplateDefinition } from './template-definition.ts';

const FILE = 'issuer.yaml';
/** Folder of the pictures; their names in a bundle begin with it, so that they never clash with a template's own. */
export const PICTURE_FOLDER = 'issuer';
/** A diploma carries its pictures, so each must be small. */
const MOST = { bytes: 100_000, pixels: 1600 };

/** The part of issuer.yaml that names pictures; the adapter of the templates folder checks the whole file. */
const Named = z.looseObject({
  pictures: z.looseObject({ logo: IssuerPicture.nullish(), seal: IssuerPicture.nullish() }).nullish(),
  signatories: z.record(z.string(), z.looseObject({ signature: IssuerPicture.nullish() })).nullish(),
});

type Slots = NonNullable<TemplateDefinition['pictures']>;

/** The pictures of the school: logo, seal, and the signature of each person who has one. */
export interface IssuerPictures {
  readonly slots: Slots;
  readonly files: readonly TemplateFile[];
}

export const NO_PICTURES: IssuerPictures = { slots: {}, files: [] };

/**
 * Reads the pictures that issuer.yaml names. Pixels and paths are drawn anew, so nothing else that a file holds (names,
 * places, programs) gets into a diploma.
 * @returns the pictures, or the faults with file and line
 */
export async function readIssuerPictures(dir: string): Promise<IssuerPictures | string[]> {
  const source = await readFile(join(dir, FILE), 'utf8').catch(() => null);
  // Whoever needs the rest of the file reports that it is missing.
  if (source === null) return NO_PICTURES;
  const yaml = readYaml(FILE, source);
  if (yaml.faults.length > 0) return yaml.faults;
  const parsed = Named.safeParse(yaml.data);
  if (!parsed.success) return schemaFaults(FILE, yaml, parsed.error);
  const { pictures, signatories } = parsed.data;
  const signed = Object.entries(signatories ?? {}).flatMap(([id, { signature }]) =>
    signature ? [[id, signature] as const] : [],
  );
  const named: [readonly string[], string][] = [
    ...(pictures?.logo ? [[['pictures', 'logo'], pictures.logo] as [string[], string]] : []),
    ...(pictures?.seal ? [[['pictures', 'seal'], pictures.seal] as [string[], string]] : []),
    ...signed.map(([id, name]): [string[], string] => [['signatories', id, 'signature'], name]),
  ];
  const faults: string[] = [];
  const files = new Map<string, TemplateFile>();
  for (const [path, name] of named) {
    const read = await readPicture(dir, name);
    if (typeof read === 'string') faults.push(faultAt(yaml, path, read));
    else files.set(read.name, read);
  }
  if (faults.length > 0) return faults;
  const held = (name: string) => `${PICTURE_FOLDER}/${name}`;
  return {
    slots: {
      ...(pictures?.logo ? { logo: held(pictures.logo) } : {}),
      ...(pictures?.seal ? { seal: held(pictures.seal) } : {}),
      ...(signed.length > 0 ? { signatures: Object.fromEntries(signed.map(([id, name]) => [id, held(name)])) } : {}),
    },
    files: [...files.values()],
  };
}

const faultAt = (yaml: YamlFile, path: readonly string[], text: string): string =>
  `${FILE}:${yaml.lineOf(path)}: ${path.join('.')}: ${text}`;

/** The file, or why it cannot be used. */
async function readPicture(dir: string, file: string): Promise<TemplateFile | string> {
  const name = `${PICTURE_FOLDER}/${file}`;
  const found = await lstat(join(dir, name)).catch(() => null);
  if (found === null) return `the file ${name} does not exist: add it`;
  if (!found.isFile()) return `${name} is no plain file: put the picture itself there`;
  if (found.size > MOST.bytes) {
    return `${name} has ${Math.ceil(found.size / 1000)} KB, but at most ${MOST.bytes / 1000} KB are allowed, because each diploma carries it: make it smaller`;
  }
  const bytes = await readFile(join(dir, name));
  const fault = file.endsWith('.svg') ? svgFault(name, bytes) : pngFault(name, bytes);
  return fault ?? { name, sha256: sha256(bytes), bytes };
}

function svgFault(name: string, bytes: Buffer): string | null {
  // Templates have different palettes, so the picture names its own colours.
  const result = readSvg(name, bytes.toString('utf8'), {});
  return 'faults' in result ? result.faults.join('; ') : null;
}

function pngFault(name: string, bytes: Buffer): string | null {
  // The header is read first: a small file can unfold to more pixels than the memory holds.
  const sized = bytes.length >= 24 && bytes.toString('latin1', 12, 16) === 'IHDR';
  const [width, height] = sized ? [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] : [0, 0];
  if (Math.max(width, height) > MOST.pixels) {
    return `${name} is ${width} by ${height} pixels, but at most ${MOST.pixels} on each side are allowed: make it smaller`;
  }
  try {
    prepareImage(bytes);
    return null;
  } catch (error) {
    return `${name} is ${error instanceof Error ? error.message : 'not readable'}`;
  }
}

/** The pictures that a template has places for; the others are no part of it and of its hash. */
export function picturesFor(
  { images }: Pick<TemplateDefinition, 'images'>,
  { slots, files }: IssuerPictures,
): IssuerPictures {
  const wanted = new Set(Object.values(images).flatMap(({ from }) => from ?? []));
  const used: Slots = {
    ...(slots.logo !== undefined && wanted.has('logo') ? { logo: slots.logo } : {}),
    ...(slots.seal !== undefined && wanted.has('seal') ? { seal: slots.seal } : {}),
    ...(slots.signatures !== undefined && (wanted.has('signature') || wanted.has('secondSignature'))
      ? { signatures: slots.signatures }
      : {}),
  };
  const names = new Set([used.logo, used.seal, ...Object.values(used.signatures ?? {})]);
  return { slots: used, files: files.filter(({ name }) => names.has(name)) };
}
