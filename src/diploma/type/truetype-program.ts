import type { Composite } from './letter-glyphs.ts';
import type { SfntTables } from './sfnt.ts';

/** Flags of a component (OpenType, "glyf"). */
const WORDS = 0x0001;
const DISTANCES = 0x0002;
const SCALE = 0x0008;
const MORE = 0x0020;
const TWO_SCALES = 0x0040;
const MATRIX = 0x0080;
const INSTRUCTIONS = 0x0100;

/** An outline without hinting, padded to an even length, and the places where it names other glyphs. */
interface Outline {
  bytes: Buffer;
  left: number;
  components: readonly { at: number; id: number }[];
}

const EMPTY: Outline = { bytes: Buffer.alloc(0), left: 0, components: [] };

const padded = (bytes: Buffer, unit: number): Buffer =>
  bytes.length % unit === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(unit - (bytes.length % unit))]);

/** Outlines and metrics of a TrueType face, from which faces with some of its glyphs are made. */
export class TrueTypeSource {
  readonly #glyf: Buffer;
  readonly #loca: Buffer;
  readonly #hmtx: Buffer;
  readonly #isLong: boolean;
  /** Number of glyphs, and of those that have an advance width of their own. */
  readonly #count: number;
  readonly #widths: number;
  readonly #head: Buffer;
  readonly #hhea: Buffer;
  readonly #maxp: Buffer;
  /** A face is used for many documents, and these use the same glyphs. */
  readonly #outlines = new Map<number, Outline>();

  /** @throws Error when a table is missing */
  constructor(tables: SfntTables) {
    const table = (tag: string): Buffer => {
      const bytes = tables.get(tag);
      if (bytes === undefined) throw new Error(`the font has no table ${tag}`);
      return bytes;
    };
    [this.#glyf, this.#loca, this.#hmtx] = [table('glyf'), table('loca'), table('hmtx')];
    [this.#head, this.#hhea, this.#maxp] = [table('head'), table('hhea'), table('maxp')].map((one) =>
      Buffer.from(one),
    ) as [Buffer, Buffer, Buffer];
    this.#isLong = this.#head.readInt16BE(50) === 1;
    this.#count = this.#maxp.readUInt16BE(4);
    this.#widths = this.#hhea.readUInt16BE(34);
    // Readers of PDF ignore the checksum of the whole file.
    this.#head.writeUInt32BE(0, 8);
    // Without hinting there is one zone, and nothing that instructions need (OpenType, "maxp").
    this.#maxp.writeUInt16BE(1, 14);
    this.#maxp.fill(0, 16, 28);
  }

  /**
   * A TrueType file with these glyphs in this order, without hinting and without tables that PDF readers ignore
   * (ISO 32000-1, 9.9). Glyphs that others consist of follow them.
   * @throws Error when the face has no such glyph, or its outline is damaged
   */
  program(glyphs: readonly (number | Composite)[]): Buffer {
    const list = [...glyphs];
    const ids = new Map<number, number>();
    for (const [index, glyph] of list.entries())
      if (typeof glyph === 'number' && !ids.has(glyph)) ids.set(glyph, index);
    const idOf = (glyph: number): number => {
      const known = ids.get(glyph) ?? list.push(glyph) - 1;
      ids.set(glyph, known);
      return known;
    };
    const outlines: Buffer[] = [];
    const offsets = [0];
    const metrics: number[] = [];
    let end = 0;
    let most = 0;
    // `list` grows while glyphs name others.
    for (const glyph of list) {
      const plain = typeof glyph === 'number';
      const { bytes, left, components } = plain ? this.#outline(glyph) : this.#composite(glyph);
      if (!plain) most = Math.max(most, components.length);
      const own = components.length === 0 ? bytes : Buffer.from(bytes);
      for (const { at, id } of components) own.writeUInt16BE(idOf(id), at);
      outlines.push(own);
      end += own.length;
      offsets.push(end);
      metrics.push(plain ? this.#advance(glyph) : glyph.advance, plain ? this.#bearing(glyph) : left);
    }
    return this.#file(list.length, Buffer.concat(outlines), offsets, metrics, most);
  }

  #file(count: number, glyf: Buffer, offsets: readonly number[], metrics: readonly number[], most: number): Buffer {
    const isLong = glyf.length > 0x1fffe;
    const [head, hhea, maxp] = [Buffer.from(this.#head), Buffer.from(this.#hhea), Buffer.from(this.#maxp)];
    head.writeInt16BE(isLong ? 1 : 0, 50);
    hhea.writeUInt16BE(count, 34);
    maxp.writeUInt16BE(count, 4);
    if (most > 0) {
      maxp.writeUInt16BE(Math.max(maxp.readUInt16BE(28), most), 28);
      maxp.writeUInt16BE(maxp.readUInt16BE(30) + 1, 30);
    }
    const loca = Buffer.alloc(offsets.length * (isLong ? 4 : 2));
    for (const [index, offset] of offsets.entries())
      if (isLong) loca.writeUInt32BE(offset, index * 4);
      else loca.writeUInt16BE(offset / 2, index * 2);
    const hmtx = Buffer.alloc(metrics.length * 2);
    for (const [index, value] of metrics.entries()) hmtx.writeUInt16BE(value & 0xffff, index * 2);
    return sfntOf([
      ['glyf', glyf],
      ['head', head],
      ['hhea', hhea],
      ['hmtx', hmtx],
      ['loca', loca],
      ['maxp', maxp],
    ]);
  }

  #advance(id: number): number {
    return this.#hmtx.readUInt16BE(4 * Math.min(id, this.#widths - 1));
  }

  #bearing(id: number): number {
    return this.#hmtx.readInt16BE(id < this.#widths ? 4 * id + 2 : 4 * this.#widths + 2 * (id - this.#widths));
  }

  #outline(id: number): Outline {
    const known = this.#outlines.get(id);
    if (known !== undefined) return known;
    if (id >= this.#count) throw new Error(`the font has no glyph ${id}`);
    const at = (index: number): number =>
      this.#isLong ? this.#loca.readUInt32BE(index * 4) : this.#loca.readUInt16BE(index * 2) * 2;
    const bytes = this.#glyf.subarray(at(id), at(id + 1));
    const outline = bytes.length < 10 ? EMPTY : bytes.readInt16BE(0) < 0 ? joined(bytes) : simple(bytes);
    this.#outlines.set(id, outline);
    return outline;
  }

  /** A glyph that the face lacks, made of glyphs that it has. */
  #composite({ parts }: Composite): Outline {
    const seen = parts.flatMap((part) => {
      const { bytes } = this.#outline(part.id);
      if (bytes.length < 10) return [];
      const [left = 0, bottom = 0, right = 0, top = 0] = [2, 4, 6, 8].map((at) => bytes.readInt16BE(at));
      return [{ ...part, left: part.x + left, bottom: part.y + bottom, right: part.x + right, top: part.y + top }];
    });
    if (seen.length === 0) return EMPTY;
    const bytes = Buffer.alloc(10 + 8 * seen.length);
    const left = Math.min(...seen.map((part) => part.left));
    bytes.writeInt16BE(-1, 0);
    bytes.writeInt16BE(left, 2);
    bytes.writeInt16BE(Math.min(...seen.map((part) => part.bottom)), 4);
    bytes.writeInt16BE(Math.max(...seen.map((part) => part.right)), 6);
    bytes.writeInt16BE(Math.max(...seen.map((part) => part.top)), 8);
    const components = seen.map(({ id, x, y }, index) => {
      const at = 10 + 8 * index;
      bytes.writeUInt16BE(WORDS | DISTANCES | (index < seen.length - 1 ? MORE : 0), at);
      bytes.writeInt16BE(x, at + 4);
      bytes.writeInt16BE(y, at + 6);
      return { at: at + 2, id };
    });
    return { bytes, left, components };
  }
}

