import type { DiplomaFacts } from '../domain/diploma-facts.ts';
import type { FaceBook } from './faces.ts';
import { type FittedText, fitParagraph, LEADING } from './fit.ts';
import { type ShapedLine, shapeLine } from './shaped-line.ts';
import { lineWidth, type Structure, type TaggedDocument, type TextStyle } from './tagged-document.ts';
import type { FaceRole, TemplateDefinition } from './template-definition.ts';

/** What every part of the drawing needs. */
export interface Sheet {
  document: TaggedDocument;
  facts: DiplomaFacts;
  definition: TemplateDefinition;
  faces: FaceBook;
}

/** A text with its place: lines of one size, the first baseline `size * 0.8` below its top. */
export interface TextBlock extends FittedText {
  height: number;
}

/** Where lines stand in their box. */
export type Align = 'left' | 'centre' | 'right';

/** Shapes a text that stays on one line whatever its width. */
export function oneLine(sheet: Sheet, role: FaceRole, text: string, size: number): TextBlock {
  return block({ size, lines: [shapeLine(text, sheet.faces.chains[role])] });
}

/**
 * Fits running text into `lines` lines of `width` points.
 * @throws Error when it does not fit even in the smallest type
 */
export function paragraph(
  sheet: Sheet,
  role: FaceRole,
  text: string,
  width: number,
  rule: { max: number; floor: number; lines: number },
): TextBlock {
  const fitted = fitParagraph(text, sheet.faces.chains[role], width, rule);
  if (fitted === null) throw new Error(`a text of ${text.length} characters does not fit its box on the diploma`);
  return block(fitted);
}

/** Adds the height to a fitted text. */
export function block({ size, lines }: FittedText): TextBlock {
  return { size, lines, height: size * (1 + (lines.length - 1) * LEADING) };
}

function startOf(line: ShapedLine, style: TextStyle, align: Align, x: number, width: number): number {
  if (align === 'left') return x;
  const slack = width - lineWidth(line, style);
  return align === 'right' ? x + slack : x + slack / 2;
}

/** Paints a block with its top at `top`, without a tag of its own. */
export function paint(
  document: TaggedDocument,
  text: TextBlock,
  box: { x: number; top: number; width: number; align: Align },
  style: Omit<TextStyle, 'size'>,
): void {
  const whole = { ...style, size: text.size };
  text.lines.forEach((line, index) => {
    const baseline = box.top + text.size * (0.8 + index * LEADING);
    document.line(line, startOf(line, whole, box.align, box.x, box.width), baseline, whole);
  });
}

/** Paints a block as an element of the document's structure. */
export function write(
  document: TaggedDocument,
  parent: Structure,
  type: string,
  text: TextBlock,
  box: { x: number; top: number; width: number; align: Align },
  style: Omit<TextStyle, 'size'>,
): void {
  document.text(parent, type, text.lines, () => paint(document, text, box, style));
}
