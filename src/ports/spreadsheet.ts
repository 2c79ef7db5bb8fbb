import type { TableSheet } from '../domain/import/sheet-cells.ts';

export type SheetsResult =
  /** `hiddenSheets`: names of the sheets that were not read, because they are hidden. */
  | { ok: true; sheets: TableSheet[]; hiddenSheets: string[] }
  /** Why the file is refused, and how to mend it; a message of the catalogue. */
  | { ok: false; detail: string };

/** Too many files are being read; the caller may try again later. */
export class SpreadsheetsBusy extends Error {}

/** Reads untrusted XLSX and CSV files, with bounds on size and time. */
export interface Spreadsheets {
  /** @throws SpreadsheetsBusy */
  read(file: Uint8Array): Promise<SheetsResult>;
  close(): Promise<void>;
}
