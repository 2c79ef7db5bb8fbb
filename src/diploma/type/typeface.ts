import * as harfbuzz from 'harfbuzzjs';
import { mirrored } from './bidi.ts';
import type { Composite } from './letter-glyphs.ts';
import { type FaceMetrics, faceMetrics, sfntTables } from './sfnt.ts';
import { SubsetSource } from './subset-source.ts';
import { TrueTypeSource } from './truetype-program.ts';

/** A shaped glyph. Lengths are thousandths of the type size; `x` grows to the right, `y` upwards. */
export interface ShapedGlyph {
  readonly id: number;
  /** The text that the glyph represents. */
  readonly text: string;
  /** `id` and `text` together, because one glyph may represent different texts. */
  readonly key: string;
  readonly advance: number;
  readonly x: number;
  readonly y: number;
  /** True when the glyph adds nothing to the text, because another glyph represents the whole cluster. */
  readonly silent: boolean;
  /** Place of the glyph's cluster in the run's text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** Shaped text of one face, script and direction; glyphs are ordered from left to right. */
export interface GlyphRun {
  readonly glyphs: readonly ShapedGlyph[];
  /** Width in thousandths of the font size. */
  readonly width: number;
}

/** Marks keep their own position in the text, as far as the face's rules allow. */
const CLUSTERS = harfbuzz.ClusterLevel.MONOTONE_CHARACTERS;
/** OpenType's default language; the host's locale must not influence letter shapes. */
const LANGUAGE = 'und';
/**
 * Disables optional ligatures: Ghostscript 10.00 garbles each glyph that represents two letters when it re-saves a
 * file. Ligatures that a script requires have other features and stay.
 */
export const FEATURES = ['-liga', '-clig'] as const;
const features = FEATURES.flatMap((feature) => harfbuzz.Feature.fromString(feature) ?? []);

/** A parsed face: metrics, shaping, and subsets for PDF. It is immutable. */
export class Typeface {
  readonly metrics: FaceMetrics;
  readonly postscriptName: string;
  /** True if the font has CFF outlines, false if it has TrueType outlines. */
  readonly isCff: boolean;
  readonly #bytes: Buffer;
  readonly #font: harfbuzz.Font;
  readonly #codePoints: ReadonlySet<number>;
  readonly #buffer = new harfbuzz.Buffer();
  #outlines: TrueTypeSource | null = null;
  #source: SubsetSource | null = null;

  /** @throws Error when the bytes are not a readable TrueType or OpenType face; collections are refused */
  constructor(bytes: Buffer) {
    const tables = sfntTables(bytes);
    this.metrics = faceMetrics(tables);
    this.isCff = tables.has('CFF ');
    if (!this.isCff && !tables.has('glyf')) throw new Error('the font has no outlines');
    this.#bytes = bytes;
    const face = new harfbuzz.Face(new harfbuzz.Blob(bytes));
    this.#font = new harfbuzz.Font(face);
    this.#codePoints = new Set(face.collectUnicodes());
    if (this.#codePoints.size === 0) throw new Error('the font has no characters');
    this.postscriptName = face.getName(6, 'en').replace(/[^A-Za-z0-9-]/g, '') || 'Face';
  }

  hasGlyphForCodePoint(codePoint: number): boolean {
    return this.#codePoints.has(codePoint);
  }

  /** Shapes text of one script by HarfBuzz, as `hb-shape` does with {@link FEATURES}. */
  shape(text: string, rightToLeft: boolean): GlyphRun {
    const buffer = this.#buffer;
    buffer.reset();
    buffer.addText(text);
    buffer.setClusterLevel(CLUSTERS);
    buffer.setDirection(rightToLeft ? harfbuzz.Direction.RTL : harfbuzz.Direction.LTR);
    buffer.setLanguage(LANGUAGE);
    // Guesses the script from the first letter; direction and language are already set.
    buffer.guessSegmentProperties();
    harfbuzz.shape(this.#font, buffer, features);
    const [infos, positions] = [buffer.getGlyphInfos(), buffer.getGlyphPositions()];
    const scale = 1000 / this.metrics.unitsPerEm;
    const texts = glyphTexts(text, infos, positions, rightToLeft);
    let width = 0;
    const glyphs = infos.map(({ codepoint: id }, index): ShapedGlyph => {
      const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {};
      const meaning = texts[index] ?? { text: '', silent: true, start: 0, end: 0 };
      const advance = xAdvance * scale;
      width += advance;
      const { text: own, silent, start, end } = meaning;
      const [x, y] = [xOffset * scale, yOffset * scale];
      return { id, text: own, silent, start, end, key: `${id}:${own}`, advance, x, y };
    });
    return { glyphs, width };
  }

  /** A TrueType font program without hinting; a glyph's new id is its place in the list. */
  program(glyphs: readonly (number | Composite)[]): Buffer {
    this.#outlines ??= new TrueTypeSource(sfntTables(this.#bytes));
    return this.#outlines.program(glyphs);
  }

  /** A bare CFF font program with only these glyphs, ids unchanged, without hinting. */
  cffProgram(glyphs: Iterable<number>): Buffer {
    this.#source ??= new SubsetSource(this.#bytes);
    const cff = sfntTables(this.#source.subset(glyphs)).get('CFF ');
    if (cff === undefined) throw new Error('the subset of the font has no outlines');
    return cff;
  }
}

type GlyphText = Pick<ShapedGlyph, 'text' | 'silent' | 'start' | 'end'>;

/**
 * Assigns each glyph its text from the clusters that HarfBuzz reports. One glyph: the cluster's text. As many glyphs
 * as code points: one each, in order. Otherwise the widest glyph gets the whole text, as a letter does for its dots.
 */
function glyphTexts(
  text: string,
  infos: readonly { cluster: number }[],
  positions: readonly { xAdvance: number }[],
  rightToLeft: boolean,
): GlyphText[] {
  // Most texts: from left to right, each glyph a cluster of its own.
  if (!rightToLeft && infos.every(({ cluster }, index) => index === 0 || cluster > (infos[index - 1]?.cluster ?? 0))) {
    return infos.map(({ cluster: start }, index) => {
      const end = infos[index + 1]?.cluster ?? text.length;
      return { text: text.slice(start, end), silent: false, start, end };
    });
  }
  const starts = [...new Set(infos.map((info) => info.cluster))].sort((a, b) => a - b);
  const ends = new Map(starts.map((start, index) => [start, starts[index + 1] ?? text.length]));
  const result: GlyphText[] = [];
  while (result.length < infos.length) {
    const from = result.length;
    const start = infos[from]?.cluster ?? 0;
    let to = from + 1;
    while (infos[to]?.cluster === start) to += 1;
    const own = text.slice(start, ends.get(start));
    const letters = rightToLeft ? [...own].reverse().map(mirrored) : [...own];
    const widths = positions.slice(from, to).map((position) => position.xAdvance);
    const widest = widths.indexOf(Math.max(...widths));
    for (const index of widths.keys()) {
      const letter = letters.length === widths.length ? letters[index] : undefined;
      const place = { start, end: ends.get(start) ?? text.length };
      const meaning = letter === undefined ? { text: own, silent: index !== widest } : { text: letter, silent: false };
      result.push({ ...meaning, ...place });
    }
  }
  return result;
}
