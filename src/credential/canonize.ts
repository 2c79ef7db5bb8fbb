import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import jsonld from 'jsonld';
import type { LoadedDocument } from './contexts.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface CanonizeOptions {
  documentLoader: (url: string) => Promise<LoadedDocument>;
  base?: null;
  safe?: boolean;
}

/**
 * Keys whose values are terms of the contexts. Their expansion depends on the value, so the value belongs to the
 * shape.
 */
const WORDS: ReadonlySet<string> = new Set([
  '@context',
  'type',
  'achievementType',
  'identityType',
  'statusPurpose',
  'cryptosuite',
  'proofPurpose',
]);
/**
 * An identifier with one of these schemes; the shape records the scheme, because a context could use it as a prefix.
 */
const IDENTIFIER = /^(https?:\/\/|did:|urn:)[^\s]+$/;
const MOST_SHAPES = 200;

/** Expanded documents by shape, with slots for the values; null: this shape cannot be prepared. */
const shapes = new Map<string, Promise<Json>>();

/**
 * Canonical N-Quads (RDFC-1.0) of a JSON-LD document: the same result as the cryptosuite's `canonize`, but much
 * faster. Expansion takes most of the time. It depends only on keys, types and kinds of values, so it is done once
 * per shape, on a document with slots; then the values are filled in. The library canonicalizes every document.
 */
export async function canonizeByShape(document: object, options: CanonizeOptions): Promise<string> {
  const values: string[] = [];
  const shape = JSON.stringify(slotted(document as Json, values));
  const expanded = shapes.get(shape) ?? expandShape(shape, options);
  const prepared = await expanded;
  // An unexpected identifier scheme or an invalid document: leave it to the library, including its error message.
  if (prepared === null) return cryptosuite.canonize(document, options);
  const filled = fill(prepared, values);
  return cryptosuite.canonize(filled as object, { ...options, skipExpansion: true });
}

function expandShape(shape: string, options: CanonizeOptions): Promise<Json> {
  // As in the cryptosuite (safe mode): a term that no context defines is an error and is not dropped.
  const expanded: Promise<Json> = jsonld
    .expand(JSON.parse(shape) as object, { ...options, safe: true, rdfDirection: 'i18n-datatype' })
    .catch(() => null);
  const [oldest] = shapes.keys();
  if (shapes.size >= MOST_SHAPES && oldest !== undefined) shapes.delete(oldest);
  shapes.set(shape, expanded);
  return expanded;
}

/** The document with a slot in place of every value; the values are appended to `values` in the order of slots. */
function slotted(node: Json, values: string[]): Json {
  if (typeof node === 'string') {
    // A slot has the kind of its value: an identifier expands as an identifier, any other text does not.
    const scheme = IDENTIFIER.exec(node)?.[1] ?? '';
    return `${scheme}slot-${values.push(node) - 1}`;
  }
  if (Array.isArray(node)) return node.map((item) => slotted(item, values));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, WORDS.has(key) ? value : slotted(value, values)]),
  );
}

function fill(node: Json, values: readonly string[]): Json {
  if (typeof node === 'string') {
    const slot = /^(?:https?:\/\/|did:|urn:)?slot-(\d+)$/.exec(node)?.[1];
    return slot === undefined ? node : (values[Number(slot)] ?? node);
  }
  if (Array.isArray(node)) return node.map((item) => fill(item, values));
  if (typeof node !== 'object' || node === null) return node;
  const filled: { [key: string]: Json } = {};
  for (const key in node) filled[key] = fill(node[key] ?? null, values);
  return filled;
}
