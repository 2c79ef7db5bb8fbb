import { colourOperands } from './pdf/colour.ts';
import { paint, type Sheet, type TextBox, write } from './sheet.ts';
import type { Part, PictureSlot, QrPlace, Stack } from './template/layout-schema.ts';
import { STRETCH } from './template/stretch.ts';
import { isPersonal, isShown, textWithFacts, type Words } from './template/wording.ts';

/** Left edge, width and alignment of a stack; the top is computed part by part. */
export type Column = Omit<TextBox, 'top'>;

/** A measured part of a stack: the gap above it, its height, and how to paint it. */
export interface Piece {
  gap: number;
  height: number;
  paint(top: number): void;
}

interface LinkedText extends Piece {
  link: 'lookup' | 'project';
  /** Text of the link for screen readers. */
  alt: string;
  plain(top: number): void;
}

function textPiece(sheet: Sheet, part: Part, column: Column, words: Words): Piece | LinkedText | null {
  const { document, template } = sheet;
  const source = template.definition.texts[part.text ?? ''] ?? '';
  const text = textWithFacts(source, words);
  if (text === null || text === '') return null;
  const style = template.style(part.style ?? '');
  const fitted = template.fit(text, part.style ?? '', column.width, !isPersonal(source));
  if (fitted === null) {
    if (style.fit === 'optional') return null;
    throw new Error(`texts.${part.text} does not fit into its box, although names are measured before the award`);
  }
  const ink = { colour: template.colour(style.colour), spacing: style.spacing };
  const { gap } = part;
  const box = (top: number): TextBox => ({ ...column, top });
  if (part.link !== undefined) {
    const plain = (top: number): void => paint(document, fitted, box(top), ink);
    return { gap, height: fitted.height, paint: plain, plain, link: part.link, alt: text };
  }
  const lang = part.lang === 'script' ? scriptTag(text) : part.lang;
  const options = lang === undefined ? {} : { lang };
  const tag = part.tag ?? 'P';
  return {
    gap,
    height: fitted.height,
    paint: (top) => write(document, document.root, tag, fitted, box(top), ink, options),
  };
}

const SCRIPTS = {
  Latn: /\p{Script=Latin}/u,
  Cyrl: /\p{Script=Cyrillic}/u,
  Grek: /\p{Script=Greek}/u,
  Armn: /\p{Script=Armenian}/u,
  Geor: /\p{Script=Georgian}/u,
  Arab: /\p{Script=Arabic}/u,
  Hebr: /\p{Script=Hebrew}/u,
  Deva: /\p{Script=Devanagari}/u,
  Thai: /\p{Script=Thai}/u,
};

/** BCP 47 tag of a text in an unknown language; plain "und" for other scripts. */
function scriptTag(text: string): string {
  const found = Object.entries(SCRIPTS).find(([, letters]) => letters.test(text));
  return found === undefined ? 'und' : `und-${found[0]}`;
}

/** Left edge of something `wide` points wide, by the column's alignment. */
function startOf({ x, width, align }: Column, wide: number): number {
  const slack = width - wide;
  return x + (align === 'left' ? 0 : align === 'right' ? slack : slack / 2);
}

function artPiece({ document, template }: Sheet, part: Part, column: Column): Piece {
  const width = part.width ?? 0;
  const layer = template.ornament(part.art ?? '', width);
  const x = startOf(column, width);
  return { gap: part.gap, height: layer.box.height, paint: (top) => document.layer(layer, { x, top }) };
}

/** File of the school's picture for a place; null: there is none, or nobody knows whose signature it would be. */
function pictureOf({ facts, template }: Sheet, slot: PictureSlot): string | null {
  const { pictures = {} } = template.definition;
  if (slot === 'logo' || slot === 'seal') return pictures[slot] ?? null;
  const id = (slot === 'signature' ? facts.signatory : facts.secondSignatory)?.id;
  return (id !== undefined && pictures.signatures?.[id]) || null;
}

/** An image as large as its height and the stack's width allow, or null when the template has none. */
function imagePiece(sheet: Sheet, part: Part, column: Column): Piece | null {
  const { document, template, words } = sheet;
  const { images, texts } = template.definition;
  const named = images[part.image ?? ''];
  const file = named?.from == null ? (named?.file ?? null) : pictureOf(sheet, named.from);
  if (named === undefined || file === null) return null;
  const isArt = file.endsWith('.svg');
  const image = isArt ? template.art(file) : template.image(file);
  const height = part.height ?? 0;
  const scale = Math.min(column.width / image.width, height / image.height);
  const size = { width: image.width * scale, height: image.height * scale };
  const x = startOf(column, size.width);
  const altText = named.alt === null ? null : textWithFacts(texts[named.alt] ?? '', words);
  const paintAt = (top: number): void => {
    const box = { x, top: top + height - size.height, ...size };
    if (isArt) document.layer(template.ornament(file, size.width), box, altText);
    else document.image(template.image(file), box, altText);
  };
  return { gap: part.gap, height, paint: paintAt };
}

