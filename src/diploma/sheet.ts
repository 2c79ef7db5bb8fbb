import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { passingLayer } from './pdf/static-layer.ts';
import {
  lineWidth,
  type RunStyle,
  type Structure,
  type TaggedDocument,
  type TextOptions,
} from './pdf/tagged-document.ts';
import { qrPath } from './qr.ts';
import type { PreparedTemplate } from './template/prepared-template.ts';
import { type Words, wordsFor } from './template/wording.ts';
import type { FittedText } from './type/fit.ts';
import type { ShapedLine } from './type/shaped-line.ts';

/** The data that all drawing functions need. */
export interface Sheet {
  document: TaggedDocument;
  facts: DiplomaFacts;
  template: PreparedTemplate;
  words: Words;
  /** Operators that draw the QR code of the lookup address as a square of `side` points. */
  qr(x: number, top: number, side: number): string;
}

/** Side of the code that all pages share, in points. */
const QR = 100;

/** Prepares the sheet for these facts and this template. */
export function openSheet(document: TaggedDocument, facts: DiplomaFacts, template: PreparedTemplate): Sheet {
  const url = facts.lookupUrl;
  const layer =
    template.definition.format > 3 ? passingLayer(qrPath(url, 0, 0, QR, true), { width: QR, height: QR }) : null;
  return {
    document,
    facts,
    template,
    words: wordsFor(facts, template.definition),
    qr: (x, top, side) =>
      layer === null ? qrPath(url, x, top, side, false) : document.scaled(layer, x, top, side / QR),
  };
}

/** Alignment of lines in their box. */
export type Align = 'left' | 'centre' | 'right';

/** A place for lines; points from the top left corner of the page. */
export interface TextBox {
  x: number;
  top: number;
  width: number;
  align: Align;
}

/** Colour and letter spacing of a text; the size comes from the fitted text. */
export type Ink = Omit<RunStyle, 'size'>;

function startOf(line: ShapedLine, style: RunStyle, { align, x, width }: TextBox): number {
  if (align === 'left') return x;
  const slack = width - lineWidth(line, style);
  return align === 'right' ? x + slack : x + slack / 2;
}

/** Paints a fitted text with its top at `box.top`, without a structure element. */
export function paint(document: TaggedDocument, text: FittedText, box: TextBox, ink: Ink): void {
  const style = { ...ink, size: text.size };
  text.lines.forEach((line, index) => {
    document.line(line, startOf(line, style, box), box.top + text.ascent + index * text.leading, style);
  });
}

/** Paints a fitted text as a structure element. */
export function write(
  document: TaggedDocument,
  parent: Structure,
  type: string,
  text: FittedText,
  box: TextBox,
  ink: Ink,
  options: TextOptions = {},
): void {
  document.text(parent, type, text.lines, () => paint(document, text, box, ink), options);
}
