import { type FittedText, fitName, fitParagraph } from './fit.ts';
import { COLUMN, FOOT, NAME_WIDTH, QR_SIDE, TEXT_WIDTH } from './layout.ts';
import { colourOperands, diplomaOrnament, divider } from './ornament.ts';
import { qrPath } from './qr.ts';
import { block, oneLine, paint, paragraph, type Sheet, type TextBlock, write } from './sheet.ts';
import type { TextStyle } from './tagged-document.ts';
import type { FaceRole } from './template-definition.ts';
import { fill, groupedCode, hoursInWords, longDate, shortAddress } from './wording.ts';

/** A part of the column: the space it wants above itself, its height, and how it is painted. */
interface Part {
  gap: number;
  height: number;
  paint(top: number): void;
}

/** How far the spaces between parts may be stretched or squeezed to fill the column. */
const STRETCH = { least: 0.45, most: 1.6 };

function textPart(sheet: Sheet, type: string, gap: number, text: TextBlock, style: Omit<TextStyle, 'size'>): Part {
  const { document } = sheet;
  const box = { x: 0, width: document.width, align: 'centre' as const };
  return {
    gap,
    height: text.height,
    paint: (top) => write(document, document.root, type, text, { ...box, top }, style),
  };
}

function fitted(fit: FittedText | null, what: string): TextBlock {
  if (fit === null) throw new Error(`${what} does not fit its box; it is measured before award`);
  return block(fit);
}

function nameParts(sheet: Sheet): Part[] {
  const { document, facts, definition, faces } = sheet;
  const { palette, fit } = definition;
  const name = fitted(fitName(facts.holderName, faces.chains.display, NAME_WIDTH, fit.name), 'the name');
  // Marks of Arabic, Thai or Devanagari stand above the height that Latin and Cyrillic letters take.
  const tall = name.lines.some((line) => line.actualText !== 'none');
  const rule = (top: number): void => document.artifact(divider(document.width / 2, top, 190, palette));
  const parts = [
    textPart(sheet, 'P', tall ? 22 : 15, name, { colour: palette.primary }),
    { gap: 13, height: 6, paint: (top: number): void => rule(top + 3) },
  ];
  if (facts.latinName === null || facts.latinName === facts.holderName) return parts;
  const latin = fitted(fitName(facts.latinName, faces.chains.text, NAME_WIDTH, fit.latinName), 'the Latin name');
  return [...parts, textPart(sheet, 'P', 11, latin, { colour: palette.muted, spacing: 0.4 })];
}

function projectParts(sheet: Sheet): Part[] {
  const { facts, definition, faces } = sheet;
  if (facts.project === null) return [];
  const text = fill(definition.texts.project, { title: facts.project.title });
  const { project: rule } = definition.fit;
  const whole = fitParagraph(text, faces.chains.text, TEXT_WIDTH, rule);
  // A title that would need small type here is left to the second page, which has room for it.
  if (whole === null || whole.size < rule.floor) return [];
  return [textPart(sheet, 'P', 9, block(whole), { colour: definition.palette.muted })];
}

function column(sheet: Sheet): Part[] {
  const { facts, definition } = sheet;
  const { palette, texts, fit } = definition;
  const single = (role: FaceRole, text: string, max: number): TextBlock =>
    paragraph(sheet, role, text, TEXT_WIDTH, { max, floor: max * 0.7, lines: 2 });
  return [
    textPart(sheet, 'P', 0, single('strong', facts.issuer.name, 11.5), { colour: palette.muted, spacing: 0.9 }),
    textPart(sheet, 'H1', 17, oneLine(sheet, 'display', texts.heading, 38), { colour: palette.primary, spacing: 9 }),
    textPart(sheet, 'P', 15, single('text', texts.holder, 12.5), { colour: palette.muted }),
    ...nameParts(sheet),
    textPart(sheet, 'P', 17, single('text', texts.completion, 12.5), { colour: palette.muted }),
    textPart(
      sheet,
      'P',
      11,
      paragraph(sheet, 'display', fill(texts.courseTitle, { title: facts.courseTitle }), TEXT_WIDTH, fit.courseTitle),
      { colour: palette.ink },
    ),
    textPart(
      sheet,
      'P',
      10,
      single('text', fill(texts.volume, { hours: hoursInWords(facts.hoursTotal, definition) }), 12.5),
      {
        colour: palette.muted,
      },
    ),
    ...projectParts(sheet),
  ];
}

