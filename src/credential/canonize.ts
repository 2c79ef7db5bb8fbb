import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import jsonld, { type Quad, type Term } from 'jsonld';
import { canonize } from 'rdf-canonize';
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
const CANONICAL = { algorithm: 'RDFC-1.0', format: 'application/n-quads' } as const;

/** A statement, and the numbers of the slots in it. */
interface PreparedQuad {
  quad: Quad;
  subject: number | null;
  object: number | null;
}

/** The statements of a shape, with slots for the values; null: this shape cannot be prepared. */
const shapes = new Map<string, Promise<PreparedQuad[] | null>>();

/**
 * Canonical N-Quads (RDFC-1.0) of a JSON-LD document: the same result as the cryptosuite's `canonize`, but much
 * faster. Expansion and the way to statements take most of the time. They depend only on keys, types, kinds of values
 * and on which values are equal, so they are done once per shape, on a document with slots; then the values are filled
 * in. The library canonicalizes every document.
 */
export async function canonizeByShape(document: object, options: CanonizeOptions): Promise<string> {
  const slots = new Map<string, number>();
  const shape = JSON.stringify(slotted(document as Json, slots));
  const prepared = await (shapes.get(shape) ?? prepareShape(shape, options));
  // An unexpected identifier scheme or an invalid document: leave it to the library, including its error message.
  if (prepared === null) return cryptosuite.canonize(document, options);
  const values = [...slots.keys()];
  return canonize(
    prepared.map((one) => filled(one, values)),
    CANONICAL,
  );
}

function prepareShape(shape: string, options: CanonizeOptions): Promise<PreparedQuad[] | null> {
  // As in the cryptosuite (safe mode): a term that no context defines is an error and is not dropped.
  const prepared = jsonld
    .toRDF(JSON.parse(shape) as object, { ...options, safe: true, rdfDirection: 'i18n-datatype' })
    .then((quads) => quads.map(prepareQuad))
    .catch(() => null);
  const [oldest] = shapes.keys();
  if (shapes.size >= MOST_SHAPES && oldest !== undefined) shapes.delete(oldest);
  shapes.set(shape, prepared);
  return prepared;
}

/**
 * The document with a slot in place of every value. Equal values share a slot, because equal identifiers become one
 * node and equal statements one statement.
 */
function slotted(node: Json, slots: Map<string, number>): Json {
  if (typeof node === 'string') {
    const slot = slots.get(node) ?? slots.size;
    slots.set(node, slot);
    // A slot has the kind of its value: an identifier expands as an identifier, any other text does not.
    const scheme = IDENTIFIER.exec(node)?.[1] ?? '';
    return `${scheme}slot-${slot}`;
  }
  if (Array.isArray(node)) return node.map((item) => slotted(item, slots));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, WORDS.has(key) ? value : slotted(value, slots)]),
  );
}

/** Number of the slot in a term, or null when every document of the shape has this term. */
function slotOf({ value }: Term): number | null {
  const slot = /^(?:https?:\/\/|did:|urn:)?slot-(\d+)$/.exec(value)?.[1];
  return slot === undefined ? null : Number(slot);
}

const prepareQuad = (quad: Quad): PreparedQuad => ({
  quad,
  subject: slotOf(quad.subject),
  object: slotOf(quad.object),
});

function filled({ quad, subject, object }: PreparedQuad, values: readonly string[]): Quad {
  if (subject === null && object === null) return quad;
  const put = (term: Term, slot: number | null): Term =>
    slot === null ? term : { ...term, value: values[slot] ?? term.value };
  return { ...quad, subject: put(quad.subject, subject), object: put(quad.object, object) };
}
