/** The content of one cell of a spreadsheet, as the file holds it. */
export interface SheetCell {
  kind: 'text' | 'number' | 'date' | 'boolean' | 'formula' | 'error';
  /** Text unchanged; a number as JavaScript writes it; a date `YYYY-MM-DD`; a formula's stored result, or ''. */
  text: string;
}

export interface SheetRow {
  /** As spreadsheet programs show it, from 1. */
  row: number;
  /** By column, from 0; null: empty. */
  cells: (SheetCell | null)[];
  isHidden: boolean;
}

/** Cells joined into one; inclusive, rows from 1, columns from 0. */
export interface MergedCells {
  rows: [from: number, to: number];
  columns: [from: number, to: number];
}

export interface TableSheet {
  name: string;
  /** Rows with at least one cell that is not empty. */
  rows: SheetRow[];
  merges: MergedCells[];
}

/** `C17` for column 2 of row 17. */
export function cellName(column: number, row: number): string {
  let letters = '';
  for (let rest = column; rest >= 0; rest = Math.floor(rest / 26) - 1)
    letters = String.fromCharCode(65 + (rest % 26)) + letters;
  return `${letters}${row}`;
}
