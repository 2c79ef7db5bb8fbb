import { CsvError, parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import type { TableSheet } from '../../domain/import/sheet-cells.ts';
import { message } from '../../domain/messages/message.ts';
import { toRow } from './cell-row.ts';
import { RefusedFile } from './refused-file.ts';

const DELIMITERS = [';', ',', '\t'] as const;

/**
 * A CSV file as LibreOffice, Excel or Google writes it: UTF-8, UTF-16 or Windows-1251; `;`, `,` or tab. Excel's first line
 * `sep=;` is obeyed.
 * @throws RefusedFile when it is no text, or its quotes do not match
 */
export function readCsv(file: Buffer): TableSheet {
  const text = decode(file);
  const [declaration = '', declared] = /^sep=([;,\t])\r?\n/.exec(text) ?? [];
  const body = text.slice(declaration.length);
  const delimiter = declared ?? likelyDelimiter(body);
  const before = declaration === '' ? 0 : 1;
  try {
    // A row of a spreadsheet is a record, not a line: a quoted cell may contain line breaks.
    const records: string[][] = parse(body, { delimiter, relax_column_count: true, skip_empty_lines: false });
    const rows = records.flatMap((record, index) => {
      const cells = record.map((cell) => (cell.trim() === '' ? null : { kind: 'text' as const, text: cell }));
      return toRow(index + 1 + before, cells, false) ?? [];
    });
    return { name: 'CSV', rows, merges: [] };
  } catch (error) {
    if (error instanceof CsvError)
      throw new RefusedFile(message('import.file.csv', { line: Number(error['lines'] ?? 0) + before }));
    throw error;
  }
}

/** Without a byte order mark: UTF-8 where the bytes are valid UTF-8, else Windows-1251, as Excel writes it in Russian. */
function decode(file: Buffer): string {
  if (file[0] === 0xff && file[1] === 0xfe) return iconv.decode(file, 'utf16le');
  if (file[0] === 0xfe && file[1] === 0xff) return iconv.decode(file, 'utf16be');
  // Neither encoding has them; files of other programs do.
  if (file.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d))
    throw new RefusedFile(message('import.file.no-spreadsheet'));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    return iconv.decode(file, 'win1251');
  }
}

/** The delimiter that the first line has most often outside quotes. */
function likelyDelimiter(text: string): string {
  const [line = ''] = text.replace(/"(?:[^"]|"")*"/g, '').split(/\r?\n|\r/, 1);
  const count = (delimiter: string) => line.split(delimiter).length;
  return DELIMITERS.reduce((best, other) => (count(other) > count(best) ? other : best));
}
