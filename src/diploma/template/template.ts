import { createHash } from 'node:crypto';
import { z } from 'zod';
import { FrozenTemplateError } from '../../ports/printer.ts';
import { TemplateDefinition } from './template-definition.ts';

/** A face file; `sha256` is hexadecimal. */
export interface TemplateFace {
  name: string;
  sha256: string;
  bytes: Buffer;
}

/** An image file: line art (.svg) or an image (.png, .jpg). */
export type TemplateFile = TemplateFace;

/**
 * Everything that a template contributes to a diploma; immutable. `hash` is SHA-256 (hex) over the definition, the
 * grades and the hashes of the files.
 */
export interface TemplateBundle {
  id: string;
  language: string;
  hash: string;
  definition: TemplateDefinition;
  /** Normalised grade of the LMS → its word in the template's language. */
  grades: Readonly<Record<string, string>>;
  faces: TemplateFace[];
  files: TemplateFile[];
}

const Asset = z.strictObject({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const BundleContents = z.strictObject({
  definition: TemplateDefinition,
  grades: z.record(z.string(), z.string()).default({}),
  faces: z.array(Asset),
  files: z.array(Asset),
});
/** The fields that stored contents of every format have. */
const AnyContents = z.object({
  definition: z.object({ format: z.int().optional(), id: z.string() }),
  faces: z.array(Asset),
  files: z.array(Asset).default([]),
});

/** SHA-256 in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** JSON with sorted keys, because a database may reorder them. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const named = (assets: readonly TemplateFace[]): unknown =>
  assets.map(({ name, sha256: hash }) => ({ name, sha256: hash }));

type Contents = Pick<TemplateBundle, 'definition' | 'grades' | 'faces' | 'files'>;

const contentsOf = ({ definition, grades, faces, files }: Contents): unknown => ({
  definition,
  grades,
  faces: named(faces),
  files: named(files),
});

/** Builds the bundle of these contents and computes their hash. */
export function bundleOf(contents: Contents): TemplateBundle {
  const { id, language } = contents.definition;
  return { id, language, hash: sha256(canonicalJson(contentsOf(contents))), ...contents };
}

/** The database row of a bundle; `definition` is plain JSON. {@link bundleAssets} gives the file bytes. */
export function bundleToRow(bundle: TemplateBundle): { hash: string; definition: unknown } {
  return { hash: bundle.hash, definition: contentsOf(bundle) };
}

/** Files of a bundle to store by SHA-256, without repeats. */
export function bundleAssets({ faces, files }: TemplateBundle): { sha256: string; bytes: Buffer }[] {
  const assets = [...faces, ...files].map(({ sha256: hash, bytes }) => ({ sha256: hash, bytes }));
  return [...new Map(assets.map((asset) => [asset.sha256, asset])).values()];
}

/** SHA-256 of every file that stored contents need, in any format. */
export function storedAssets(definition: unknown): string[] {
  const { faces, files } = AnyContents.parse(definition);
  return [...new Set([...faces, ...files].map((asset) => asset.sha256))];
}

/**
 * Restores a bundle from a row of {@link bundleToRow}.
 * @throws FrozenTemplateError when it was stored in a format that this version cannot draw
 * @throws Error when definition or files do not match their hash
 */
export function bundleFromRow(
  row: { hash: string; definition: unknown },
  assetBytes: (sha256: string) => Buffer,
): TemplateBundle {
  const stored = AnyContents.parse(row.definition);
  if (sha256(canonicalJson(row.definition)) !== row.hash) {
    throw new Error(`stored template ${row.hash} differs from its hash`);
  }
  const parsed = BundleContents.safeParse(row.definition);
  if (!parsed.success) throw new FrozenTemplateError(stored.definition.id, stored.definition.format ?? 1);
  const { definition, grades, faces, files } = parsed.data;
  const held = (assets: z.infer<typeof Asset>[]): TemplateFace[] =>
    assets.map((asset) => {
      const bytes = assetBytes(asset.sha256);
      if (sha256(bytes) !== asset.sha256) throw new Error(`stored file ${asset.name} differs from its hash`);
      return { ...asset, bytes };
    });
  const { id, language } = definition;
  return { id, language, hash: row.hash, definition, grades, faces: held(faces), files: held(files) };
}
