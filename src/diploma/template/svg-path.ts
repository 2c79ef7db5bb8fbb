import svgpath from 'svgpath';
import type { SvgElement } from './svg-tree.ts';

/** Six numbers of an affine map, as PDF's `cm` and SVG's `matrix()` take them. */
export type Matrix = readonly [number, number, number, number, number, number];

/** A number in PDF syntax: no exponent, three decimals. */
export const pdfNumber = (value: number): string => String(Math.round(value * 1000) / 1000 || 0);

const CALL = /(?:matrix|translate|scale|rotate|skewX|skewY)\s*\(\s*-?[\d.][\d.eE\s,+-]*\)/g;

/**
 * Parses a `transform` attribute.
 * @returns null when it is invalid
 */
export function readTransform(text: string): Matrix | null {
  if (text.replace(CALL, '').replace(/[\s,]+/g, '') !== '') return null;
  // The images of the origin and the two unit points define the affine map.
  const points: [number, number][] = [];
  svgpath('M0 0L1 0L0 1')
    .transform(text)
    .iterate((segment) => {
      points.push([Number(segment[1]), Number(segment[2])]);
    });
  const [[e, f] = [0, 0], [ax, ay] = [0, 0], [cx, cy] = [0, 0]] = points;
  const matrix: Matrix = [ax - e, ay - f, cx - e, cy - f, e, f];
  return matrix.every(Number.isFinite) ? matrix : null;
}

/**
 * Converts SVG path data to PDF path operators.
 * @returns the operators, or the fault
 */
export function pathOperators(data: string): { operators: string } | { fault: string } {
  const path = svgpath(data);
  const fault = (path as unknown as { err?: string }).err ?? '';
  if (fault !== '') return { fault: fault.replace(/^SvgPath: /, '') };
  const parts: string[] = [];
  let [startX, startY] = [0, 0];
  const write = (operator: string, ...numbers: number[]): void => {
    parts.push(`${numbers.map((value) => `${pdfNumber(value)} `).join('')}${operator}`);
  };
  path
    .abs()
    .unarc()
    .unshort()
    .iterate((segment, _, x, y) => {
      switch (segment[0]) {
        case 'M':
          [startX, startY] = [segment[1], segment[2]];
          return write('m', segment[1], segment[2]);
        case 'L':
          return write('l', segment[1], segment[2]);
        case 'H':
          return write('l', segment[1], y);
        case 'V':
          return write('l', x, segment[1]);
        case 'C':
          return write('c', ...(segment.slice(1) as number[]));
        case 'Q': {
          const [, cx, cy, toX, toY] = segment;
          const third = (from: number, to: number): number => from + (2 / 3) * (to - from);
          return write('c', third(x, cx), third(y, cy), third(toX, cx), third(toY, cy), toX, toY);
        }
        case 'Z':
        case 'z':
          return write('h');
        default:
          return write('m', startX, startY);
      }
    });
  return { operators: parts.join('\n') };
}

/** Geometry attributes by element name. */
export const GEOMETRY: Readonly<Record<string, readonly string[]>> = {
  path: ['d'],
  rect: ['x', 'y', 'width', 'height', 'rx', 'ry'],
  line: ['x1', 'y1', 'x2', 'y2'],
  circle: ['cx', 'cy', 'r'],
  ellipse: ['cx', 'cy', 'rx', 'ry'],
  polyline: ['points'],
  polygon: ['points'],
};

/** The outline of a shape as path data; `number` reads an attribute, 0 when it is absent. */
export function outline(element: SvgElement, number: (name: string) => number): string {
  const text = (name: string): string => element.attributes.get(name) ?? '';
  const oval = (cx: number, cy: number, rx: number, ry: number): string =>
    `M${cx - rx} ${cy}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0z`;
  switch (element.name) {
    case 'rect': {
      const [x, y, width, height] = [number('x'), number('y'), number('width'), number('height')];
      const rx = Math.min(number(text('rx') === '' ? 'ry' : 'rx'), width / 2);
      const ry = Math.min(number(text('ry') === '' ? 'rx' : 'ry'), height / 2);
      if (rx === 0 || ry === 0) return `M${x} ${y}h${width}v${height}h${-width}z`;
      const turn = (dx: number, dy: number): string => `a${rx} ${ry} 0 0 1 ${dx} ${dy}`;
      return `M${x + rx} ${y}h${width - 2 * rx}${turn(rx, ry)}v${height - 2 * ry}${turn(-rx, ry)}h${2 * rx - width}${turn(-rx, -ry)}v${2 * ry - height}${turn(rx, -ry)}z`;
    }
    case 'line':
      return `M${number('x1')} ${number('y1')}L${number('x2')} ${number('y2')}`;
    case 'circle':
      return oval(number('cx'), number('cy'), number('r'), number('r'));
    case 'ellipse':
      return oval(number('cx'), number('cy'), number('rx'), number('ry'));
    case 'polyline':
    case 'polygon':
      return `M${text('points').trim()}${element.name === 'polygon' ? 'z' : ''}`;
    default:
      return text('d');
  }
}
