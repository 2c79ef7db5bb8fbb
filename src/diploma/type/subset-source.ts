import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The part of the WebAssembly API that is used; Node's types do not declare it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** HarfBuzz's C interface (hb-subset.h) as its WebAssembly build exports it; pointers are numbers. */
interface HarfBuzzSubset {
  memory: { readonly buffer: ArrayBuffer };
  malloc(size: number): number;
  free(data: number): void;
  hb_blob_create(data: number, length: number, mode: number, user: number, destroy: number): number;
  hb_blob_destroy(blob: number): void;
  hb_blob_get_data(blob: number, length: number): number;
  hb_blob_get_length(blob: number): number;
  hb_face_create(blob: number, index: number): number;
  hb_face_destroy(face: number): void;
  hb_face_reference_blob(face: number): number;
  hb_set_add(set: number, value: number): void;
  hb_subset_input_create_or_fail(): number;
  hb_subset_input_destroy(input: number): void;
  hb_subset_input_glyph_set(input: number): number;
  hb_subset_input_unicode_set(input: number): number;
  hb_subset_input_set(input: number, which: number): number;
  hb_subset_input_set_flags(input: number, flags: number): void;
  hb_subset_input_pin_all_axes_to_default(input: number, face: number): number;
  hb_subset_preprocess(face: number): number;
  hb_subset_or_fail(face: number, input: number): number;
}

/** `HB_MEMORY_MODE_DUPLICATE`: HarfBuzz keeps a copy, and frees it with the last face that uses it. */
const DUPLICATE = 0;
/** `HB_SUBSET_FLAGS_…`: no hinting, keep glyph ids, add no glyphs for layout rules. */
const FLAGS = 0x1 | 0x2 | 0x200;
/** `HB_SUBSET_FLAGS_NO_HINTING`. */
const NO_HINTING = 0x1;
/** `HB_SUBSET_SETS_DROP_TABLE_TAG`. */
const DROPPED_TABLES = 3;
/** Tables that PDF readers ignore (ISO 32000-1, 9.9): PDF has its own texts, names and layout. */
const DROPPED = [
  'GSUB',
  'GPOS',
  'GDEF',
  'BASE',
  'OS/2',
  'name',
  'cmap',
  'post',
  'gasp',
  'meta',
  'STAT',
  'VDMX',
  'hdmx',
];
const UNSEEN = [...DROPPED, 'vhea', 'vmtx', 'VORG', 'kern', 'DSIG', 'LTSH', 'PCLT', 'MATH', 'COLR', 'CPAL', 'SVG '];

const tagOf = (name: string): number => Buffer.from(name, 'latin1').readUInt32BE(0);

let loaded: HarfBuzzSubset | null = null;

/** The subsetter of this thread, loaded at first use. */
function subsetter(): HarfBuzzSubset {
  if (loaded === null) {
    const file = fileURLToPath(import.meta.resolve('harfbuzzjs/dist/harfbuzz-subset.wasm'));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {});
    loaded = instance.exports as unknown as HarfBuzzSubset;
  }
  return loaded;
}

/** Frees HarfBuzz memory when its JavaScript owner is garbage-collected. */
const abandoned = new FinalizationRegistry((faces: readonly number[]) => {
  for (const face of faces) subsetter().hb_face_destroy(face);
});

/** A face to take subsets of. Work common to all subsets is done once. */
export class SubsetSource {
  readonly #face: number;

  /** @throws Error when HarfBuzz has no memory for the face */
  constructor(bytes: Buffer) {
    const hb = subsetter();
    const data = hb.malloc(bytes.length);
    if (data === 0) throw new Error('there is no memory for a font');
    new Uint8Array(hb.memory.buffer).set(bytes, data);
    const blob = hb.hb_blob_create(data, bytes.length, DUPLICATE, 0, 0);
    hb.free(data);
    const plain = hb.hb_face_create(blob, 0);
    hb.hb_blob_destroy(blob);
    this.#face = hb.hb_subset_preprocess(plain);
    abandoned.register(this, [this.#face, plain]);
  }

  /**
   * A face with only these glyphs and their components.
   * @throws Error when HarfBuzz cannot make the subset
   */
  subset(glyphs: Iterable<number>): Buffer {
    return this.#take((hb, input) => {
      hb.hb_subset_input_set_flags(input, FLAGS);
      const wanted = hb.hb_subset_input_glyph_set(input);
      for (const glyph of glyphs) hb.hb_set_add(wanted, glyph);
      const dropped = hb.hb_subset_input_set(input, DROPPED_TABLES);
      for (const name of UNSEEN) hb.hb_set_add(dropped, tagOf(name));
    });
  }

  /**
   * A complete face, layout rules included, with only these characters; without hinting.
   * @throws Error when HarfBuzz cannot make the subset
   */
  charactersOnly(codePoints: Iterable<number>): Buffer {
    return this.#take((hb, input) => {
      hb.hb_subset_input_set_flags(input, NO_HINTING);
      const wanted = hb.hb_subset_input_unicode_set(input);
      for (const codePoint of codePoints) hb.hb_set_add(wanted, codePoint);
    });
  }

  #take(ask: (hb: HarfBuzzSubset, input: number) => void): Buffer {
    const hb = subsetter();
    const input = hb.hb_subset_input_create_or_fail();
    if (input === 0) throw new Error('there is no memory for a subset of a font');
    ask(hb, input);
    hb.hb_subset_input_pin_all_axes_to_default(input, this.#face);
    const face = hb.hb_subset_or_fail(this.#face, input);
    hb.hb_subset_input_destroy(input);
    if (face === 0) throw new Error('HarfBuzz could not make a subset of the font');
    const blob = hb.hb_face_reference_blob(face);
    const [from, length] = [hb.hb_blob_get_data(blob, 0), hb.hb_blob_get_length(blob)];
    const program = Buffer.from(new Uint8Array(hb.memory.buffer, from, length));
    hb.hb_blob_destroy(blob);
    hb.hb_face_destroy(face);
    return program;
  }
}
