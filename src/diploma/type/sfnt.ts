/** Tables of a TrueType or OpenType file by tag. */
export type SfntTables = ReadonlyMap<string, Buffer>;

/** Signatures: TrueType outlines, CFF outlines, and Apple's signature for TrueType. */
const SIGNATURES = new Set([0x00010000, 0x4f54544f, 0x74727565]);

/**
 * Reads the table directory of a face (OpenType, "Organization of an OpenType Font").
 * @throws Error when the bytes are not a single face, or a table is cut off
 */
export function sfntTables(bytes: Buffer): SfntTables {
  if (bytes.length < 12 || !SIGNATURES.has(bytes.readUInt32BE(0)))
    throw new Error('the file is not a single TrueType or OpenType font');
  const tables = new Map<string, Buffer>();
  const count = bytes.readUInt16BE(4);
  if (bytes.length < 12 + count * 16) throw new Error('the font file ends before its list of tables is complete');
  for (let at = 12; at < 12 + count * 16; at += 16) {
    const [offset, length] = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)];
    if (offset + length > bytes.length) throw new Error('the font file ends before one of its tables is complete');
    tables.set(bytes.toString('latin1', at, at + 4), bytes.subarray(offset, offset + length));
  }
  return tables;
}

/** Metrics of a face for its PDF font descriptor; lengths are thousandths of the type size. */
export interface FaceMetrics {
  unitsPerEm: number;
  /** Bounding box of all glyphs: left, bottom, right, top. */
  box: readonly [number, number, number, number];
  ascent: number;
  descent: number;
  capHeight: number;
  xHeight: number;
  /** Angle in degrees. */
  italicAngle: number;
  /** Flags of a font descriptor (ISO 32000-1, table 123). */
  flags: number;
  /** Advance width by glyph id. */
  widthOf(glyph: number): number;
}

const FIXED_PITCH = 1;
const SERIF = 2;
/** Symbolic: characters are looked up by glyph id. */
const SYMBOLIC = 4;
const SCRIPT = 8;
const ITALIC = 64;

function flagsOf(tables: SfntTables): number {
  const familyClass = (tables.get('OS/2')?.readInt16BE(30) ?? 0) >> 8;
  const fixed = (tables.get('post')?.readUInt32BE(12) ?? 0) !== 0 ? FIXED_PITCH : 0;
  const serif = familyClass >= 1 && familyClass <= 7 ? SERIF : 0;
  const script = familyClass === 10 ? SCRIPT : 0;
  const italic = ((tables.get('head')?.readUInt16BE(44) ?? 0) & 2) !== 0 ? ITALIC : 0;
  return SYMBOLIC | fixed | serif | script | italic;
}

/**
 * Reads the metrics of a face.
 * @throws Error when a required table is missing
 */
export function faceMetrics(tables: SfntTables): FaceMetrics {
  const [head, hhea, hmtx] = ['head', 'hhea', 'hmtx'].map((tag) => tables.get(tag));
  if (head === undefined || hhea === undefined || hmtx === undefined || !tables.has('cmap') || !tables.has('maxp')) {
    throw new Error('the font lacks one of the tables cmap, head, hhea, hmtx, maxp');
  }
  const unitsPerEm = head.readUInt16BE(18);
  const scaled = (units: number): number => (units * 1000) / unitsPerEm;
  const box = [36, 38, 40, 42].map((at) => scaled(head.readInt16BE(at))) as [number, number, number, number];
  const ascent = scaled(hhea.readInt16BE(4));
  const os2 = tables.get('OS/2');
  const hasHeights = os2 !== undefined && os2.readUInt16BE(0) >= 2 && os2.length >= 90;
  const last = hhea.readUInt16BE(34) - 1;
  return {
    unitsPerEm,
    box,
    ascent,
    descent: scaled(hhea.readInt16BE(6)),
    capHeight: hasHeights ? scaled(os2.readInt16BE(88)) : ascent,
    xHeight: hasHeights ? scaled(os2.readInt16BE(86)) : 0,
    italicAngle: (tables.get('post')?.readInt32BE(4) ?? 0) / 65536,
    flags: flagsOf(tables),
    widthOf: (glyph) => scaled(hmtx.readUInt16BE(4 * Math.min(glyph, last))),
  };
}
