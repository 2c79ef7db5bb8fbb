import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import jsonld from 'jsonld';
import type { LoadedDocument } from './contexts.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface CanonizeOptions {
  documentLoader: (url: string) => Promise<LoadedDocument>;
  base?: null;
  safe?: boolean;
}

/** Keys whose values are words of the contexts: their meaning depends on the word, so they belong to the shape. */
const WORDS: ReadonlySet<string> = new Set([
  '@context',
  'type',
  'achievementType',
  'identityType',
  'statusPurpose',
  'cryptosuite',
  'proofPurpose',
]);
/** An identifier of one of the schemes that no context could take for a prefix without its being seen in the shape. */
const IDENTIFIER = /^(https?:\/\/|did:|urn:)[^\s]+$/;
const MOST_SHAPES = 200;

/** Expanded documents by their shape, with slots where the values belong; null: such a shape cannot be prepared. */
const shapes = new Map<string, Promise<Json>>();

/**
 * Canonical N-Quads (RDFC-1.0) of a JSON-LD document, as the cryptosuite's own `canonize` gives them, in a fraction of its
 * time. Expansion is nearly all the work and depends on a document's keys, types and kinds of value, not on the values:
 * it is done once per shape, on a document with slots for the values, which are then filled in. Canonicalization proper is
 * the library's, on every document.
 */
export async function canonizeByShape(document: object, options: CanonizeOptions): Promise<string> {
  const values: string[] = [];
  const shape = JSON.stringify(slotted(document as Json, values));
  const expanded = shapes.get(shape) ?? expandShape(shape, options);
  const prepared = await expanded;
  // An identifier of a scheme that is not foreseen, or a fault: the library finds its own way, or its own words for it.
  if (prepared === null) return cryptosuite.canonize(document, options);
  const filled = fill(prepared, values);
  return cryptosuite.canonize(filled as object, { ...options, skipExpansion: true });
}

function expandShape(shape: string, options: CanonizeOptions): Promise<Json> {
  // As the cryptosuite asks for it: what the contexts do not define is an error and not dropped.
  const expanded: Promise<Json> = jsonld
    .expand(JSON.parse(shape) as object, { ...options, safe: true, rdfDirection: 'i18n-datatype' })
    .catch(() => null);
  const [oldest] = shapes.keys();
  if (shapes.size >= MOST_SHAPES && oldest !== undefined) shapes.delete(oldest);
  shapes.set(shape, expanded);
  return expanded;
}

/** The document with a slot in place of every value; the values go into `values`, by the slot's number. */
function slotted(node: Json, values: string[]): Json {
  if (typeof node === 'string') {
    // A slot has the kind of its value: an identifier expands as one, any other text as itself or not at all.
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
