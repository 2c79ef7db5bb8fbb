import { RecentCache } from '../recent-cache.ts';
import { embeddingLevels, visualOrder } from './bidi.ts';
import type { Face } from './faces.ts';
import type { ShapedGlyph } from './typeface.ts';

/** A run of one face, script and direction, in visual order. */
export interface Run {
  readonly face: Face;
  /** Ordered from left to right. */
  readonly glyphs: readonly ShapedGlyph[];
  /** The run's text in logical order. */
  readonly text: string;
  readonly rightToLeft: boolean;
}

/** A line of text ready to draw, from left to right. */
export interface ShapedLine {
  /** The written text in logical order. */
  readonly text: string;
  readonly runs: readonly Run[];
  /** Width of the line in points at font size 1. */
  readonly width: number;
  /** Number of glyphs in the line. */
  readonly count: number;
  /** Where the PDF must give the true text, when the glyphs alone do not give it back. */
  readonly actualText: 'span' | 'element' | 'none';
  /** True when extra letter spacing would tear joined scripts or marks apart. */
  readonly joined: boolean;
}

const RTL = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
const REORDERED = /[\p{Script=Devanagari}\p{Script=Thai}\p{Script=Lao}\p{Script=Bengali}\p{Script=Tamil}]/u;
/** A base character with its marks and joiners; all must come from one face. */
const CLUSTER = /[^\p{M}\u200c\u200d][\p{M}\u200c\u200d]*|[\p{M}\u200c\u200d]+/gu;
const NEUTRAL = /^[\p{Z}\p{P}\p{S}\p{N}]/u;
/** Scripts that share faces: a run may change between them without changing the face. */
const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
const LETTER = /^\p{L}/u;

const codePointsOf = (text: string): number[] => [...text].map((symbol) => symbol.codePointAt(0) ?? 0);
const has = (face: Face, codePoint: number): boolean => face.font.hasGlyphForCodePoint(codePoint);

function faceFor(cluster: string, chain: readonly Face[], current: Face | null): Face | undefined {
  const codePoints = cluster.length === 1 ? [cluster.charCodeAt(0)] : codePointsOf(cluster);
  const holds = (face: Face): boolean => codePoints.every((codePoint) => has(face, codePoint));
  if (current !== null && NEUTRAL.test(cluster) && holds(current)) return current;
  return chain.find(holds);
}

/**
 * Code points of a text that a chain of faces cannot print, without repeats. A mark also counts as missing when no
 * face has it together with its base, because a mark of one face cannot be placed on a letter of another.
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

/** Notation such as `U+0041`. */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

interface Stretch {
  face: Face;
  level: number;
  /** Index in `SCRIPTS`; -1 for any other script; null before the first letter. */
  script: number | null;
  text: string;
}

const scriptOf = (cluster: string): number | null =>
  LETTER.test(cluster) ? SCRIPTS.findIndex((script) => script.test(cluster)) : null;

function stretches(text: string, chain: readonly Face[]): Stretch[] {
  const levels = embeddingLevels(text);
  const list: Stretch[] = [];
  for (const match of text.matchAll(CLUSTER)) {
    const [cluster] = match;
    const last = list.at(-1);
    const face = faceFor(cluster, chain, last?.face ?? null);
    if (face === undefined) {
      const names = missingGlyphs(cluster, chain).map(codePointName).join(', ');
      throw new Error(`no face of the template has a glyph for ${names}`);
    }
    const level = levels?.[match.index] ?? 0;
    const script = scriptOf(cluster);
    const same = script === null || last?.script === null || last?.script === script;
    if (last !== undefined && last.face === face && last.level === level && same) {
      last.text += cluster;
      last.script ??= script;
    } else list.push({ face, level, script, text: cluster });
  }
  return list;
}

function actualTextOf(source: string, runs: readonly Run[]): ShapedLine['actualText'] {
  if (RTL.test(source)) return 'element';
  if (REORDERED.test(source)) return 'span';
  return runs.every((run) => run.glyphs.every((glyph) => !glyph.silent)) ? 'none' : 'span';
}

const isMoved = ({ x, y }: ShapedGlyph): boolean => x !== 0 || y !== 0;

function shape(text: string, chain: readonly Face[]): ShapedLine {
  const source = text.normalize('NFC');
  let width = 0;
  const runs = visualOrder(stretches(source, chain)).map((stretch): Run => {
    const rightToLeft = stretch.level % 2 === 1;
    const run = stretch.face.font.shape(stretch.text, rightToLeft);
    width += run.width / 1000;
    return { face: stretch.face, glyphs: run.glyphs, text: stretch.text, rightToLeft };
  });
  const count = runs.reduce((sum, run) => sum + run.glyphs.length, 0);
  const actualText = actualTextOf(source, runs);
  const joined = actualText !== 'none' || runs.some((run) => run.glyphs.some(isMoved));
  return { text: source, runs, width, count, actualText, joined };
}

/** Cache size for lines per chain: texts of the template, and titles that a release shares. */
const CACHED_LINES = 512;
/**
 * A chain holds its lines itself. In a WeakMap they would be copied by each collection of the young generation, also
 * when their chain is gone, as that of a personal text is.
 */
const LINES = Symbol('shaped lines');
type KeepingChain = readonly Face[] & { [LINES]?: RecentCache<ShapedLine> };

/**
 * Shapes one line: bidirectional order by UAX #9, font fallback, and letters, kerning and marks by HarfBuzz.
 * @throws Error with the code points when no face has a glyph (check with {@link missingGlyphs} first)
 */
export function shapeLine(text: string, chain: readonly Face[]): ShapedLine {
  const keeping: KeepingChain = chain;
  const lines = keeping[LINES] ?? new RecentCache<ShapedLine>(CACHED_LINES);
  keeping[LINES] = lines;
  return lines.keep(text, () => shape(text, chain));
}
