import type { Bidi } from 'bidi-js';
import * as bidiModule from 'bidi-js';
import type { Face } from './faces.ts';

// The package's types describe its default export as ECMAScript would have it; Node loads the CommonJS file.
const bidi = (bidiModule as unknown as { default: () => Bidi }).default();

/** A stretch of one face and one direction, in visual order; `width` is in points at size 1. */
export interface Run {
  readonly face: Face;
  readonly text: string;
  readonly width: number;
}

/** One line of text, ready to draw from left to right. */
export interface ShapedLine {
  /** The text as written, in logical order. */
  readonly text: string;
  readonly runs: readonly Run[];
  /** Points at size 1. */
  readonly width: number;
  /** How a reader is told the true text where glyphs alone do not give it back. */
  readonly actualText: 'span' | 'element' | 'none';
}

const RTL = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
const REORDERED = /[\p{Script=Devanagari}\p{Script=Thai}\p{Script=Lao}\p{Script=Bengali}\p{Script=Tamil}]/u;
/** A base with its marks and joiners: what must come from one face. */
const CLUSTER = /[^\p{M}\u200c\u200d][\p{M}\u200c\u200d]*|[\p{M}\u200c\u200d]+/gu;
const NEUTRAL = /^[\p{Z}\p{P}\p{S}\p{N}]/u;

const codePointsOf = (text: string): number[] => [...text].map((symbol) => symbol.codePointAt(0) ?? 0);
const has = (face: Face, codePoint: number): boolean => face.font.hasGlyphForCodePoint(codePoint);

function faceFor(cluster: string, chain: readonly Face[], current: Face | null): Face | undefined {
  const codePoints = codePointsOf(cluster);
  const holds = (face: Face): boolean => codePoints.every((codePoint) => has(face, codePoint));
  if (current !== null && NEUTRAL.test(cluster) && holds(current)) return current;
  return chain.find(holds);
}

/**
 * Code points of a text that a chain of faces cannot print, without repeats. A mark counts as missing where no face
 * holds it together with its base: marks of one face cannot sit on letters of another.
 */
export function missingGlyphs(text: string, chain: readonly Face[]): number[] {
  const missing = new Set<number>();
  for (const [cluster] of text.normalize('NFC').matchAll(CLUSTER)) {
    if (faceFor(cluster, chain, null) !== undefined) continue;
    const codePoints = codePointsOf(cluster);
    const alone = codePoints.filter((codePoint) => !chain.some((face) => has(face, codePoint)));
    for (const codePoint of alone.length > 0 ? alone : codePoints.slice(1)) missing.add(codePoint);
  }
  return [...missing];
}

/** `U+0041`. */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

interface Stretch {
  face: Face;
  level: number;
  text: string;
}

/** Thai and Lao AM is split and its tone mark put above the ring, as every shaper but fontkit does by itself. */
function splitAm(text: string): string {
  return text
    .replace(/([\u0e48-\u0e4b]?)\u0e33/g, '\u0e4d$1\u0e32')
    .replace(/([\u0ec8-\u0ecb]?)\u0eb3/g, '\u0ecd$1\u0eb2');
}

function stretches(text: string, chain: readonly Face[]): Stretch[] {
  const { levels } = bidi.getEmbeddingLevels(text, 'auto');
  const mirrored = bidi.getMirroredCharactersMap(text, levels);
  const list: Stretch[] = [];
  for (const match of text.matchAll(CLUSTER)) {
    const cluster = mirrored.get(match.index) ?? match[0];
    const last = list.at(-1);
    const face = faceFor(cluster, chain, last?.face ?? null);
    if (face === undefined) {
      const names = missingGlyphs(cluster, chain).map(codePointName).join(', ');
      throw new Error(`no face of the template has a glyph for ${names}`);
    }
    const level = levels[match.index] ?? 0;
    if (last !== undefined && last.face === face && last.level === level) last.text += cluster;
    else list.push({ face, level, text: cluster });
  }
  return list;
}

/** Rule L2 of the Unicode bidirectional algorithm: from the highest level down, turn every stretch at or above it. */
function visualOrder(list: Stretch[]): Stretch[] {
  const ordered = [...list];
  for (let level = Math.max(0, ...list.map((one) => one.level)); level >= 1; level -= 1) {
    let from = 0;
    while (from < ordered.length) {
      let to = from;
      while (to < ordered.length && (ordered[to]?.level ?? 0) >= level) to += 1;
      if (to > from) ordered.splice(from, to - from, ...ordered.slice(from, to).reverse());
      from = to + 1;
    }
  }
  return ordered;
}

const mirrorNeutrals = ({ level, text }: Stretch): string =>
  level % 2 === 1 && !RTL.test(text) ? [...text].reverse().join('') : text;

/**
 * Shapes one line: bidirectional order by UAX #9, faces by fall-back, kerning and marks by the faces' own tables.
 * @throws Error naming the code points when no face has a glyph (check with {@link missingGlyphs} before)
 */
export function shapeLine(text: string, chain: readonly Face[]): ShapedLine {
  const source = text.normalize('NFC');
  const runs = visualOrder(stretches(splitAm(source), chain)).map((stretch): Run => {
    const run = mirrorNeutrals(stretch);
    const { font } = stretch.face;
    return { face: stretch.face, text: run, width: font.layout(run).advanceWidth / font.unitsPerEm };
  });
  const actualText = RTL.test(source) ? 'element' : REORDERED.test(source) ? 'span' : 'none';
  return { text: source, runs, width: runs.reduce((sum, run) => sum + run.width, 0), actualText };
}
