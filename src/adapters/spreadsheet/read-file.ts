import type { SheetCell, TableSheet } from '../../domain/import/sheet-cells.ts';
import { message } from '../../domain/messages/message.ts';
import type { SheetsResult } from '../../ports/spreadsheet.ts';
import { BOUNDS } from './bounds.ts';
import { readCsv } from './read-csv.ts';
import { readWorkbook } from './read-workbook.ts';
import { RefusedFile } from './refused-file.ts';

const ZIP = [0x50, 0x4b];
/** The container of old Office files and of encrypted new ones. */
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/** Names inside such a container are UTF-16. */
const ENCRYPTED = Buffer.from('EncryptedPackage', 'utf16le');

/** Reads a file by its contents, whatever its name. Runs in a thread, because a hostile file may take long. */
export async function readFile(bytes: Uint8Array): Promise<SheetsResult> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (file.length === 0) throw new RefusedFile(message('import.file.empty'));
    if (startsWith(file, COMPOUND))
      throw new RefusedFile(message(file.includes(ENCRYPTED) ? 'import.file.encrypted' : 'import.file.old'));
    const read = startsWith(file, ZIP) ? await readWorkbook(file) : { sheets: [readCsv(file)], hiddenSheets: [] };
    bound(read.sheets);
    return { ok: true, ...read };
  } catch (error) {
    if (error instanceof RefusedFile) return { ok: false, detail: error.message };
    // The library's own message may quote the contents.
    return { ok: false, detail: message('import.file.unreadable') };
  }
}

function startsWith(file: Buffer, signature: readonly number[]): boolean {
  return signature.every((byte, index) => file[index] === byte);
}

function bound(sheets: TableSheet[]): void {
  const rows = sheets.reduce((sum, sheet) => sum + sheet.rows.length, 0);
  if (rows > BOUNDS.rows) throw new RefusedFile(message('import.file.rows', { rows, most: BOUNDS.rows }));
  for (const { name, rows } of sheets)
    for (const { row, cells } of rows) {
      if (cells.length > BOUNDS.columns)
        throw new RefusedFile(message('import.file.columns', { sheet: name, row, most: BOUNDS.columns }));
      if (cells.some((cell) => isTooLong(cell)))
        throw new RefusedFile(message('import.file.cell', { sheet: name, row, most: BOUNDS.cell }));
    }
}

const isTooLong = (cell: SheetCell | null): boolean => (cell?.text.length ?? 0) > BOUNDS.cell;