/** A simple glyph without its instructions. */
function simple(bytes: Buffer): Outline {
  const at = 10 + 2 * bytes.readInt16BE(0);
  const length = bytes.readUInt16BE(at);
  const plain = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(2), bytes.subarray(at + 2 + length)]);
  return { bytes: padded(plain, 2), left: bytes.readInt16BE(2), components: [] };
}

/** A glyph that consists of others, without its instructions. */
function joined(source: Buffer): Outline {
  const bytes = Buffer.from(source);
  const components: { at: number; id: number }[] = [];
  let [at, flags] = [10, MORE];
  while ((flags & MORE) !== 0) {
    flags = bytes.readUInt16BE(at);
    bytes.writeUInt16BE(flags & ~INSTRUCTIONS, at);
    components.push({ at: at + 2, id: bytes.readUInt16BE(at + 2) });
    const scaled = (flags & MATRIX) !== 0 ? 8 : (flags & TWO_SCALES) !== 0 ? 4 : (flags & SCALE) !== 0 ? 2 : 0;
    at += 4 + ((flags & WORDS) !== 0 ? 4 : 2) + scaled;
  }
  return { bytes: padded(bytes.subarray(0, at), 2), left: bytes.readInt16BE(2), components };
}

/** Sum of big-endian 32-bit words. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + bytes.readUInt32BE(at)) >>> 0;
  return sum;
}

/** Writes a TrueType file of these tables, which are in the order of their tags (OpenType, "Organization …"). */
function sfntOf(tables: readonly (readonly [tag: string, bytes: Buffer])[]): Buffer {
  const power = 2 ** Math.floor(Math.log2(tables.length));
  const head = Buffer.alloc(12 + 16 * tables.length);
  head.writeUInt32BE(0x00010000, 0);
  head.writeUInt16BE(tables.length, 4);
  head.writeUInt16BE(power * 16, 6);
  head.writeUInt16BE(Math.log2(power), 8);
  head.writeUInt16BE((tables.length - power) * 16, 10);
  const parts: Buffer[] = [head];
  let offset = head.length;
  for (const [index, [tag, bytes]] of tables.entries()) {
    const full = padded(bytes, 4);
    const at = 12 + 16 * index;
    head.write(tag, at, 'latin1');
    head.writeUInt32BE(checksum(full), at + 4);
    head.writeUInt32BE(offset, at + 8);
    head.writeUInt32BE(bytes.length, at + 12);
    offset += full.length;
    parts.push(full);
  }
  return Buffer.concat(parts);
}
