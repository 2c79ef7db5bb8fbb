import { mirrored } from './bidi.ts';
import type { Run, ShapedLine } from './shaped-line.ts';
import type { ShapedGlyph } from './typeface.ts';

/** Glyphs of a face that are shown as one, moved by whole font units; none: an empty glyph. */
export interface Composite {
  readonly parts: readonly { readonly id: number; readonly x: number; readonly y: number }[];
  /** In font units. */
  readonly advance: number;
}

/** One letter of a text on one glyph; lengths are thousandths of the type size, `x` from the run's left edge. */
export interface LetterGlyph {
  readonly text: string;
  /** Glyph id of the face, or a glyph that must be added to it. */
  readonly glyph: number | Composite;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Marks and joiners; alone they have no place in a line. */
const LEANING = /^[\p{M}\p{Cf}]+$/u;
const MARK = /^\p{M}$/u;

const leans = ({ advance, text, silent }: ShapedGlyph): boolean => advance === 0 && !silent && LEANING.test(text);

/** Groups what HarfBuzz reports as one cluster, and marks with the letter they belong to. */
function clustersOf({ glyphs, rightToLeft }: Run): ShapedGlyph[][] {
  const groups: ShapedGlyph[][] = [];
  for (const glyph of glyphs) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    const joins = before?.start === glyph.start || (rightToLeft ? group?.every(leans) === true : leans(glyph));
    if (group !== undefined && joins) group.push(glyph);
    else groups.push([glyph]);
  }
  return groups;
}

/**
 * The widths of a cluster's letters in font units. Marks of right-to-left letters get none: MuPDF takes the width of a
 * mark for a gap between words.
 */
function shares(letters: readonly string[], whole: number, rightToLeft: boolean): number[] {
  const wide = letters.map((letter) => !(rightToLeft && MARK.test(letter)));
  const count = wide.filter(Boolean).length;
  if (count === 0) return letters.map((_, index) => (index === 0 ? whole : 0));
  const each = Math.floor(whole / count);
  const last = wide.lastIndexOf(true);
  return wide.map((one, index) => (index === last ? whole - each * (count - 1) : one ? each : 0));
}

/**
 * The glyphs of a run, ordered from left to right, with exactly one letter (code point) on each. A reader that ignores
 * `ActualText` then gets every letter once, in order. Where letters share a glyph, or dots and marks are glyphs of
 * their own, the whole cluster is drawn by the leftmost one, and the others are empty.
 */
export function letterGlyphs(run: Run): LetterGlyph[] {
  const { text, rightToLeft, face } = run;
  const { unitsPerEm, widthOf } = face.font.metrics;
  const units = (value: number): number => Math.round((value * unitsPerEm) / 1000);
  const scaled = (value: number): number => (value * 1000) / unitsPerEm;
  let pen = 0;
  return clustersOf(run).flatMap((group): LetterGlyph[] => {
    const origin = pen;
    const parts = group.map(({ id, x, y, advance }) => {
      const part = { id, x: units(pen - origin + x), y: units(y) };
      pen += advance;
      return part;
    });
    const start = Math.min(...group.map((glyph) => glyph.start));
    const own = text.slice(start, Math.max(...group.map((glyph) => glyph.end)));
    const letters = rightToLeft ? [...own].reverse().map(mirrored) : [...own];
    const [only] = group;
    if (letters.length === 1 && group.length === 1 && only !== undefined) {
      return [{ text: own, glyph: only.id, x: origin + only.x, y: only.y, width: widthOf(only.id) }];
    }
    const widths = shares(letters, units(pen - origin), rightToLeft);
    let at = 0;
    return letters.map((letter, index): LetterGlyph => {
      const advance = widths[index] ?? 0;
      const x = origin + scaled(at);
      at += advance;
      return { text: letter, glyph: { parts: index === 0 ? parts : [], advance }, x, y: 0, width: scaled(advance) };
    });
  });
}

/**
 * The glyphs of a line's first run. Where it is one sign of another face than the rest, or one letter that is the whole
 * line, a space without width comes before it: PDFium guesses the direction of a text object with one character from the
 * whole page, took quotation marks for a part of the line above, and reordered both lines when that had a right-to-left
 * name. A letter with more behind it gets none: a copied word would begin with a space.
 */
export function notAlone({ face, glyphs, text }: Run, { runs }: ShapedLine): readonly ShapedGlyph[] {
  const alone = glyphs.length === 1 && !/\p{N}/u.test(text) && (runs.length === 1 || !/\p{L}/u.test(text));
  const [space] = alone ? face.font.shape(' ', false).glyphs : [];
  return space === undefined || space.id === 0 ? glyphs : [{ ...space, advance: 0 }, ...glyphs];
}
