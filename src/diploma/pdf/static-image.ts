import { deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';

/** One stream of an image: its dictionary entries except size and type, and its encoded bytes. */
interface ImageStream {
  readonly entries: Readonly<Record<string, string | number>>;
  readonly bytes: Buffer;
}

/** A PNG or JPEG prepared once per process; `width` and `height` are pixels. */
export interface StaticImage {
  readonly width: number;
  readonly height: number;
  readonly colour: ImageStream;
  /** Opacity per pixel, or null when every pixel is opaque. */
  readonly alpha: ImageStream | null;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const flate = (samples: Uint8Array, colours: 'DeviceGray' | 'DeviceRGB'): ImageStream => ({
  entries: { ColorSpace: colours, BitsPerComponent: 8, Filter: 'FlateDecode' },
  bytes: deflateSync(samples, { level: 9 }),
});

function fromPng(bytes: Buffer): StaticImage {
  // The library converts palettes, greys and 16-bit samples to 8-bit RGBA.
  const { width, height, data } = PNG.sync.read(bytes, { checkCRC: true });
  const colour = new Uint8Array(width * height * 3);
  const alpha = new Uint8Array(width * height);
  let [opaque, grey] = [true, true];
  for (let pixel = 0; pixel < alpha.length; pixel += 1) {
    const [red = 0, green = 0, blue = 0, opacity = 0] = data.subarray(pixel * 4, pixel * 4 + 4);
    alpha[pixel] = opacity;
    opaque &&= opacity === 255;
    // Invisible pixels are written as zeros, which compress best.
    if (opacity === 0) continue;
    grey &&= red === green && green === blue;
    colour.set([red, green, blue], pixel * 3);
  }
  const shades = grey
    ? flate(
        colour.filter((_, at) => at % 3 === 0),
        'DeviceGray',
      )
    : flate(colour, 'DeviceRGB');
  return { width, height, colour: shades, alpha: opaque ? null : flate(alpha, 'DeviceGray') };
}

/** Reads the frame header of a JPEG (ITU-T T.81, B.2.2). */
function fromJpeg(bytes: Buffer): StaticImage {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (!isFrame) {
      at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
      continue;
    }
    const [bits = 0, components = 0] = [bytes[at + 4], bytes[at + 9]];
    const space = ({ 1: 'DeviceGray', 3: 'DeviceRGB' } as Record<number, string>)[components];
    if (space === undefined || bits !== 8) {
      const what = `${components} components of ${bits} bits`;
      throw new Error(`a JPEG with ${what}, but grey or RGB with 8 bits is needed: save it in sRGB`);
    }
    const entries = { ColorSpace: space, BitsPerComponent: 8, Filter: 'DCTDecode' };
    const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
    return { width, height, colour: { entries, bytes }, alpha: null };
  }
  throw new Error('a JPEG without a frame, so it is cut off or damaged: save it again');
}

/**
 * Prepares an image for any number of documents. It decodes synchronously, so that no document's bytes depend on
 * timing.
 * @throws Error with advice when the bytes are neither a readable PNG nor a grey or RGB JPEG
 */
export function prepareImage(bytes: Buffer): StaticImage {
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) {
    try {
      return fromPng(bytes);
    } catch (cause) {
      throw new Error('a PNG that cannot be read, so it is cut off or damaged: save it again', { cause });
    }
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return fromJpeg(bytes);
  throw new Error('neither a PNG nor a JPEG: save the image as PNG or JPEG');
}
