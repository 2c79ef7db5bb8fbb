import QRCode, { type QRCodeSegment } from 'qrcode';

const LEVEL = 'M';
const MASKS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** A code's modules, row by row: 1 is dark. */
export interface QrModules {
  readonly size: number;
  readonly data: Uint8Array;
}

/**
 * By version: what each mask changes in a code that has mask 0, format bits included. It is the same for all contents.
 */
const changes = new Map<number, readonly Uint8Array[]>();

function changesIn(version: number, segments: QRCodeSegment[], plain: Uint8Array): readonly Uint8Array[] {
  const known = changes.get(version);
  if (known !== undefined) return known;
  const found = MASKS.map((maskPattern) => {
    const { data } = QRCode.create(segments, { errorCorrectionLevel: LEVEL, maskPattern }).modules;
    return data.map((module, index) => module ^ (plain[index] ?? 0));
  });
  changes.set(version, found);
  return found;
}

/** Runs of five and more, and patterns that look like a finder (rules 1 and 3), in one row or column. */
function linePenalty(code: Uint8Array, from: number, step: number, size: number): number {
  let [points, run, bits, before] = [0, 0, 0, -1];
  for (let index = 0; index < size; index += 1) {
    const module = code[from + index * step] ?? 0;
    if (module === before) run += 1;
    else {
      if (run >= 5) points += run - 2;
      before = module;
      run = 1;
    }
    bits = ((bits << 1) & 0x7ff) | module;
    if (index >= 10 && (bits === 0x5d0 || bits === 0x05d)) points += 40;
  }
  return run >= 5 ? points + run - 2 : points;
}

/** How badly readers see a code (ISO/IEC 18004, 7.8.3), counted as the library does. */
function penalty(code: Uint8Array, size: number): number {
  let [points, dark] = [0, 0];
  for (let line = 0; line < size; line += 1)
    points += linePenalty(code, line * size, 1, size) + linePenalty(code, line, size, size);
  for (let at = 0; at < code.length; at += 1) {
    const module = code[at] ?? 0;
    dark += module;
    const isBlock = (at + 1) % size !== 0 && at + size < code.length;
    if (isBlock && module === code[at + 1] && module === code[at + size] && module === code[at + size + 1]) points += 3;
  }
  return points + 10 * Math.abs(Math.ceil((dark * 100) / code.length / 5) - 10);
}

/**
 * A QR code (error correction M) with the best mask: the same modules as `QRCode.create`. That tries all masks on a
 * matrix with checks at each module, which takes most of its time.
 */
export function qrModules(segments: QRCodeSegment[]): QrModules {
  const { version, modules } = QRCode.create(segments, { errorCorrectionLevel: LEVEL, maskPattern: 0 });
  const { size, data } = modules;
  let best: { code: Uint8Array; points: number } | null = null;
  for (const change of changesIn(version, segments, data)) {
    const code = data.map((module, index) => module ^ (change[index] ?? 0));
    const points = penalty(code, size);
    if (best === null || points < best.points) best = { code, points };
  }
  return { size, data: best?.code ?? data };
}
