import QRCode from 'qrcode';

/** Modules of white that readers need around a code (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/**
 * A QR code (error correction M) as PDF path operators filling a square of `side` points at x, y, its quiet zone
 * inside the square, painted white.
 */
export function qrPath(text: string, x: number, y: number, side: number): string {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const size = side / (modules.size + 2 * QUIET_ZONE);
  const n = (value: number): string => String(Math.round(value * 1000) / 1000);
  const bars: string[] = [];
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      const from = column;
      while (column < modules.size && modules.get(row, column)) column += 1;
      if (column === from) continue;
      const [left, top] = [x + (from + QUIET_ZONE) * size, y + (row + QUIET_ZONE) * size];
      bars.push(`${n(left)} ${n(top)} ${n((column - from) * size)} ${n(size)} re`);
    }
  }
  return `q 1 1 1 rg ${n(x)} ${n(y)} ${n(side)} ${n(side)} re f 0 0 0 rg\n${bars.join('\n')}\nf Q`;
}
