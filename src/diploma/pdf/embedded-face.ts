import type { ShapedGlyph, Typeface } from '../type/typeface.ts';
import type { PdfContainer } from './pdf-container.ts';
import { codeHex, toUnicodeTable } from './to-unicode.ts';

/** A number of an operator, without the tail that binary fractions have. */
const plain = (value: number): string => String(Math.round(value * 100) / 100);

/** Thousandths of the type size that nobody sees. */
const NEAR = 0.01;

interface Coded {
  code: number;
  glyph: number;
  text: string;
  width: number;
}

/**
 * The part of a face that one document embeds. A glyph has a code for each text it stands for, so that a reader gets
 * every text back, also where two letters look alike.
 */
export class EmbeddedFace {
  /** Of the resource. */
  readonly name: string;
  readonly reference: PDFKit.PDFKitReference;
  readonly #pdf: PdfContainer;
  readonly #font: Typeface;
  readonly #codes = new Map<string, string>();
  /** In order of first use, which is that of the codes too, but for CFF faces: theirs are their glyphs. */
  readonly #coded: Coded[];

  constructor(pdf: PdfContainer, font: Typeface, name: string) {
    this.name = name;
    this.reference = pdf.ref({});
    this.#pdf = pdf;
    this.#font = font;
    this.#coded = [{ code: 0, glyph: 0, text: '\ufffd', width: font.metrics.widthOf(0) }];
  }

  /**
   * Operators that show glyphs from the current point on, at a type size. Where `hush` is set, glyphs that add nothing
   * to the text are marked as saying nothing.
   */
  show(glyphs: readonly ShapedGlyph[], size: number, hush: boolean): string {
    const parts: string[] = [];
    let [shown, codes, gap, rise] = ['', '', 0, 0];
    const flush = (): void => {
      if (codes !== '') shown += `<${codes}>`;
      if (shown !== '') parts.push(`[${shown}] TJ`);
      [shown, codes] = ['', ''];
    };
    const move = (): void => {
      if (Math.abs(gap) < NEAR) return;
      shown += `${codes === '' ? '' : `<${codes}>`} ${plain(-gap)} `;
      codes = '';
    };
    for (const glyph of glyphs) {
      const quiet = hush && glyph.silent;
      if (quiet || glyph.y !== rise) flush();
      if (quiet) parts.push('/Span <<\n/ActualText ()\n>> BDC');
      if (glyph.y !== rise) parts.push(`${plain((glyph.y * size) / 1000)} Ts`);
      rise = glyph.y;
      gap += glyph.x;
      move();
      codes += this.#codeOf(glyph);
      gap = glyph.advance - glyph.x - this.#font.metrics.widthOf(glyph.id);
      if (!quiet) continue;
      flush();
      parts.push('EMC');
    }
    move();
    flush();
    if (rise !== 0) parts.push('0 Ts');
    return parts.join('\n');
  }

  #codeOf({ id, text, key }: ShapedGlyph): string {
    // The empty box stands for nothing, whatever was meant: that is how a reader, and our own check, can tell.
    if (id === 0) return codeHex(0);
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const code = this.#font.isCff ? id : this.#coded.length;
    // Of a CFF glyph that stands for two texts a reader gets the first: codes of its own need a TrueType face.
    const isTaken = this.#font.isCff && this.#coded.some((one) => one.code === code);
    if (!isTaken) this.#coded.push({ code, glyph: id, text, width: this.#font.metrics.widthOf(id) });
    const written = codeHex(code);
    this.#codes.set(key, written);
    return written;
  }

  /** Writes font program and dictionaries; call once, when every page is drawn. */
  embed(): void {
    const [pdf, font, { metrics }] = [this.#pdf, this.#font, this.#font];
    const coded = this.#coded.sort((a, b) => a.code - b.code);
    const program = font.subset(new Set(coded.map((one) => one.glyph)));
    const entries = font.isCff ? { Subtype: 'CIDFontType0C' } : { Length1: program.length };
    const file = pdf.deflated(entries, program);
    const name = `${this.#tag()}+${font.postscriptName}`;
    const descriptor = pdf.ref({
      Type: 'FontDescriptor',
      FontName: name,
      Flags: metrics.flags,
      FontBBox: metrics.box,
      ItalicAngle: metrics.italicAngle,
      Ascent: metrics.ascent,
      Descent: metrics.descent,
      CapHeight: metrics.capHeight,
      XHeight: metrics.xHeight,
      StemV: 0,
      [font.isCff ? 'FontFile3' : 'FontFile2']: file,
    });
    descriptor.end(null);
    const glyphs = Buffer.alloc(coded.length * 2);
    for (const [index, one] of coded.entries()) glyphs.writeUInt16BE(one.glyph, index * 2);
    const descendant = pdf.ref({
      Type: 'Font',
      Subtype: font.isCff ? 'CIDFontType0' : 'CIDFontType2',
      BaseFont: name,
      CIDSystemInfo: { Registry: new String('Adobe'), Ordering: new String('Identity'), Supplement: 0 },
      FontDescriptor: descriptor,
      W: this.#widths(),
      ...(font.isCff ? {} : { CIDToGIDMap: pdf.stream({}, glyphs) }),
    });
    descendant.end(null);
    Object.assign(this.reference.data, {
      Type: 'Font',
      Subtype: 'Type0',
      BaseFont: name,
      Encoding: 'Identity-H',
      DescendantFonts: [descendant],
      ToUnicode: pdf.deflated({}, Buffer.from(toUnicodeTable(coded), 'latin1')),
    });
    this.reference.end(null);
  }

  /** Runs of codes with their widths. */
  #widths(): (number | number[])[] {
    const list: (number | number[])[] = [];
    let [run, next]: [number[], number] = [[], -1];
    for (const { width, code } of this.#coded) {
      if (code !== next) {
        run = [];
        list.push(code, run);
      }
      run.push(width);
      next = code + 1;
    }
    return list;
  }

  /** Six letters that differ where subsets differ (ISO 32000-1, 9.6.4), by FNV-1a over the glyphs. */
  #tag(): string {
    let hash = 0x811c9dc5;
    for (const one of this.#coded) hash = Math.imul(hash ^ one.glyph, 0x01000193);
    return Array.from({ length: 6 }, (_, index) => String.fromCharCode(65 + ((hash >>> (index * 5)) % 26))).join('');
  }
}