function paintColumn(parts: readonly Part[]): void {
  const heights = parts.reduce((sum, part) => sum + part.height, 0);
  const gaps = parts.reduce((sum, part) => sum + part.gap, 0);
  const room = COLUMN.bottom - COLUMN.top - heights;
  const stretch = Math.min(STRETCH.most, Math.max(STRETCH.least, room / gaps));
  let top = COLUMN.top + Math.max(0, room - gaps * stretch) / 2;
  for (const part of parts) {
    top += part.gap * stretch;
    part.paint(top);
    top += part.height;
  }
}

function paintSignature(sheet: Sheet): void {
  const { document, facts, definition } = sheet;
  const { palette } = definition;
  const [x, width] = [FOOT.left, 210];
  document.artifact(
    `q ${colourOperands(palette.muted)} RG 0.6 w ${x} ${FOOT.signatureLine} m ${x + width} ${FOOT.signatureLine} l S Q`,
  );
  const name = paragraph(sheet, 'text', facts.signatory.name, width, { max: 11, floor: 9.5, lines: 2 });
  const position = paragraph(sheet, 'label', facts.signatory.position, width, { max: 7.5, floor: 7, lines: 3 });
  const box = { x, width, align: 'centre' as const };
  const top = FOOT.signatureLine + 6;
  write(document, document.root, 'P', name, { ...box, top }, { colour: palette.ink });
  write(document, document.root, 'P', position, { ...box, top: top + name.height + 4.5 }, { colour: palette.muted });
}

function paintDate(sheet: Sheet): void {
  const { document, facts, definition } = sheet;
  const { palette, texts } = definition;
  const box = { x: document.width / 2 - 95, width: 190, align: 'centre' as const };
  const date = fill(texts.issued, { date: longDate(facts.issueDate, definition.date) });
  const number = fill(texts.number, { number: facts.number });
  const top = FOOT.signatureLine + 6;
  const rule = { max: 11, floor: 8, lines: 1 };
  write(
    document,
    document.root,
    'P',
    paragraph(sheet, 'text', date, box.width, rule),
    { ...box, top },
    { colour: palette.ink },
  );
  const label = paragraph(sheet, 'label', number, box.width, { max: 7.5, floor: 7, lines: 2 });
  write(document, document.root, 'P', label, { ...box, top: top + 15.5 }, { colour: palette.muted });
}

function paintProof(sheet: Sheet): void {
  const { document, facts, definition } = sheet;
  const { palette, texts } = definition;
  const qr: [number, number, number, number] = [FOOT.right - QR_SIDE, FOOT.bottom - QR_SIDE, QR_SIDE, QR_SIDE];
  const width = 150;
  const box = { x: qr[0] - width - 6, width, align: 'right' as const };
  const [groups, address] = [groupedCode(facts.code), shortAddress(facts.lookupUrl)];
  const hint = paragraph(sheet, 'label', texts.verify, width, { max: 7.5, floor: 6.5, lines: 2 });
  const where = paragraph(sheet, 'label', address, width, { max: 8, floor: 6, lines: 2 });
  const code = paragraph(sheet, 'strong', groups, width, { max: 8, floor: 6, lines: 2 });
  const codeTop = FOOT.bottom - 16 - (code.height - code.size);
  const whereTop = codeTop - where.height - 4;
  const hintTop = whereTop - hint.height - 4;
  write(document, document.root, 'P', hint, { ...box, top: hintTop }, { colour: palette.muted });
  const target: [number, number, number, number] = [box.x, whereTop - 2, width, codeTop + code.height - whereTop + 4];
  document.link(document.root, facts.lookupUrl, texts.verify, target, () => {
    paint(document, where, { ...box, top: whereTop }, { colour: palette.primary });
    paint(document, code, { ...box, top: codeTop }, { colour: palette.primary });
  });
  const alt = fill(texts.qrDescription, { url: facts.lookupUrl });
  document.figure(document.root, alt, qr, qrPath(facts.lookupUrl, ...(qr.slice(0, 3) as [number, number, number])));
}

/** The diploma itself, to be framed. */
export function drawFirstPage(sheet: Sheet): void {
  const { document, definition } = sheet;
  document.addPage();
  document.artifact(diplomaOrnament(document, definition.palette));
  paintColumn(column(sheet));
  paintSignature(sheet);
  paintDate(sheet);
  paintProof(sheet);
}

/** Whether a name stands in its box, with a second line at need; `role` as it is printed. */
export function nameFits(
  name: string,
  sheet: Pick<Sheet, 'definition' | 'faces'>,
  as: 'holderName' | 'latinName',
): boolean {
  const { chains } = sheet.faces;
  const { fit } = sheet.definition;
  const result =
    as === 'holderName'
      ? fitName(name, chains.display, NAME_WIDTH, fit.name)
      : fitName(name, chains.text, NAME_WIDTH, fit.latinName);
  return result !== null;
}
