import { crc32, inflateSync } from 'node:zlib';
import { Unreadable } from './findings.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const KEYWORD = 'openbadgecredential';
/** Maximum bytes of an unpacked credential. */
const MOST_TEXT = 1024 * 1024;

/** Chunk types with a keyword and text (ISO/IEC 15948, 11.3.4). */
const TEXTS: ReadonlySet<string> = new Set(['iTXt', 'tEXt', 'zTXt']);
/** Signatures of other image formats; some programs save them under the old name. */
const OTHERS: [string, RegExp][] = [
  ['a JPEG', /^\xff\xd8\xff/],
  ['a WebP picture', /^RIFF[\s\S]{4}WEBP/],
  ['a GIF', /^GIF8/],
  ['an AVIF or HEIF image', /^[\s\S]{4}ftyp/],
];
const MEND = 'ask for the original image, as downloaded from the diploma’s page';

/**
 * Reads the credential baked into a PNG (Open Badges 3.0, "Baking a PNG"): the text of the only iTXt chunk with that
 * keyword, compressed or not (ISO/IEC 15948, 11.3.4.5).
 * @throws Unreadable
 */
export function readBakedPng(png: Buffer): Buffer {
  if (!png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new Unreadable(noPng(png));
  const baked = [...chunks(png)].filter(({ type, data }) => TEXTS.has(type) && keywordOf(data) === KEYWORD);
  const found = baked.filter(({ type }) => type === 'iTXt');
  const [one] = found;
  if (one !== undefined && found.length === 1) return textIn(one.data);
  if (found.length > 1) throw new Unreadable('an image with several embedded credentials instead of one');
  if (baked.length > 0)
    throw new Unreadable(
      `a picture whose baked credential an image tool has rewritten (as ${baked[0]?.type}, where iTXt belongs); ${MEND}`,
    );
  throw new Unreadable(
    `a picture without a baked credential: it never had one, or an image tool, a messenger or a screenshot dropped it; ${MEND}`,
  );
}

function noPng(file: Buffer): string {
  const start = file.toString('latin1', 0, 16);
  const other = OTHERS.find(([, beginning]) => beginning.test(start))?.[0];
  return other === undefined
    ? 'no PNG'
    : `not a PNG but ${other}: such a file cannot hold a credential, so the picture was converted; ${MEND}`;
}

function* chunks(png: Buffer): Generator<{ type: string; data: Buffer }> {
  let at = SIGNATURE.length;
  for (let type = ''; type !== 'IEND'; ) {
    const length = png.length - at < 12 ? Number.POSITIVE_INFINITY : png.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > png.length) throw new Unreadable('a PNG that is cut off');
    const body = png.subarray(at + 4, end - 4);
    if (crc32(body) !== png.readUInt32BE(end - 4)) throw new Unreadable('a PNG that is damaged');
    type = body.toString('latin1', 0, 4);
    yield { type, data: body.subarray(4) };
    at = end;
  }
}

const keywordOf = (data: Buffer): string => data.toString('latin1', 0, Math.max(0, data.indexOf(0)));

/** After the keyword: compression flag and method, then language tag and translated keyword, each zero-terminated. */
function textIn(data: Buffer): Buffer {
  const flags = data.indexOf(0) + 1;
  const language = data.indexOf(0, flags + 2);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  if (translated < 0) throw new Unreadable('a PNG whose embedded credential is damaged');
  const text = data.subarray(translated + 1);
  if (data[flags] === 0) return text;
  try {
    return inflateSync(text, { maxOutputLength: MOST_TEXT });
  } catch {
    throw new Unreadable('a PNG whose embedded credential cannot be decompressed');
  }
}
