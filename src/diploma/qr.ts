import QRCode from 'qrcode';

/** White modules that readers need around a code (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/**
 * A QR code (error correction M) as PDF path operators. It fills a square of `side` points at x, y, with the quiet
 * zone inside, painted white. Modules are whole numbers under one matrix, which keeps the operators short.
 */
export function qrPath(text: string, x: number, y: number, side: number): string {
  // Addresses mix upper and lower case, which only byte mode supports; searching for shorter segments would find
  // none.
  const { modules } = QRCode.create([{ data: Buffer.from(text), mode: 'byte' }], { errorCorrectionLevel: 'M' });
  const { size, data } = modules;
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
