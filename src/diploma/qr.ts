import { qrModules } from './qr-mask.ts';

/** White modules that readers need around a code (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/** Data bits of the versions 1 to 9 with error correction M (ISO/IEC 18004, table 7). */
const DATA_BITS = [128, 224, 352, 512, 688, 864, 992, 1232, 1456];
/** Bits of mode and length before a segment in those versions. */
const HEAD = { byte: 4 + 8, alphanumeric: 4 + 9 };
/** The end of an address that alphanumeric mode can write, from the last slash. */
const CAPITALS = /^(?<before>.*[^/])(?<code>\/[0-9A-Z $%*+\-.:]+)$/;

const versionFor = (bits: number): number => DATA_BITS.findIndex((room) => bits <= room);

type Segment = { data: Buffer; mode: 'byte' } | { data: string; mode: 'alphanumeric' };

/**
 * An address mixes upper and lower case, which only byte mode supports. The lookup code at its end has capitals and
 * digits only; as a segment of its own it takes less room. It gets one where that makes the code a version smaller.
 */
function segmentsOf(text: string): Segment[] {
  const whole = Buffer.from(text);
  const { before, code } = CAPITALS.exec(text)?.groups ?? {};
  const one: Segment[] = [{ data: whole, mode: 'byte' }];
  if (before === undefined || code === undefined) return one;
  const first = Buffer.from(before);
  const codeBits = Math.floor(code.length / 2) * 11 + (code.length % 2) * 6;
  const version = versionFor(HEAD.byte + 8 * first.length + HEAD.alphanumeric + codeBits);
  const plain = versionFor(HEAD.byte + 8 * whole.length);
  if (version < 0 || (plain >= 0 && version >= plain)) return one;
  return [
    { data: first, mode: 'byte' },
    { data: code, mode: 'alphanumeric' },
  ];
}

/**
 * A QR code (error correction M) as PDF path operators. It fills a square of `side` points at x, y, with the quiet
 * zone inside, painted white. Modules are whole numbers under one matrix, which keeps the operators short.
 * @param inSegments false for templates before format 4, whose codes have one segment
 */
export function qrPath(text: string, x: number, y: number, side: number, inSegments: boolean): string {
  const segments: Segment[] = inSegments ? segmentsOf(text) : [{ data: Buffer.from(text), mode: 'byte' }];
  const { size, data } = qrModules(segments);
  const whole = size + 2 * QUIET_ZONE;
  const n = (value: number): string => String(Math.round(value * 100_000) / 100_000);
  const bars: string[] = [];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const from = column;
      while (column < size && data[row * size + column] === 1) column += 1;
      if (column > from) bars.push(`${from + QUIET_ZONE} ${row + QUIET_ZONE} ${column - from} 1 re`);
    }
  }
  const scale = n(side / whole);
  return `q ${scale} 0 0 ${scale} ${n(x)} ${n(y)} cm 1 g 0 0 ${whole} ${whole} re f 0 g\n${bars.join('\n')}\nf Q`;
}
