import { crc32 } from 'node:zlib';

const KEYWORD = 'openbadgecredential';
/** Signature and IHDR; every PNG begins with them (ISO/IEC 15948, 11.2.2). */
const HEAD = 8 + 25;

/**
 * Bakes a credential into a PNG (Open Badges 3.0, "Baking a PNG"): adds one uncompressed iTXt chunk whose text is the
 * signed credential.
 * @param png an image without such a chunk
 */
export function bakePng(png: Uint8Array, credential: Uint8Array): Buffer {
  // Keyword and terminator; compression flag and method; empty language tag and translated keyword with terminators.
  const start = Buffer.from(`iTXt${KEYWORD}\0\0\0\0\0`, 'latin1');
  const body = Buffer.concat([start, credential]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, HEAD), length, body, check, png.subarray(HEAD)]);
}
