import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const inflate: Decode = promisify(zlib.inflate);
const inflateRaw: Decode = promisify(zlib.inflateRaw);
const gunzip: Decode = promisify(zlib.gunzip);

const DECODERS = new Map<string, Decode>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  // Some servers omit the two zlib header bytes that RFC 9110 §8.4.1.2 requires.
  ['deflate', (bytes, options) => (((bytes[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw)(bytes, options)],
  ['br', promisify(zlib.brotliDecompress)],
]);
// Available from Node 22.15 on.
const { zstdDecompress } = zlib as { zstdDecompress?: Parameters<typeof promisify>[0] };
if (zstdDecompress !== undefined) DECODERS.set('zstd', promisify(zstdDecompress) as Decode);

const MOST_CODINGS = 3;

/** A decoded body; or the original body with the reason why it cannot be decoded. The reason quotes nothing of it. */
export interface DecodedBody {
  body: Buffer;
  codingFault?: string;
}

/**
 * Decodes the codings in `Content-Encoding` (RFC 9110 §8.4): gzip, deflate, br, and zstd if Node has it.
 * @param header the field's value or values; codings are listed in the order in which they were applied
 * @param maxBytes maximum result of each step; a longer result is abandoned and takes no more memory than that
 */
export async function decodeBody(
  header: string | string[] | undefined,
  body: Buffer,
  maxBytes: number,
): Promise<DecodedBody> {
  const names = [header ?? []].flat().join(',').toLowerCase().split(',');
  const codings = names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity');
  if (codings.length === 0 || body.length === 0) return { body };
  if (codings.length > MOST_CODINGS) return { body, codingFault: `it has more than ${MOST_CODINGS} content encodings` };
  let decoded = body;
  for (const coding of codings.reverse()) {
    const decode = DECODERS.get(coding);
    if (decode === undefined) {
      const named = /^[a-z0-9-]{1,20}$/.test(coding) ? `"${coding}"` : 'unknown';
      return {
        body,
        codingFault: `its content encoding is ${named}; supported: ${[...DECODERS.keys()].join(', ')}`,
      };
    }
    try {
      decoded = await decode(decoded, { maxOutputLength: maxBytes });
    } catch (error) {
      return { body, codingFault: faultOf(coding, (error as NodeJS.ErrnoException).code, maxBytes) };
    }
  }
  return { body: decoded };
}

function faultOf(coding: string, code: string | undefined, maxBytes: number): string {
  if (code === 'ERR_BUFFER_TOO_LARGE') return `after decompression (${coding}) it is longer than ${maxBytes} bytes`;
  return code === 'Z_BUF_ERROR'
    ? `its compressed data (${coding}) ends too early`
    : `its compressed data (${coding}) is damaged`;
}
