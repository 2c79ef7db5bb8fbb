import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const compress = promisify(brotliCompress);
/** In the table directory: a tag follows; for outlines also that they are not transformed (WOFF2, 5.1). */
const TAG_FOLLOWS = 0x3f;
const UNTRANSFORMED = 0xc0;
const HEADER = 48;

/** A number in groups of seven bits, the most significant first (WOFF2, 4.2). */
function base128(value: number): number[] {
  const groups = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) groups.unshift((rest & 0x7f) | 0x80);
  return groups;
}

/**
 * Packs a TrueType or OpenType face as WOFF2 (W3C recommendation), its tables as they are: browsers need half of the bytes.
 */
export async function packWoff2(face: Buffer): Promise<Buffer> {
  const count = face.readUInt16BE(4);
  const tables = Array.from({ length: count }, (_, index) => {
    const entry = 12 + index * 16;
    const [offset, length] = [face.readUInt32BE(entry + 8), face.readUInt32BE(entry + 12)];
    return { tag: face.toString('latin1', entry, entry + 4), bytes: face.subarray(offset, offset + length) };
  });
  const directory = Buffer.from(
    tables.flatMap(({ tag, bytes }) => {
      const isOutline = tag === 'glyf' || tag === 'loca';
      return [TAG_FOLLOWS | (isOutline ? UNTRANSFORMED : 0), ...Buffer.from(tag, 'latin1'), ...base128(bytes.length)];
    }),
  );
  const packed = await compress(Buffer.concat(tables.map(({ bytes }) => bytes)), {
    params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_FONT },
  });
  const end = HEADER + directory.length + packed.length;
  const header = Buffer.alloc(HEADER);
  header.write('wOF2', 0, 'latin1');
  face.copy(header, 4, 0, 4);
  header.writeUInt32BE(end + (-end & 3), 8);
  header.writeUInt16BE(count, 12);
  header.writeUInt32BE(
    12 + count * 16 + tables.reduce((sum, { bytes }) => sum + bytes.length + (-bytes.length & 3), 0),
    16,
  );
  header.writeUInt32BE(packed.length, 20);
  header.writeUInt16BE(1, 24);
  return Buffer.concat([header, directory, packed, Buffer.alloc(-end & 3)]);
}
