import { printedHours } from '../domain/certificate/printed-hours.ts';
import { colourOperands } from './pdf/colour.ts';
import type { Structure } from './pdf/tagged-document.ts';
import { cellOf, type Density, MODULE_LINES, type RowKind, titleWidthOf } from './programme-cells.ts';
import { paint, type Sheet } from './sheet.ts';
import {
  heightOf,
  type MeasuredStack,
  measureStack,
  type Piece,
  paintPieces,
  paintQr,
  paintStack,
  piecesOf,
} from './stack.ts';
import { fillPlaceholders, isPersonal, plainNumber, type Words } from './template/wording.ts';
import type { FittedText } from './type/fit.ts';

/** No row is lower than this, without its paddings, in points. */
const LEAST = 6;

interface Row {
  title: FittedText;
  /** Hours of the module; null if it has none. */
  hours: FittedText | null;
  height: number;
  kind: RowKind;
}

function rowOf(sheet: Sheet, kind: Row['kind'], title: string, hours: string | null, density: Density): Row {
  const { table } = sheet.template.definition.following;
  const { face, rule } = cellOf(table, kind, density);
  const fitted = (text: string, width: number, lines: number): FittedText => {
    const fit = sheet.template.fitRow(text, face, width, { ...rule, lines });
    if (fit === null)
      throw new Error(`a text of ${text.length} characters does not fit into its cell of the programme table`);
    return fit;
  };
  const block = fitted(title, titleWidthOf(table), MODULE_LINES);
  return {
    title: block,
    hours: hours === null ? null : fitted(hours, table.hoursWidth, 1),
    height: block.height + 2 * density.padding + 1,
    kind,
  };
}

function rowsOf(sheet: Sheet, density: Density): Row[] {
  const { facts, template } = sheet;
  const { texts } = template.definition;
  const number = (value: number): string => plainNumber(value, template.definition);
  const { column, total } = printedHours(facts);
  const hours = (text: string): string | null => (column ? text : null);
  return [
    rowOf(sheet, 'head', texts.module, hours(texts.hours), density),
    ...facts.programme.map((row) => rowOf(sheet, 'module', row.title, hours(number(row.hours)), density)),
    ...(total ? [rowOf(sheet, 'total', texts.total, number(facts.hoursTotal), density)] : []),
  ];
}

const rowsHeight = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + row.height, 0);

/**
 * Splits rows into pages; each page repeats the head, and the total row is never alone on a page.
 * @param roomOf room in points on the first page of the table (0) and on the following ones
 */
function paginate(rows: readonly Row[], roomOf: (page: number) => number): Row[][] {
  const [head, ...rest] = rows;
  if (head === undefined) return [];
  const pages: Row[][] = [[head]];
  for (const row of rest) {
    const page = pages.at(-1) ?? [];
    if (page.length > 1 && rowsHeight(page) + row.height > roomOf(pages.length - 1)) {
      const carried = row.kind === 'total' && page.length > 2 ? page.splice(-1) : [];
      pages.push([head, ...carried, row]);
    } else page.push(row);
  }
  return pages;
}

/** Rows in the roomiest density that fits on one page; if none fits, on several pages in the density for that. */
function rowsThatFit(sheet: Sheet, room: number): Row[] {
  const { densities, flow } = sheet.template.definition.following.table;
  for (const density of densities) {
    // Most programmes rule the roomier densities out before anything is measured.
    if (sheet.facts.programme.length * (LEAST + 2 * density.padding) > room) continue;
    const rows = rowsOf(sheet, density);
    if (rowsHeight(rows) <= room) return rows;
  }
  const spread = flow ?? densities[1] ?? densities[0];
  return spread === undefined ? [] : rowsOf(sheet, spread);
}

function paintRow(sheet: Sheet, element: Structure, row: Row, top: number): void {
  const { document, template } = sheet;
  const { table } = template.definition.following;
  const colour = template.colour(table.rows[row.kind].colour);
  const padding = (row.height - row.title.height) / 2;
  const cell = row.kind === 'head' ? 'TH' : 'TD';
  const scope = row.kind === 'head' ? ({ scope: 'Column' } as const) : {};
  const titleWidth = titleWidthOf(table);
  document.group(element, 'TR', (tr) => {
    const title = { x: table.x, top: top + padding, width: titleWidth, align: 'left' as const };
    document.text(tr, cell, row.title.lines, () => paint(document, row.title, title, { colour }), scope);
    const { hours } = row;
    if (hours === null) return;
    // Aligns the hours with the first baseline of their title.
    const hoursTop = top + padding + row.title.ascent - hours.ascent;
    const x = table.x + table.width - table.hoursWidth;
    const right = { x, top: hoursTop, width: table.hoursWidth, align: 'right' as const };
    document.text(tr, cell, hours.lines, () => paint(document, hours, right, { colour }), scope);
  });
}

