import type { Composite, LetterGlyph } from '../type/letter-glyphs.ts';
import type { ShapedGlyph, Typeface } from '../type/typeface.ts';
import type { PdfContainer } from './pdf-container.ts';
import { codeHex, toUnicodeTable } from './to-unicode.ts';

/** Rounds a number for an operator, to avoid long binary fractions. */
const plain = (value: number): string => String(Math.round(value * 100) / 100);

/** In thousandths of the type size; smaller differences are invisible. */
const NEAR = 0.01;

interface Coded {
  code: number;
  glyph: number;
  text: string;
  width: number;
}

/**
 * The subset of a face that one document embeds. A glyph gets one code for each text that it represents, so a reader
 * extracts the right text even when two letters look alike.
 */
export class EmbeddedFace {
  /** Name of the font resource. */
  readonly name: string;
  readonly reference: PDFKit.PDFKitReference;
  readonly #pdf: PdfContainer;
  readonly #font: Typeface;
  readonly #codes = new Map<string, string>();
  /**
   * In order of first use, which is also the order of codes. CFF faces are the exception: there the code is the glyph
   * id.
   */
  readonly #coded: Coded[];
  /** Glyphs that the face lacks, by their code. */
  readonly #added = new Map<number, Composite>();

  constructor(pdf: PdfContainer, font: Typeface, name: string) {
    this.name = name;
    this.reference = pdf.ref({});
    this.#pdf = pdf;
    this.#font = font;
    this.#coded = [{ code: 0, glyph: 0, text: '\ufffd', width: font.metrics.widthOf(0) }];
  }

  /**
   * Operators that show glyphs from the current point, at a type size. With `hush`, glyphs without text of their own
   * are marked with an empty ActualText.
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

  /** Operators that show the glyphs of {@link letterGlyphs} from the current point; only for TrueType faces. */
  showLetters(glyphs: readonly LetterGlyph[], size: number): string {
    let [shown, codes, rise, at] = ['', '', 0, 0];
    const flush = (): void => {
      if (codes !== '') shown += `<${codes}>`;
      codes = '';
    };
    const parts: string[] = [];
    for (const { text, glyph, x, y, width } of glyphs) {
      if (y !== rise) {
        flush();
        if (shown !== '') parts.push(`[${shown}] TJ`);
        parts.push(`${plain((y * size) / 1000)} Ts`);
        [shown, rise] = ['', y];
      }
      if (Math.abs(x - at) >= NEAR) {
        flush();
        shown += ` ${plain(at - x)} `;
      }
      codes +=
        typeof glyph === 'number' ? this.#plainCode(glyph, text, width) : this.#compositeCode(glyph, text, width);
      at = x + width;
    }
    flush();
    parts.push(`[${shown}] TJ`);
    if (rise !== 0) parts.push('0 Ts');
    return parts.join('\n');
  }

  #plainCode(id: number, text: string, width: number): string {
    return id === 0 ? codeHex(0) : this.#newCode(`${id}:${text}`, id, text, width);
  }

  #compositeCode(glyph: Composite, text: string, width: number): string {
    const parts = glyph.parts.map(({ id, x, y }) => `${id},${x},${y}`).join(' ');
    const code = this.#newCode(`${parts}+${glyph.advance}:${text}`, 0, text, width);
    this.#added.set(Number.parseInt(code, 16), glyph);
    return code;
  }

  /** The code of a glyph with this key, which may be new. */
  #newCode(key: string, glyph: number, text: string, width: number): string {
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const code = this.#coded.length;
    this.#coded.push({ code, glyph, text, width });
    const written = codeHex(code);
    this.#codes.set(key, written);
    return written;
  }

  #codeOf({ id, text, key }: ShapedGlyph): string {
    // The empty box never gets a text: readers and our self-check can then detect it.
    if (id === 0) return codeHex(0);
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const code = this.#font.isCff ? id : this.#coded.length;
    // In a CFF face a glyph has one code, so a reader gets the first text for it; only TrueType faces can have
    // several codes per glyph.
    const isTaken = this.#font.isCff && this.#coded.some((one) => one.code === code);
    if (!isTaken) this.#coded.push({ code, glyph: id, text, width: this.#font.metrics.widthOf(id) });
    const written = codeHex(code);
    this.#codes.set(key, written);
    return written;
  }

  /** Writes the font program and dictionaries; call it once, after all pages are drawn. */
  embed(): void {
    const [pdf, font, { metrics }] = [this.#pdf, this.#font, this.#font];
    const coded = this.#coded.sort((a, b) => a.code - b.code);
    // In a TrueType face a glyph's new id is its code.
    const program = font.isCff
      ? font.cffProgram(coded.map((one) => one.glyph))
      : font.program(coded.map((one) => this.#added.get(one.code) ?? one.glyph));
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
    const descendant = pdf.ref({
      Type: 'Font',
      Subtype: font.isCff ? 'CIDFontType0' : 'CIDFontType2',
      BaseFont: name,
      CIDSystemInfo: { Registry: new String('Adobe'), Ordering: new String('Identity'), Supplement: 0 },
      FontDescriptor: descriptor,
      W: this.#widths(),
      ...(font.isCff ? {} : { CIDToGIDMap: 'Identity' }),
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

  /** Widths of consecutive codes, in the form of the PDF `W` array. */
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

  /** Six letters that identify the subset (ISO 32000-1, 9.6.4), computed by FNV-1a over its glyphs. */
  #tag(): string {
    let hash = 0x811c9dc5;
    const parts = [...this.#added.values()].flatMap((glyph) => glyph.parts.flatMap(({ id, x, y }) => [id, x, y]));
    for (const one of [...this.#coded.map(({ glyph }) => glyph), ...parts]) hash = Math.imul(hash ^ one, 0x01000193);
    return Array.from({ length: 6 }, (_, index) => String.fromCharCode(65 + ((hash >>> (index * 5)) % 26))).join('');
  }
}
