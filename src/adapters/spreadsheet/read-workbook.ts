import { type Cell, type CellValue, type Sheet as HucreSheet, readXlsx } from 'hucre/xlsx';
import type { SheetCell, TableSheet } from '../../domain/import/sheet-cells.ts';
import { message } from '../../domain/messages/message.ts';
import { toRow } from './cell-row.ts';
import { RefusedFile } from './refused-file.ts';
import { checkZipParts } from './zip-parts.ts';

/**
 * The visible sheets of an XLSX file.
 * @throws RefusedFile for other ZIP files, macros, and what exceeds the bounds
 */
export async function readWorkbook(file: Buffer): Promise<{ sheets: TableSheet[]; hiddenSheets: string[] }> {
  const parts = await checkZipParts(file);
  const has = (ending: RegExp) => [...parts].some((name) => ending.test(name));
  if (has(/(^|\/)vbaProject\.bin$/i)) throw new RefusedFile(message('import.file.macros'));
  if (parts.has('xl/workbook.bin') || parts.has('mimetype')) throw new RefusedFile(message('import.file.other-format'));
  if (!parts.has('[Content_Types].xml') || !has(/(^|\/)workbook\d*\.xml$/i))
    throw new RefusedFile(message('import.file.no-spreadsheet'));
  const hiddenSheets = new Set<string>();
  const read = (readStyles: boolean) =>
    readXlsx(file, {
      readStyles,
      sheets: ({ name, hidden, veryHidden }) => {
        if (hidden || veryHidden) hiddenSheets.add(name);
        return !hidden && !veryHidden;
      },
    });
  const { sheets } = await read(false);
  // The library reads a cell of the type "d", a date in ISO 8601, as text. Its format tells it from a text that was typed.
  const mayHoldDates = sheets.some(({ rows }) => rows.some((values) => values.some(isIsoDate)));
  return { sheets: (mayHoldDates ? (await read(true)).sheets : sheets).map(toSheet), hiddenSheets: [...hiddenSheets] };
}

const isIsoDate = (value: CellValue | undefined): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?$/.test(value);

/** Whether a number format shows days or months; words in quotes and `[…]` are no part of the date. */
const showsDate = (format: string): boolean => /[dmy]/i.test(format.replace(/"[^"]*"|\[[^\]]*\]|\\./g, ''));

function toSheet({ name, rows, cells, rowDefs, merges }: HucreSheet): TableSheet {
  return {
    name,
    rows: rows.flatMap((values, index) => {
      const filled = values.map((value, column) => toCell(value, cells?.get(`${index},${column}`)));
      return toRow(index + 1, filled, rowDefs?.get(index)?.hidden === true) ?? [];
    }),
    merges: (merges ?? []).map(({ startRow, endRow, startCol, endCol }) => ({
      rows: [startRow + 1, endRow + 1],
      columns: [startCol, endCol],
    })),
  };
}

function toCell(value: CellValue | undefined, cell: Cell | undefined): SheetCell | null {
  const result = cell?.formulaResult ?? value;
  if (cell?.formula !== undefined) return { kind: 'formula', text: toText(result) };
  if (value === null || value === undefined) return null;
  if (cell?.type === 'error') return { kind: 'error', text: toText(value) };
  if (value instanceof Date) return { kind: 'date', text: toText(value) };
  if (typeof value === 'number') return { kind: 'number', text: String(value) };
  if (typeof value === 'boolean') return { kind: 'boolean', text: String(value) };
  if (isIsoDate(value) && showsDate(cell?.style?.numFmt ?? '')) return { kind: 'date', text: value.slice(0, 10) };
  const text = toText(value);
  return text.trim() === '' ? null : { kind: 'text', text };
}

function toText(value: CellValue | undefined): string {
  if (value === null || value === undefined) return '';
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
}
