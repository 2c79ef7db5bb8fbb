import { message } from '../messages/message.ts';
import {
  foldHeading,
  GIVEN_COLUMNS,
  headingsOf,
  type ImportColumn,
  type ImportForm,
  KEY_COLUMNS,
} from './import-form.ts';
import { cellName, type SheetRow, type TableSheet } from './sheet-cells.ts';

export interface FoundColumns {
  sheet: TableSheet;
  /** The row with the headings. */
  headingRow: number;
  /** Column of the sheet, from 0. */
  columns: Map<ImportColumn, number>;
  /** Headings that the form does not know; their columns are not read. */
  unusedHeadings: string[];
}

/** The headings are looked for in this many rows: there may be a title above them. */
const TOP_ROWS = 20;

interface Headings {
  row: number;
  places: Map<ImportColumn, number[]>;
  unused: string[];
}

/**
 * Finds the sheet and the row with the headings of a form.
 * @returns `ok: false` with the reason and how to mend it, when there is none, or when it is not clear
 */
export function findColumns(
  sheets: readonly TableSheet[],
  hiddenSheets: readonly string[],
  form: ImportForm,
): ({ ok: true } & FoundColumns) | { ok: false; detail: string } {
  const refuse = (detail: string) => ({ ok: false as const, detail });
  const found = sheets.flatMap((sheet) => {
    const best = bestHeadings(sheet, form);
    return best === null ? [] : [{ sheet, ...best }];
  });
  const complete = found.filter(({ places }) => missingColumns(places, form).length === 0);
  const [one, ...more] = complete;
  if (more.length > 0)
    return refuse(
      message('import.file.several-sheets', { sheets: complete.map(({ sheet }) => sheet.name).join(', ') }),
    );
  if (one === undefined) {
    if (hiddenSheets.length > 0)
      return refuse(message('import.file.hidden-sheet', { sheets: hiddenSheets.join(', ') }));
    const nearest = found.toSorted((a, b) => b.places.size - a.places.size)[0];
    const missing = missingColumns(nearest?.places ?? new Map(), form).join('; ');
    return refuse(message('import.file.headings', { missing }));
  }
  const { sheet, row, places, unused } = one;
  for (const columns of places.values())
    if (columns.length > 1)
      return refuse(message('import.file.heading-twice', { cells: columns.map((at) => cellName(at, row)).join(', ') }));
  const columns = new Map([...places].map(([column, [at = 0]]) => [column, at]));
  return { ok: true, sheet, headingRow: row, columns, unusedHeadings: unused };
}

/** Whether a row repeats headings of the form. */
export function isHeadingRow(row: SheetRow, form: ImportForm): boolean {
  return readHeadings(row, form).places.size > 0;
}

function bestHeadings({ rows }: TableSheet, form: ImportForm): Headings | null {
  let best: Headings | null = null;
  for (const row of rows.slice(0, TOP_ROWS)) {
    const headings = readHeadings(row, form);
    if (headings.places.size > (best?.places.size ?? 0)) best = headings;
  }
  return best;
}

function readHeadings({ row, cells }: SheetRow, form: ImportForm): Headings {
  const known = new Map(headingsOf(form).flatMap(([column, all]) => all.map((one) => [foldHeading(one), column])));
  const places = new Map<ImportColumn, number[]>();
  const unused: string[] = [];
  cells.forEach((cell, at) => {
    if (cell?.kind !== 'text') return;
    const column = known.get(foldHeading(cell.text));
    if (column === undefined) unused.push(cell.text.trim().slice(0, 100));
    else places.set(column, [...(places.get(column) ?? []), at]);
  });
  return { row, places, unused };
}

/** What must be there and is not: one heading of each column, alternatives with "/". */
function missingColumns(places: ReadonlyMap<ImportColumn, unknown>, form: ImportForm): string[] {
  const needed: (readonly ImportColumn[])[] =
    form.kind === 'registration' ? [KEY_COLUMNS, GIVEN_COLUMNS] : [KEY_COLUMNS, ['list'], ['reason']];
  const headings = new Map(headingsOf(form));
  return needed
    .filter((columns) => !columns.some((column) => places.has(column)))
    .map((columns) => columns.flatMap((column) => headings.get(column)?.[0] ?? []).join(' / '));
}
