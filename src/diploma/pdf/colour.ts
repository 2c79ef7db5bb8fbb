import { RecentCache } from '../recent-cache.ts';

const share = (hex: string): string => String(Math.round((Number.parseInt(hex, 16) / 255) * 1000) / 1000);

/** Colours of a few dozen templates. */
const COLOURS = 500;
const written = new RecentCache<string>(COLOURS);

/** `#17365d` as operands of a PDF colour operator. */
export function colourOperands(colour: string): string {
  return written.keep(colour, () => [1, 3, 5].map((at) => share(colour.slice(at, at + 2))).join(' '));
}
