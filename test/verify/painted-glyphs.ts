import type { PdfObjects, Value } from './pdf-objects.ts';

/** A glyph painted on a page. */
export interface PaintedGlyph {
  /** Reference of the font object. */
  font: string;
  /** Two-byte code in the font. */
  code: number;
  /** Origin on the page in points; y grows upwards. */
  x: number;
  y: number;
  /** Points per em, measured across the line, because stretched letters would falsify it along the line. */
  size: number;
  /** Marked content around the glyph: its id, `artifact`, or null. */
  marked: number | 'artifact' | null;
}

/** The text painted on a page. */
export interface PaintedPage {
  /** Painted glyphs, in painting order. */
  glyphs: PaintedGlyph[];
  /** `ActualText` of marked-content spans, by the id of the content around them. */
  told: Map<number, string>;
}

type Matrix = readonly [number, number, number, number, number, number];
type Token = number | string | Token[];

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** Combines two matrices; `first` is applied before `then`. */
function product(first: Matrix, then: Matrix): Matrix {
  const [a, b, c, d, e, f] = first;
  const [p, q, r, s, t, u] = then;
  return [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u];
}

const LEXEMES =
  /%[^\r\n]*|<<|>>|\[|\]|<[0-9a-fA-F\s]*>|\((?:\\[\s\S]|[^\\()]|\((?:\\[\s\S]|[^\\()])*\))*\)|\/[^\s()<>[\]{}/%]*|[^\s()<>[\]{}/%]+/g;

