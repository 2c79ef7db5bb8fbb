import type { Composite } from '../type/letter-glyphs.ts';
import { sfntTables } from '../type/sfnt.ts';

/** Flags of a component (OpenType, "glyf"): arguments are words, and distances; another component follows. */
const [WORDS, DISTANCES, MORE] = [0x0001, 0x0002, 0x0020];

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

interface Box {
  left: number;
  bottom: number;
  right: number;
  top: number;
}

/** Outlines of a face, by glyph id. */
class Outlines {
  readonly #glyf: Buffer;
  readonly #offsets: number[];

  constructor(glyf: Buffer, loca: Buffer, isLong: boolean, count: number) {
    this.#glyf = glyf;
    this.#offsets = Array.from({ length: count + 1 }, (_, id) =>
      isLong ? loca.readUInt32BE(id * 4) : loca.readUInt16BE(id * 2) * 2,
    );
  }

  get offsets(): readonly number[] {
    return this.#offsets;
  }

  /** Bounding box of a glyph; null when it is empty. */
  box(id: number): Box | null {
    const [from = 0, to = 0] = this.#offsets.slice(id, id + 2);
    if (to - from < 10) return null;
    const [left, bottom, right, top] = [2, 4, 6, 8].map((at) => this.#glyf.readInt16BE(from + at));
    return { left: left ?? 0, bottom: bottom ?? 0, right: right ?? 0, top: top ?? 0 };
  }
}

function compositeBytes({ parts }: Composite, outlines: Outlines): { bytes: Buffer; left: number } {
  const seen = parts.flatMap(({ id, x, y }) => {
    const box = outlines.box(id);
    return box === null ? [] : [{ id, x, y, box }];
  });
  if (seen.length === 0) return { bytes: Buffer.alloc(0), left: 0 };
  const head = Buffer.alloc(10);
  const left = Math.min(...seen.map(({ x, box }) => x + box.left));
  head.writeInt16BE(-1, 0);
  head.writeInt16BE(left, 2);
  head.writeInt16BE(Math.min(...seen.map(({ y, box }) => y + box.bottom)), 4);
  head.writeInt16BE(Math.max(...seen.map(({ x, box }) => x + box.right)), 6);
  head.writeInt16BE(Math.max(...seen.map(({ y, box }) => y + box.top)), 8);
  const components = seen.map(({ id, x, y }, index) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16BE(WORDS | DISTANCES | (index < seen.length - 1 ? MORE : 0), 0);
    bytes.writeUInt16BE(id, 2);
    bytes.writeInt16BE(x, 4);
    bytes.writeInt16BE(y, 6);
    return bytes;
  });
  return { bytes: padded(Buffer.concat([head, ...components])), left };
}

/** Sum of big-endian 32-bit words. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + bytes.readUInt32BE(at)) >>> 0;
  return sum;
}

/** Writes a TrueType file of these tables (OpenType, "Organization of an OpenType Font"). */
function sfntOf(tables: ReadonlyMap<string, Buffer>): Buffer {
  const list = [...tables]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, bytes]) => ({ tag, bytes, full: padded(bytes) }));
  const power = 2 ** Math.floor(Math.log2(list.length));
  const head = Buffer.alloc(12 + 16 * list.length);
  head.writeUInt32BE(0x00010000, 0);
  head.writeUInt16BE(list.length, 4);
  head.writeUInt16BE(power * 16, 6);
  head.writeUInt16BE(Math.log2(power), 8);
  head.writeUInt16BE((list.length - power) * 16, 10);
  let offset = head.length;
  for (const [index, { tag, bytes, full }] of list.entries()) {
    const at = 12 + 16 * index;
    head.write(tag, at, 'latin1');
    head.writeUInt32BE(checksum(full), at + 4);
    head.writeUInt32BE(offset, at + 8);
    head.writeUInt32BE(bytes.length, at + 12);
    offset += full.length;
  }
  return Buffer.concat([head, ...list.map(({ full }) => full)]);
}

/**
 * Adds composite glyphs to a TrueType face; the first gets the id after the face's last.
 * @returns the new face, and the id of the first added glyph
 */
export function withComposites(program: Buffer, composites: readonly Composite[]): { program: Buffer; first: number } {
  const tables = new Map(sfntTables(program));
  const table = (tag: string): Buffer => {
    const bytes = tables.get(tag);
    if (bytes === undefined) throw new Error(`the subset of the font has no table ${tag}`);
    return bytes;
  };
  const [head, maxp, hhea] = [Buffer.from(table('head')), Buffer.from(table('maxp')), Buffer.from(table('hhea'))];
  const first = maxp.readUInt16BE(4);
  if (composites.length === 0) return { program, first };
  const outlines = new Outlines(table('glyf'), table('loca'), head.readInt16BE(50) === 1, first);
  const glyphs = composites.map((one) => compositeBytes(one, outlines));
  const glyf = [padded(table('glyf')), ...glyphs.map(({ bytes }) => bytes)];
  const offsets = [...outlines.offsets];
  let end = glyf[0]?.length ?? 0;
  // The bytes up to the first added glyph are padding.
  offsets[first] = end;
  for (const { bytes } of glyphs) {
    end += bytes.length;
    offsets.push(end);
  }
  const loca = Buffer.alloc(offsets.length * 4);
  for (const [id, offset] of offsets.entries()) loca.writeUInt32BE(offset, id * 4);
  const long = hhea.readUInt16BE(34);
  const hmtx = table('hmtx');
  const last = hmtx.readUInt16BE(4 * (long - 1));
  const metrics = Buffer.alloc((first + composites.length) * 4);
  hmtx.copy(metrics, 0, 0, long * 4);
  for (let id = long; id < first; id += 1) {
    metrics.writeUInt16BE(last, id * 4);
    metrics.writeInt16BE(hmtx.readInt16BE(long * 4 + (id - long) * 2), id * 4 + 2);
  }
  for (const [index, { advance }] of composites.entries()) {
    metrics.writeUInt16BE(advance, (first + index) * 4);
    metrics.writeInt16BE(glyphs[index]?.left ?? 0, (first + index) * 4 + 2);
  }
  head.writeInt16BE(1, 50);
  head.writeUInt32BE(0, 8);
  maxp.writeUInt16BE(first + composites.length, 4);
  maxp.writeUInt16BE(Math.max(maxp.readUInt16BE(28), ...composites.map(({ parts }) => parts.length)), 28);
  maxp.writeUInt16BE(maxp.readUInt16BE(30) + 1, 30);
  hhea.writeUInt16BE(first + composites.length, 34);
  const changed = { head, maxp, hhea, hmtx: metrics, loca, glyf: Buffer.concat(glyf) };
  for (const [tag, bytes] of Object.entries(changed)) tables.set(tag, bytes);
  return { program: sfntOf(tables), first };
}
