import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fontkit from 'fontkit';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import { FEATURES } from '../../src/diploma/type/typeface.ts';
import { type PaintedGlyph, paintedPage } from './painted-glyphs.ts';
import type { PdfObjects } from './pdf-objects.ts';
import { runWell } from './tools.ts';

/** A glyph as HarfBuzz expects it: its outline, and its origin in ems from the start of the word. */
interface WantedGlyph {
  outline: string;
  x: number;
  y: number;
}

/** Tolerance of a glyph's position: PDF writers round to thousandths of the em, more than once. */
const TOLERANCE = 0.004;

/** Path of a glyph in font units. In a subset the glyph numbers may differ, but paths stay equal. */
function outlineOf(font: fontkit.Font, glyph: number): string {
  return font.getGlyph(glyph)?.path.toSVG() ?? '';
}

/** What the library reads of a glyph table, although its types do not say so. */
interface Decoded {
  components?: readonly { glyphID: number; dx: number; dy: number }[];
}

interface Outline {
  outline: string;
  /** In ems. */
  x: number;
  y: number;
}

/**
 * The simple outlines of a glyph. Files hold a letter with its dots and marks as one composite glyph; HarfBuzz names
 * the parts.
 */
function outlinesOf(font: fontkit.Font, glyph: number): Outline[] {
  const { components } = (font.getGlyph(glyph) as unknown as { _decode(): Decoded | null } | null)?._decode() ?? {};
  if (components === undefined) return [{ outline: outlineOf(font, glyph), x: 0, y: 0 }];
  return components.flatMap(({ glyphID, dx, dy }) =>
    outlinesOf(font, glyphID).map(({ outline, x, y }) => ({
      outline,
      x: x + dx / font.unitsPerEm,
      y: y + dy / font.unitsPerEm,
    })),
  );
}

function openFont(bytes: Buffer): fontkit.Font {
  const font = fontkit.create(bytes);
  if (!('getGlyph' in font)) throw new Error('a collection, not a face');
  return font;
}

/**
 * Asks HarfBuzz (`hb-shape`) for the shape of words in the templates' faces; one process shapes all words of a face.
 */
export class Shaper {
  readonly #scratch: string;
  readonly #wanted = new Map<string, WantedGlyph[]>();
  readonly #outlines = new Map<string, Outline[]>();

  constructor(scratch: string) {
    this.#scratch = scratch;
  }

