import { deflateSync } from 'node:zlib';
import { deflate } from './deflate.ts';

/** Line art: deflated path operators. Mostly it is equal in every diploma of a template, and deflated once per process. */
export interface StaticLayer {
  readonly deflated: Buffer;
  /** Size of the layer in points; everything outside is clipped. */
  readonly box: { readonly width: number; readonly height: number };
}

/** A low `memLevel` gives short deflate blocks; line art becomes about 5 % smaller. */
const TIGHT = { level: 9, memLevel: 3 };

/**
 * Prepares path operators (no text, no named resources) as a Form XObject. Coordinates are points from the top left
 * corner of the page; y grows downwards.
 */
export function prepareLayer(operators: string, box: { width: number; height: number }): StaticLayer {
  return { deflated: deflateSync(Buffer.from(operators, 'latin1'), TIGHT), box: { ...box } };
}

/** The same for operators that only one diploma has. */
export function passingLayer(operators: string, box: { width: number; height: number }): StaticLayer {
  return { deflated: deflate(Buffer.from(operators, 'latin1')), box: { ...box } };
}
