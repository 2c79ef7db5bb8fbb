/** ICC fixed-point numbers: 16 bits before the point, 16 after it. */
function fixed(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65536), index * 4);
  return bytes;
}

const tag = (type: string, ...contents: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from(`${type}\0\0\0\0`), ...contents]);

/** A `textDescriptionType` with an ASCII name; the other encodings are empty. */
function description(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length + 1);
  return tag('desc', length, Buffer.from(`${text}\0`, 'latin1'), Buffer.alloc(4 + 4 + 2 + 1 + 67));
}

/** Points of the curve; linear interpolation between them is invisible. */
const STEPS = 128;

/** The sRGB curve (IEC 61966-2-1, 5.2) from sample to light, as a table. */
function curve(): Buffer {
  const bytes = Buffer.alloc(4 + STEPS * 2);
  bytes.writeUInt32BE(STEPS);
  for (let step = 0; step < STEPS; step += 1) {
    const sample = step / (STEPS - 1);
    const light = sample <= 0.04045 ? sample / 12.92 : ((sample + 0.055) / 1.055) ** 2.4;
    bytes.writeUInt16BE(Math.round(light * 65535), 4 + step * 2);
  }
  return tag('curv', bytes);
}

/** White point of the profile connection space (D50). */
const D50 = [0.9642, 1, 0.8249] as const;
/** Tags with equal contents share one entry. */
const TAGS: readonly (readonly [readonly string[], Buffer])[] = [
  [['desc'], description('sRGB')],
  [['cprt'], tag('text', Buffer.from('CC0\0'))],
  [['wtpt'], tag('XYZ ', fixed(...D50))],
  [['rXYZ'], tag('XYZ ', fixed(0.43607, 0.22249, 0.01392))],
  [['gXYZ'], tag('XYZ ', fixed(0.38515, 0.71687, 0.09708))],
  [['bXYZ'], tag('XYZ ', fixed(0.14307, 0.06061, 0.7141))],
  [['rTRC', 'gTRC', 'bTRC'], curve()],
];

const HEADER = 128;

function header(size: number): Buffer {
  const bytes = Buffer.alloc(HEADER);
  bytes.writeUInt32BE(size, 0);
  bytes.writeUInt32BE(0x02100000, 8);
  bytes.write('mntrRGB XYZ ', 12, 'latin1');
  // 1 January 2000: the profile must have a date.
  for (const [index, part] of [2000, 1, 1].entries()) bytes.writeUInt16BE(part, 24 + index * 2);
  bytes.write('acsp', 36, 'latin1');
  fixed(...D50).copy(bytes, 68);
  return bytes;
}

/**
 * The sRGB colour space as an ICC profile (ICC.1:1998-09, version 2, which every part of PDF/A accepts). Its curve
 * has few points: half a kilobyte, where usual profiles take three or more.
 */
export function srgbProfile(): Buffer {
  const count = TAGS.reduce((sum, [names]) => sum + names.length, 0);
  const table = Buffer.alloc(4 + count * 12);
  table.writeUInt32BE(count, 0);
  let [row, at] = [4, HEADER + table.length];
  const contents: Buffer[] = [];
  for (const [names, data] of TAGS) {
    for (const name of names) {
      table.write(name, row, 'latin1');
      table.writeUInt32BE(at, row + 4);
      table.writeUInt32BE(data.length, row + 8);
      row += 12;
    }
    const padded = Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
    contents.push(padded);
    at += padded.length;
  }
  return Buffer.concat([header(at), table, ...contents]);
}