  /** Shapes words that are not cached, in the faces that may print names. */
  async prepare(words: readonly string[], templates: readonly TemplateBundle[]): Promise<void> {
    const faces = new Map(templates.flatMap((bundle) => bundle.faces).map((face) => [face.sha256, face]));
    for (const { sha256, bytes } of faces.values()) {
      const fresh = [...new Set(words)].filter((word) => !this.#wanted.has(`${sha256} ${word}`));
      if (fresh.length === 0) continue;
      const file = join(this.#scratch, `${sha256}.ttf`);
      await writeFile(file, bytes);
      const options = ['--no-glyph-names', '--no-clusters', '--language=und', `--features=${FEATURES.join()}`, file];
      const lines = (await runWell('hb-shape', options, `${fresh.join('\n')}\n`)).split('\n');
      const font = openFont(bytes);
      fresh.forEach((word, index) => {
        const glyphs = this.#read(lines[index] ?? '', font, sha256);
        if (glyphs !== null) this.#wanted.set(`${sha256} ${word}`, glyphs);
      });
    }
  }

  /** The expected glyphs of a word in a face; null when the face lacks one of its letters. */
  wanted(word: string, sha256: string): WantedGlyph[] | null {
    return this.#wanted.get(`${sha256} ${word}`) ?? null;
  }

  #read(line: string, font: fontkit.Font, sha256: string): WantedGlyph[] | null {
    let [x, y] = [0, 0];
    const glyphs: (WantedGlyph & { id: number })[] = [];
    for (const [, id = '', dx = '0', dy = '0', ax = '0', ay = '0'] of line.matchAll(
      /(\d+)(?:@(-?\d+),(-?\d+))?\+(-?\d+)(?:,(-?\d+))?/g,
    )) {
      const glyph = Number(id);
      const key = `${sha256} ${glyph}`;
      const outlines = this.#outlines.get(key) ?? outlinesOf(font, glyph);
      this.#outlines.set(key, outlines);
      const em = font.unitsPerEm;
      for (const part of outlines) {
        glyphs.push({
          id: glyph,
          outline: part.outline,
          x: (x + Number(dx)) / em + part.x,
          y: (y + Number(dy)) / em + part.y,
        });
      }
      [x, y] = [x + Number(ax), y + Number(ay)];
    }
    return glyphs.length === 0 || glyphs.some((glyph) => glyph.id === 0) ? null : glyphs.filter(isSeen);
  }
}

const isSeen = (glyph: { outline: string }): boolean => glyph.outline !== '';

interface SeenGlyph extends PaintedGlyph {
  outline: string;
}

/** The visible glyphs of a page, with the outlines embedded in the file. */
function seenGlyphs(pdf: PdfObjects, page: string): SeenGlyph[] {
  const fonts = new Map<string, { font: fontkit.Font; map: Buffer | null } | null>();
  const outlines = new Map<string, Outline[]>();
  const open = (reference: string): { font: fontkit.Font; map: Buffer | null } | null => {
    const descendant = pdf.dictionary(pdf.list(pdf.dictionary(reference)['/DescendantFonts'])[0]);
    const face = pdf.bytes(pdf.dictionary(descendant['/FontDescriptor'])['/FontFile2']);
    return face === null ? null : { font: openFont(face), map: pdf.bytes(descendant['/CIDToGIDMap']) };
  };
  const partsOf = ({ font: reference, code }: PaintedGlyph): Outline[] => {
    const key = `${reference} ${code}`;
    const known = outlines.get(key);
    if (known !== undefined) return known;
    if (!fonts.has(reference)) fonts.set(reference, open(reference));
    const face = fonts.get(reference) ?? null;
    const parts = face === null ? [] : outlinesOf(face.font, face.map?.readUInt16BE(code * 2) ?? code);
    outlines.set(key, parts);
    return parts;
  };
  return paintedPage(pdf, page)
    .glyphs.flatMap((glyph) =>
      partsOf(glyph).map(({ outline, x, y }) => ({
        ...glyph,
        outline,
        x: glyph.x + x * glyph.size,
        y: glyph.y + y * glyph.size,
      })),
    )
    .filter(isSeen);
}

interface Found {
  word: string;
  x: number;
  y: number;
  glyphs: SeenGlyph[];
}

function matchAt(seen: readonly SeenGlyph[], from: number, wanted: readonly WantedGlyph[]): SeenGlyph[] | null {
  const [first, origin] = [seen[from], wanted[0]];
  if (first === undefined || origin === undefined) return null;
  const glyphs = seen.slice(from, from + wanted.length);
  const fits = wanted.every((want, index) => {
    const glyph = glyphs[index];
    if (glyph === undefined || glyph.outline !== want.outline || glyph.font !== first.font) return false;
    const [x, y] = [(glyph.x - first.x) / first.size, (glyph.y - first.y) / first.size];
    return Math.abs(x - want.x + origin.x) <= TOLERANCE && Math.abs(y - want.y + origin.y) <= TOLERANCE;
  });
  return fits ? glyphs : null;
}

function findWord(seen: readonly SeenGlyph[], word: string, bundle: TemplateBundle, shaper: Shaper): Found[] {
  const found: Found[] = [];
  for (const { sha256 } of bundle.faces) {
    const wanted = shaper.wanted(word, sha256);
    if (wanted === null || wanted.length === 0) continue;
    for (let from = 0; from < seen.length; from += 1) {
      const glyphs = matchAt(seen, from, wanted);
      const first = glyphs?.[0];
      // Origin of the word; its first glyph can be a mark above or below the line.
      const [origin] = wanted;
      if (glyphs === null || first === undefined || origin === undefined) continue;
      found.push({ word, x: first.x - origin.x * first.size, y: first.y - origin.y * first.size, glyphs });
    }
  }
  return found;
}

/**
 * Searches a page for a name as HarfBuzz would set it: the same glyphs at the same positions within each word, and
 * the words in visual order.
 * @param visual the words from left to right; after a line break the order starts again
 * @returns the fault, or null
 */
export function nameFault(
  pdf: PdfObjects,
  page: string,
  visual: readonly string[],
  bundle: TemplateBundle,
  shaper: Shaper,
): string | null {
  const seen = seenGlyphs(pdf, page);
  const found = placesOf(visual, (word) => findWord(seen, word, bundle, shaper));
  const lost = visual.filter((_, index) => found[index] === undefined);
  if (lost.length > 0)
    return `${lost.length} of ${visual.length} words are not set as HarfBuzz sets them: ${lost.join(', ')}`;
  for (const [index, one] of found.entries()) {
    const next = found[index + 1];
    if (one === undefined || next === undefined || Math.abs(one.y - next.y) > 1) continue;
    if (next.x <= one.x) return `"${next.word}" stands left of "${one.word}"`;
  }
  return null;
}

/**
 * Assigns a place to each word: the largest matching text, because the word may also be printed elsewhere in smaller
 * type. Long words choose first, and each glyph belongs to one word, because a short word may be part of a long one.
 */
function placesOf(words: readonly string[], find: (word: string) => Found[]): (Found | undefined)[] {
  const taken = new Set<SeenGlyph>();
  const places: (Found | undefined)[] = words.map(() => undefined);
  const longestFirst = [...words.entries()].sort(([, a], [, b]) => b.length - a.length);
  for (const [index, word] of longestFirst) {
    const free = find(word).filter(({ glyphs }) => !glyphs.some((glyph) => taken.has(glyph)));
    const size = Math.max(...free.map(sizeOf));
    const place = free.find((one) => sizeOf(one) === size);
    for (const glyph of place?.glyphs ?? []) taken.add(glyph);
    places[index] = place;
  }
  return places;
}

const sizeOf = ({ glyphs }: Found): number => glyphs[0]?.size ?? 0;
