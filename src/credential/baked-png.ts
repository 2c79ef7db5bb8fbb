import { crc32 } from 'node:zlib';

const KEYWORD = 'openbadgecredential';
/** Signature and IHDR, which every PNG begins with (ISO/IEC 15948, 11.2.2). */
const HEAD = 8 + 25;

/**
 * A picture with a credential baked in (Open Badges 3.0, "Baking a PNG"): one iTXt chunk, not compressed, whose text is
 * the signed credential.
 * @param png a picture without such a chunk
 */
export function bakePng(png: Uint8Array, credential: Uint8Array): Buffer {
  // Keyword, its end; compression flag and method; language tag and translated keyword, both empty, and their ends.
  const start = Buffer.from(`iTXt${KEYWORD}\0\0\0\0\0`, 'latin1');
  const body = Buffer.concat([start, credential]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, HEAD), length, body, check, png.subarray(HEAD)]);
}
