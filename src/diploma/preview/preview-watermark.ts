import * as harfbuzz from 'harfbuzzjs';
import { pageSize } from '../template/page-size.ts';
import type { TemplateBundle } from '../template/template.ts';
import { sharedFace } from '../type/faces.ts';
import { missingGlyphs } from '../type/shaped-line.ts';
import { sampleTexts } from './sample-texts.ts';

const FILE = 'preview-watermark.svg';
/** A hairline without a fill: the mark is seen, and what it crosses can still be judged. */
const PAINT = { fill: 'none', stroke: '#dfa0a0', pen: 0.7 };
/** Share of the page's diagonal, and maximum height as share of the page. */
const SPAN = { length: 0.7, height: 0.25 };

/**
 * Adds the word "sample" in the template's language across every page. It is line art, so a mock-up is drawn exactly
 * like a diploma and the word is not in its text.
 */
export function watermarked(bundle: TemplateBundle): TemplateBundle {
  const { definition } = bundle;
  const bytes = Buffer.from(watermark(bundle), 'utf8');
  const onto = (pages: 'first' | 'following') => ({ ...definition[pages], art: [...definition[pages].art, FILE] });
  return {
    ...bundle,
    // A different hash, so that caches do not mix it up with the template itself.
    hash: `${bundle.hash}+watermark`,
    definition: { ...definition, first: onto('first'), following: onto('following') } as typeof definition,
    files: [...bundle.files, { name: FILE, sha256: '', bytes }],
  };
}

/** The word as outlines, from corner to corner. */
function watermark({ definition, language, faces }: TemplateBundle): string {
  const { width, height } = pageSize(definition);
  const own = sampleTexts(language).watermark;
  const chain = definition.faces.strong.flatMap((name) => faces.filter((face) => face.name === name));
  const printable = (word: string) => chain.find((face) => missingGlyphs(word, [sharedFace(face)]).length === 0);
  const word = printable(own) === undefined ? 'SAMPLE' : own;
  const face = printable(word);
  if (face === undefined) throw new Error(`no face of template "${definition.id}" can print ${word}`);
  const outline = outlineOf(word, face.bytes);
  const scale = Math.min(
    (SPAN.length * Math.hypot(width, height)) / outline.width,
    (SPAN.height * height) / outline.height,
  );
  const turn = (-Math.atan2(height, width) * 180) / Math.PI;
  const glyphs = outline.glyphs.map(({ x, path }) => `<path transform="translate(${x} 0)" d="${path}"/>`).join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">`,
    `<g transform="translate(${width / 2} ${height / 2}) rotate(${turn}) scale(${scale} ${-scale})`,
    ` translate(${-outline.width / 2} ${-outline.height / 2})" fill="${PAINT.fill}" stroke="${PAINT.stroke}" stroke-width="${PAINT.pen / scale}">${glyphs}</g></svg>`,
  ].join('');
}

/** Glyph outlines of a word in one script, in font units. */
function outlineOf(
  word: string,
  bytes: Uint8Array,
): { width: number; height: number; glyphs: { x: number; path: string }[] } {
  const font = new harfbuzz.Font(new harfbuzz.Face(new harfbuzz.Blob(Buffer.from(bytes))));
  const buffer = new harfbuzz.Buffer();
  buffer.addText(word);
  buffer.guessSegmentProperties();
  harfbuzz.shape(font, buffer);
  const positions = buffer.getGlyphPositions();
  let x = 0;
  const glyphs = buffer.getGlyphInfos().map((info, index) => {
    const at = x;
    x += positions[index]?.xAdvance ?? 0;
    return { x: at, path: font.glyphToPath(info.codepoint) };
  });
  const heights = buffer.getGlyphInfos().map((info) => font.glyphExtents(info.codepoint)?.yBearing ?? 0);
  return { width: x, height: Math.max(...heights), glyphs };
}