function rulePiece({ document, template }: Sheet, part: Part, column: Column): Piece {
  const width = part.rule ?? 0;
  const pen = `${colourOperands(template.colour(part.colour ?? ''))} RG ${width} w`;
  const paintAt = (top: number): void => {
    const y = top + width / 2;
    document.artifact(`q ${pen} ${column.x} ${y} m ${column.x + column.width} ${y} l S Q`);
  };
  return { gap: part.gap, height: width, paint: paintAt };
}

/** Adjacent texts with the same target become one link, so that screen readers read it once. */
function linked(sheet: Sheet, pieces: readonly LinkedText[], column: Column): Piece {
  const { document, facts } = sheet;
  const [first] = pieces;
  const url = first?.link === 'project' ? (facts.project?.url ?? '') : facts.lookupUrl;
  const height = heightOf(pieces) - (first?.gap ?? 0);
  const alt = pieces.map((piece) => piece.alt).join(' ');
  const paintAt = (top: number): void =>
    document.link(document.root, url, alt, [column.x, top - 2, column.width, height + 4], () => {
      let at = top - (first?.gap ?? 0);
      for (const piece of pieces) {
        piece.plain(at + piece.gap);
        at += piece.gap + piece.height;
      }
    });
  return { gap: first?.gap ?? 0, height, paint: paintAt };
}

function pieceOf(sheet: Sheet, part: Part, column: Column, words: Words): Piece | LinkedText | null {
  if (part.text !== undefined) return textPiece(sheet, part, column, words);
  if (part.image !== undefined) return imagePiece(sheet, part, column);
  return part.art !== undefined ? artPiece(sheet, part, column) : rulePiece(sheet, part, column);
}

/** Measures the parts of a stack for one diploma; parts whose facts are missing are omitted. */
export function piecesOf(sheet: Sheet, parts: readonly Part[], column: Column, words = sheet.words): Piece[] {
  const pieces: (Piece | LinkedText)[] = [];
  for (const part of parts.filter((one) => isShown(one, words))) {
    const piece = pieceOf(sheet, part, column, words);
    if (piece !== null) pieces.push(piece);
  }
  const grouped: Piece[] = [];
  let run: LinkedText[] = [];
  const closeRun = (): void => {
    if (run.length > 0) grouped.push(linked(sheet, run, column));
    run = [];
  };
  for (const piece of pieces) {
    if (!('link' in piece) || (run[0] !== undefined && run[0].link !== piece.link)) closeRun();
    if ('link' in piece) run.push(piece);
    else grouped.push(piece);
  }
  closeRun();
  // The first part that is shown starts at the top of its box.
  return grouped.map((piece, index) => (index === 0 ? { ...piece, gap: 0 } : piece));
}

/** Height of the pieces including the gaps. */
export function heightOf(pieces: readonly Pick<Piece, 'gap' | 'height'>[]): number {
  return pieces.reduce((sum, piece) => sum + piece.gap + piece.height, 0);
}

/** Paints pieces one below the other from `top`; returns the lower edge. */
export function paintPieces(pieces: readonly Piece[], top: number, stretch = 1): number {
  let at = top;
  for (const piece of pieces) {
    at += piece.gap * stretch;
    piece.paint(at);
    at += piece.height;
  }
  return at;
}

/** Paints the QR code of the lookup address as a figure. */
export function paintQr(sheet: Sheet, { x, top, side, alt }: QrPlace): void {
  const { document, facts, template, words } = sheet;
  const text = textWithFacts(template.definition.texts[alt] ?? '', words) ?? facts.lookupUrl;
  document.figure(document.root, text, [x, top, side, side], sheet.qr(x, top, side));
}

/** A measured stack: its lower edge, and how to paint it. */
export interface MeasuredStack {
  bottom: number;
  paint(): void;
}

/** Measures a stack for one diploma; null where it is not shown. */
export function measureStack(sheet: Sheet, stack: Stack): MeasuredStack | null {
  if (!isShown(stack, sheet.words)) return null;
  const pieces = piecesOf(sheet, stack.parts, stack);
  const bottom = stack.stand === 'top' ? stack.top + heightOf(pieces) : stack.bottom;
  return { bottom, paint: () => paintMeasured(pieces, stack) };
}

/** Paints a stack of one diploma. */
export function paintStack(sheet: Sheet, stack: Stack): void {
  measureStack(sheet, stack)?.paint();
}

function paintMeasured(pieces: readonly Piece[], stack: Stack): void {
  const room = stack.bottom - stack.top;
  if (stack.stand === 'top') paintPieces(pieces, stack.top);
  else if (stack.stand === 'bottom') paintPieces(pieces, stack.bottom - heightOf(pieces));
  else {
    const gaps = pieces.reduce((sum, piece) => sum + piece.gap, 0);
    const free = room - heightOf(pieces) + gaps;
    const stretch = gaps === 0 ? 1 : Math.min(STRETCH.most, Math.max(STRETCH.least, free / gaps));
    paintPieces(pieces, stack.top + Math.max(0, free - gaps * stretch) / 2, stretch);
  }
}
