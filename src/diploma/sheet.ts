import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import {
  lineWidth,
  type RunStyle,
  type Structure,
  type TaggedDocument,
  type TextOptions,
} from './pdf/tagged-document.ts';
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
}

/** Prepares the sheet for these facts and this template. */
export function openSheet(document: TaggedDocument, facts: DiplomaFacts, template: PreparedTemplate): Sheet {
  return { document, facts, template, words: wordsFor(facts, template.definition) };
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