/** Operators of a content stream with operands; strings keep their brackets, dictionaries are flat lists. */
function* instructions(content: string): Generator<{ operator: string; operands: Token[] }> {
  let operands: Token[] = [];
  const open: Token[][] = [];
  for (const [lexeme] of content.matchAll(LEXEMES)) {
    const into = open.at(-1) ?? operands;
    if (lexeme.startsWith('%')) continue;
    if (lexeme === '[' || lexeme === '<<') open.push([]);
    else if (lexeme === ']' || lexeme === '>>') (open.at(-2) ?? operands).push(open.pop() ?? []);
    else if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(lexeme)) into.push(Number(lexeme));
    else if (/^[/(<]/.test(lexeme) || open.length > 0) into.push(lexeme);
    else {
      yield { operator: lexeme, operands };
      operands = [];
    }
  }
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function stringBytes(token: Token): Buffer {
  if (typeof token !== 'string') return Buffer.alloc(0);
  if (token.startsWith('<')) {
    const digits = token.replace(/[<>\s]/g, '');
    return Buffer.from(digits.length % 2 === 1 ? `${digits}0` : digits, 'hex');
  }
  const plain = token.slice(1, -1).replace(/\\([0-7]{1,3}|\r\n|[\s\S])/g, (_, sign: string) => {
    if (/^[0-7]/.test(sign)) return String.fromCharCode(Number.parseInt(sign, 8));
    return sign === '\n' || sign === '\r\n' ? '' : (ESCAPES[sign] ?? sign);
  });
  return Buffer.from(plain, 'latin1');
}

/**
 * A text string: UTF-16 with a byte order mark, else bytes (ISO 32000-1, 7.9.2.2; other encodings are not used here).
 */
function decoded(bytes: Buffer): string {
  if (bytes[0] !== 0xfe || bytes[1] !== 0xff) return bytes.toString('latin1');
  return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
}

/** Advance widths of a composite font by code, in thousandths of the em (ISO 32000-1, 9.7.4.3). */
function advances(pdf: PdfObjects, font: string): (code: number) => number {
  const descendant = pdf.dictionary(pdf.list(pdf.dictionary(font)['/DescendantFonts'])[0]);
  const list = pdf.list(descendant['/W']);
  const widths = new Map<number, number>();
  for (let at = 0; at < list.length; ) {
    const [first, next] = [Number(list[at]), pdf.resolve(list[at + 1])];
    if (Array.isArray(next)) {
      for (const [index, width] of next.entries()) widths.set(first + index, Number(width));
      at += 2;
    } else {
      for (let code = first; code <= Number(next); code += 1) widths.set(code, Number(list[at + 2]));
      at += 3;
    }
  }
  const usual = typeof descendant['/DW'] === 'number' ? descendant['/DW'] : 1000;
  return (code) => widths.get(code) ?? usual;
}

interface TextState {
  font: string;
  size: number;
  charSpacing: number;
  wordSpacing: number;
  scale: number;
  leading: number;
  rise: number;
}

const PLAIN: TextState = { font: '', size: 0, charSpacing: 0, wordSpacing: 0, scale: 1, leading: 0, rise: 0 };

class Painter {
  readonly glyphs: PaintedGlyph[] = [];
  readonly told = new Map<number, string>();
  readonly #fonts: Record<string, Value>;
  readonly #advances = new Map<string, (code: number) => number>();
  readonly #pdf: PdfObjects;
  readonly #kept: { matrix: Matrix; text: TextState }[] = [];
  readonly #marks: PaintedGlyph['marked'][] = [];
  #matrix: Matrix = IDENTITY;
  #text: TextState = PLAIN;
  #line: Matrix = IDENTITY;
  #pen: Matrix = IDENTITY;

  constructor(pdf: PdfObjects, fonts: Record<string, Value>) {
    this.#pdf = pdf;
    this.#fonts = fonts;
  }

  apply(operator: string, operands: Token[]): void {
    const numbers = operands.map(Number);
    const [n0 = 0, n1 = 0] = numbers;
    const matrix = (): Matrix => numbers.slice(0, 6) as unknown as Matrix;
    const set = (change: Partial<TextState>): void => {
      this.#text = { ...this.#text, ...change };
    };
    if (operator === 'q') this.#kept.push({ matrix: this.#matrix, text: this.#text });
    else if (operator === 'Q') {
      const kept = this.#kept.pop();
      if (kept !== undefined) [this.#matrix, this.#text] = [kept.matrix, kept.text];
    } else if (operator === 'cm') this.#matrix = product(matrix(), this.#matrix);
    else if (operator === 'BT') [this.#line, this.#pen] = [IDENTITY, IDENTITY];
    else if (operator === 'Tm') [this.#line, this.#pen] = [matrix(), matrix()];
    else if (operator === 'Td' || operator === 'TD') {
      if (operator === 'TD') set({ leading: -n1 });
      this.#move(n0, n1);
    } else if (operator === 'T*') this.#move(0, -this.#text.leading);
    else if (operator === 'Tf') set({ font: String(this.#fonts[String(operands[0])] ?? ''), size: n1 });
    else if (operator === 'Tc') set({ charSpacing: n0 });
    else if (operator === 'Tw') set({ wordSpacing: n0 });
    else if (operator === 'Tz') set({ scale: n0 / 100 });
    else if (operator === 'TL') set({ leading: n0 });
    else if (operator === 'Ts') set({ rise: n0 });
    else if (operator === 'Tj') this.#show(operands[0] ?? '');
    else if (operator === 'TJ') this.#showAll(operands[0] ?? []);
    else if (operator === 'BMC' || operator === 'BDC') this.#mark(operands);
    else if (operator === 'EMC') this.#marks.pop();
    else if (operator === "'" || operator === '"') throw new Error(`the judge does not know the operator ${operator}`);
  }

  #move(x: number, y: number): void {
    this.#line = product([1, 0, 0, 1, x, y], this.#line);
    this.#pen = this.#line;
  }

  #mark([tag, properties]: Token[]): void {
    const outer = this.#marks.at(-1) ?? null;
    const list = Array.isArray(properties) ? properties : [];
    const at = list.indexOf('/MCID');
    if (tag === '/Artifact') this.#marks.push('artifact');
    else this.#marks.push(at >= 0 ? Number(list[at + 1]) : outer);
    const [mark, text] = [this.#marks.at(-1), list.indexOf('/ActualText')];
    if (text >= 0 && typeof mark === 'number')
      this.told.set(mark, (this.told.get(mark) ?? '') + decoded(stringBytes(list[text + 1] ?? '')));
  }

  #showAll(pieces: Token): void {
    for (const piece of Array.isArray(pieces) ? pieces : []) {
      if (typeof piece === 'number') this.#advance((-piece / 1000) * this.#text.size * this.#text.scale);
      else this.#show(piece);
    }
  }

  #advance(x: number): void {
    this.#pen = product([1, 0, 0, 1, x, 0], this.#pen);
  }

  #show(token: Token): void {
    const { font, size, scale, rise, charSpacing } = this.#text;
    const width = this.#advances.get(font) ?? advances(this.#pdf, font);
    this.#advances.set(font, width);
    const bytes = stringBytes(token);
    for (let at = 0; at + 1 < bytes.length; at += 2) {
      const code = bytes.readUInt16BE(at);
      const placed = product([size * scale, 0, 0, size, 0, rise], product(this.#pen, this.#matrix));
      const [, , c, d, x, y] = placed;
      this.glyphs.push({ font, code, x, y, size: Math.hypot(c, d), marked: this.#marks.at(-1) ?? null });
      this.#advance(((width(code) / 1000) * size + charSpacing) * scale);
    }
  }
}

/** Reads the text that a page paints (ISO 32000-1, 9.4). */
export function paintedPage(pdf: PdfObjects, page: string): PaintedPage {
  const dictionary = pdf.dictionary(page);
  const fonts = pdf.dictionary(pdf.dictionary(dictionary['/Resources'])['/Font']);
  const painter = new Painter(pdf, fonts);
  const content = pdf.list(dictionary['/Contents']).map((stream) => pdf.bytes(stream)?.toString('latin1') ?? '');
  for (const { operator, operands } of instructions(content.join('\n'))) painter.apply(operator, operands);
  return { glyphs: painter.glyphs, told: painter.told };
}