/** Paints the rows of one page, beginning at `from`; returns the y coordinate of their lower edge. */
function paintRows(sheet: Sheet, element: Structure, rows: readonly Row[], from: number): number {
  const { document, template } = sheet;
  const { table } = template.definition.following;
  const rule = (y: number, { colour, width }: { colour: string; width: number }): string =>
    `${colourOperands(template.colour(colour))} RG ${width} w ${table.x} ${y} m ${table.x + table.width} ${y} l S`;
  const rules: string[] = [];
  let top = from;
  rows.forEach((row, index) => {
    if (row.kind === 'total') rules.push(rule(top, table.rules.strong));
    paintRow(sheet, element, row, top);
    top = Math.round((top + row.height) * 100) / 100;
    if (row.kind === 'head') rules.push(rule(top, table.rules.strong));
    else if (row.kind === 'module' && rows[index + 1]?.kind === 'module') rules.push(rule(top, table.rules.fine));
  });
  document.artifact(`q\n${rules.join('\n')}\nQ`);
  return top;
}

/** What stands above the table on the second page, measured, and where the table begins. */
interface Opening {
  stacks: readonly MeasuredStack[];
  tableTop: number;
}

function openingOf(sheet: Sheet): Opening {
  const { head, stacks = [], qr, table } = sheet.template.definition.following;
  const above = head !== undefined && sheet.facts.programme.length > 0 ? [head, ...stacks] : stacks;
  const measured = above.flatMap((stack) => measureStack(sheet, stack) ?? []);
  if (table.rise === undefined) return { stacks: measured, tableTop: table.top };
  const lowest = Math.max(...measured.map(({ bottom }) => bottom), qr === undefined ? 0 : qr.top + qr.side);
  return { stacks: measured, tableTop: Math.min(table.top, Math.round(lowest + table.rise)) };
}

function openPage(sheet: Sheet, page: number, pages: number, { stacks }: Opening): void {
  const { document, template } = sheet;
  const { following, texts } = template.definition;
  document.addPage();
  document.layer(template.layer('following'));
  if (page === 2) {
    for (const stack of stacks) stack.paint();
    if (following.qr !== undefined) paintQr(sheet, following.qr);
  }
  const words: Words = { ...sheet.words, page: String(page), pages: String(pages) };
  const { footer } = following;
  document.footer(() => {
    let top = footer.top;
    for (const part of footer.parts) {
      const style = template.style(part.style ?? '');
      const source = texts[part.text ?? ''] ?? '';
      const text = fillPlaceholders(source, words);
      const fitted = template.fit(text, part.style ?? '', footer.width, !isPersonal(source));
      if (fitted === null) throw new Error('the footer does not fit into its box');
      top += part.gap;
      paint(document, fitted, { ...footer, top }, { colour: template.colour(style.colour) });
      top += fitted.height;
    }
  });
}

/** Draws the programme with hours and the project work, on as many pages as needed; no page when there is neither. */
export function drawProgrammePages(sheet: Sheet): void {
  const { document, facts, template } = sheet;
  const { head, closing = [], table, project } = template.definition.following;
  const close = (): void => {
    for (const stack of closing) paintStack(sheet, stack);
  };
  const column = { x: table.x, width: table.width, align: 'left' as const };
  const pieces: Piece[] = facts.project === null ? [] : piecesOf(sheet, project.parts, column);
  if (facts.programme.length === 0 && pieces.length === 0) return;
  const opening = openingOf(sheet);
  if (facts.programme.length === 0) {
    openPage(sheet, 2, 2, opening);
    // The head of the page belongs to the programme.
    paintPieces(pieces, head?.top ?? opening.tableTop);
    close();
    return;
  }
  const below = pieces.length === 0 ? 0 : heightOf(pieces) + project.gap;
  const topOf = (page: number): number => (page === 0 ? opening.tableTop : (table.continuedTop ?? table.top));
  const roomOf = (page: number): number => table.bottom - topOf(page);
  const tables = paginate(rowsThatFit(sheet, roomOf(0) - below), roomOf);
  const apart = below > 0 && rowsHeight(tables.at(-1) ?? []) + below > roomOf(tables.length - 1);
  const pages = 1 + tables.length + (apart ? 1 : 0);
  let end = opening.tableTop;
  openPage(sheet, 2, pages, opening);
  document.group(document.root, 'Table', (element) => {
    tables.forEach((page, index) => {
      if (index > 0) openPage(sheet, index + 2, pages, opening);
      end = paintRows(sheet, element, page, topOf(index));
    });
  });
  if (apart) openPage(sheet, pages, pages, opening);
  if (pieces.length > 0) paintPieces(pieces, apart ? topOf(tables.length) : end + project.gap);
  close();
}
