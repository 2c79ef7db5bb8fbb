import { crc32, deflateSync } from 'node:zlib';

/** Rounding steps for colour channels, finest first; the last one leaves 12 levels. */
const STEPS = [8, 17, 24];
const MOST_COLOURS = 256;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PALETTE = 3;

/**
 * Encodes line art and text as a PNG of at most 256 colours, a quarter of the size of a true-colour one.
 * @param rgba rows of `width` pixels, four bytes each, red first; opacity is ignored
 * @returns null when there are too many colours even after rounding, as in a photograph
 */
export function linePng(rgba: Uint8Array, width: number, height: number): Buffer | null {
  for (const step of STEPS) {
    const indexed = index(rgba, width, height, step);
    if (indexed !== null) return encode(indexed, width, height);
  }
  return null;
}

interface Indexed {
  /**
   * Three bytes per colour: the mean of the pixels that share an index, so that large plain areas keep their exact
   * colour.
   */
  colours: Buffer;
  /** Rows in PNG form: one filter byte (none), then one index per pixel. */
  rows: Buffer;
}

function index(rgba: Uint8Array, width: number, height: number, step: number): Indexed | null {
  const level = Uint8Array.from({ length: 256 }, (_, value) => Math.round(value / step));
  const places = new Map<number, number>();
  /** Four numbers per index: sums of red, green and blue, and the count of pixels. */
  const sums = new Float64Array(MOST_COLOURS * 4);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      const [red = 0, green = 0, blue = 0] = [rgba[at], rgba[at + 1], rgba[at + 2]];
      const key = ((level[red] ?? 0) << 16) | ((level[green] ?? 0) << 8) | (level[blue] ?? 0);
      let place = places.get(key);
      if (place === undefined) {
        if (places.size === MOST_COLOURS) return null;
        place = places.size;
        places.set(key, place);
      }
      const sum = place * 4;
      add(sums, sum, red);
      add(sums, sum + 1, green);
      add(sums, sum + 2, blue);
      add(sums, sum + 3, 1);
      rows[y * (width + 1) + 1 + x] = place;
    }
  }
  const colours = Buffer.alloc(places.size * 3);
  for (const place of places.values()) {
    const [red = 0, green = 0, blue = 0, count = 1] = sums.subarray(place * 4, place * 4 + 4);
    colours.set(
      [red, green, blue].map((sum) => Math.round(sum / count)),
      place * 3,
    );
  }
  return { colours, rows };
}

function add(sums: Float64Array, at: number, value: number): void {
  sums[at] = (sums[at] ?? 0) + value;
}

/** PNG (ISO/IEC 15948), colour type 3. */
function encode({ colours, rows }: Indexed, width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, PALETTE, 0, 0, 0], 8);
  const data = deflateSync(rows, { level: 9 });
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
