import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeXlsx } from 'hucre/xlsx';
import iconv from 'iconv-lite';
import { createSpreadsheets } from '../../../src/adapters/spreadsheet/create-spreadsheets.ts';
import type { SheetCell, TableSheet } from '../../../src/domain/import/sheet-cells.ts';
import { MANY_SCRIPTS } from './many-scripts.ts';
import { zip } from './zip.ts';

const SHEETS = fileURLToPath(new URL('../../../../test/adapters/spreadsheet/sheets/', import.meta.url));

const SHEET_PART = 'xl/worksheets/sheet1.xml';

describe('a spreadsheet', () => {
  const spreadsheets = createSpreadsheets();
  after(() => spreadsheets.close());

  const sheetsOf = async (bytes: Uint8Array): Promise<TableSheet[]> => {
    const read = await spreadsheets.read(bytes);
    assert.ok(read.ok, read.ok ? '' : read.detail);
    return read.sheets;
  };
  const refusal = async (bytes: Uint8Array): Promise<string> => {
    const read = await spreadsheets.read(bytes);
    assert.ok(!read.ok, 'it should be refused');
    return read.detail;
  };
  const texts = (sheets: TableSheet[]) =>
    sheets.flatMap(({ rows }) => rows.map(({ cells }) => cells.map((one) => one?.text)));

  for (const file of ['libreoffice.xlsx', 'gnumeric.xlsx', 'exceljs.xlsx', 'sheetjs.xlsx', 'openpyxl.xlsx'])
    it(`saved as ${file} is read without a changed character`, async () => {
      assert.deepEqual(texts(await sheetsOf(await readFile(SHEETS + file))), MANY_SCRIPTS);
    });

  for (const file of ['libreoffice.csv', 'gnumeric.csv'])
    it(`saved as ${file} is read without a changed character`, async () => {
      assert.deepEqual(texts(await sheetsOf(await readFile(SHEETS + file))), MANY_SCRIPTS);
    });

  const RUSSIAN = 'Почта;Имя\r\nanna@school.example;"Анна; ""Аня"""\r\n';
  const EXPECTED = [
    ['Почта', 'Имя'],
    ['anna@school.example', 'Анна; "Аня"'],
  ];
  const encoded: [string, Buffer][] = [
    ['UTF-8', Buffer.from(RUSSIAN)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${RUSSIAN}`)],
    ['Windows-1251', iconv.encode(RUSSIAN, 'win1251')],
    [
      'UTF-16, as Excel saves "Unicode text"',
      iconv.encode(RUSSIAN.replace(/;(?! )/g, '\t'), 'utf16le', { addBOM: true }),
    ],
    ['UTF-16, big end first', iconv.encode(RUSSIAN, 'utf16be', { addBOM: true })],
    ['UTF-8 with commas', Buffer.from('Почта,Имя\nanna@school.example,"Анна; ""Аня"""\n')],
    ['UTF-8 with the line "sep=;" of Excel', Buffer.from(`sep=;\r\n${RUSSIAN}`)],
  ];
  for (const [what, bytes] of encoded)
    it(`in CSV is read in ${what}`, async () => {
      assert.deepEqual(texts(await sheetsOf(bytes)), EXPECTED);
    });

  it('tells text from numbers, dates, booleans, formulas and errors', async () => {
    const cells = new Map<string, object>([
      ['0,5', { formula: 'A1&"x"', formulaResult: 'ax', value: 'ax', type: 'formula' }],
      ['0,6', { formula: 'A1&"x"', type: 'formula', value: null }],
    ]);
    const bytes = await writeXlsx({
      sheets: [
        {
          name: 'A',
          rows: [['a', 12, new Date(Date.UTC(2026, 10, 20)), true, '0012', null, null]],
          cells,
          merges: [{ startRow: 2, endRow: 3, startCol: 0, endCol: 1 }],
        },
      ],
    });
    const [sheet] = await sheetsOf(bytes);
    const kinds = (sheet?.rows[0]?.cells ?? []).map((cell: SheetCell | null) => [cell?.kind, cell?.text]);
    assert.deepEqual(kinds, [
      ['text', 'a'],
      ['number', '12'],
      ['date', '2026-11-20'],
      ['boolean', 'true'],
      ['text', '0012'],
      ['formula', 'ax'],
      ['formula', ''],
    ]);
    assert.deepEqual(sheet?.merges, [{ rows: [3, 4], columns: [0, 1] }]);
  });

  it('tells a date in ISO 8601, as openpyxl and Excel can save it, from a text of the same form', async () => {
    const day = new Date(Date.UTC(2026, 0, 15));
    const written = await writeXlsx({ sheets: [{ name: 'A', rows: [['2026-01-15', day, day]] }] });
    const parts = new Map(await partsOf(written));
    const sheet = String(parts.get(SHEET_PART));
    const days = [...sheet.matchAll(/<v>46037<\/v>/g)];
    assert.equal(days.length, 2, sheet);
    const iso = sheet
      .replace(/<c ([^>]*)><v>46037<\/v>/, '<c $1 t="d"><v>2026-01-15</v>')
      .replace(/<c ([^>]*)><v>46037<\/v>/, '<c $1 t="d"><v>2026-01-15T09:30:00</v>');
    const [read] = await sheetsOf(zip({ ...Object.fromEntries(parts), [SHEET_PART]: iso }));
    assert.deepEqual(
      (read?.rows[0]?.cells ?? []).map((cell) => [cell?.kind, cell?.text]),
      [
        ['text', '2026-01-15'],
        ['date', '2026-01-15'],
        ['date', '2026-01-15'],
      ],
    );
  });

  it('is read without its hidden sheets; hidden rows are marked', async () => {
    const bytes = await writeXlsx({
      sheets: [
        { name: 'Open', rows: [['a'], ['b']], rowDefs: new Map([[1, { hidden: true }]]) },
        { name: 'Secret', rows: [['c']], hidden: true },
      ],
    });
    const read = await spreadsheets.read(bytes);
    assert.ok(read.ok);
    assert.deepEqual(read.hiddenSheets, ['Secret']);
    assert.deepEqual(
      read.sheets.map(({ name, rows }) => [name, rows.map(({ isHidden }) => isHidden)]),
      [['Open', [false, true]]],
    );
  });

  const book = (rows: (string | null)[][]) => writeXlsx({ sheets: [{ name: 'A', rows }] });
  const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...new Uint8Array(600)]);
  const faults: [string, () => Promise<Uint8Array> | Uint8Array, RegExp][] = [
    ['nothing', () => new Uint8Array(), /^The file is empty/],
    ['a picture', () => Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), /no spreadsheet/],
    ['another ZIP file', () => zip({ 'a.txt': 'a' }), /no spreadsheet/],
    ['a damaged ZIP file', async () => (await book([['a']])).slice(0, 300), /damaged/],
    ['the old format of Excel', () => OLE, /old format of Excel/],
    [
      'a password',
      () => writeXlsx({ sheets: [{ name: 'A', rows: [['a']] }], encryption: { password: 'x', spinCount: 1 } }),
      /protected by a password/,
    ],
    [
      'macros',
      () => writeXlsx({ sheets: [{ name: 'A', rows: [['a']] }], vbaProject: new Uint8Array([1, 2, 3]) }),
      /has macros \(\.xlsm\)/,
    ],
    ['a reading beside a name in one cell', async () => furigana(await book([['a']])), /reading \(furigana\)/],
    ['quotes that do not match', () => Buffer.from('a;b\n"c;d\n'), /quotation marks do not match/],
    [
      'more contents than declared',
      () => zip({ 'xl/workbook.xml': 'a'.repeat(5000), '[Content_Types].xml': 'a' }, { declared: 10 }),
      /damaged/,
    ],
    [
      'contents that inflate beyond the bound',
      () =>
        zip({ 'xl/workbook.xml': 'a', '[Content_Types].xml': 'a', 'xl/media/a.bin': Buffer.alloc(100 * 1024 * 1024) }),
      /larger than 96 MB/,
    ],
    ['too many bytes', () => new Uint8Array(11 * 1024 * 1024), /more than 10 MB/],
    ['200,000 rows', () => Buffer.from('a;b\n'.repeat(200_000)), /has 200000 rows; at most 20000/],
    [
      'too many columns',
      () => book([Array.from({ length: 101 }, () => 'a')]),
      /Sheet "A", row 1: more than 100 columns/,
    ],
    ['a cell that is too long', () => book([['a'], ['b'.repeat(2001)]]), /Sheet "A", row 2: a cell has more than 2000/],
  ];
  for (const [what, make, expected] of faults)
    it(`with ${what} is refused, and told why`, async () => {
      assert.match(await refusal(await make()), expected);
    });

  it('that takes too long is refused; the next one is read', async () => {
    const hurried = createSpreadsheets({ timeMs: 1 });
    const late = await hurried.read(await book([['a']]));
    assert.ok(!late.ok);
    assert.match(late.detail, /could not be read within 0\.001 seconds/);
    await hurried.close();
    assert.deepEqual(texts(await sheetsOf(await book([['a']]))), [['a']]);
  });

  it('with two cells at opposite corners is refused, and does not take the memory of all cells between', async () => {
    const cell = (at: string) => `<c r="${at}" t="inlineStr"><is><t>a</t></is></c>`;
    const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">${cell('A1')}</row><row r="1048576">${cell('XFD1048576')}</row></sheetData></worksheet>`;
    const parts = Object.fromEntries(await partsOf(await book([['a']])));
    assert.match(await refusal(zip({ ...parts, 'xl/worksheets/sheet1.xml': sheet })), /cannot be read|columns/);
  });
});

/** A cell as ECMA-376 part 1, 18.4.6 allows it: the name 山﨑, and beside it how to read it aloud. */
async function furigana(bytes: Uint8Array): Promise<Buffer> {
  const cell =
    '<c r="A1" t="inlineStr"><is><t>山﨑</t><rPh sb="0" eb="2"><t>やまざき</t></rPh><phoneticPr fontId="0"/></is></c>';
  const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">${cell}</row></sheetData></worksheet>`;
  return zip({ ...Object.fromEntries(await partsOf(bytes)), [SHEET_PART]: sheet });
}

/** The parts of an XLSX file that was written without compression of its own. */
async function partsOf(bytes: Uint8Array): Promise<[string, Buffer][]> {
  const { fromBuffer } = await import('yauzl');
  return new Promise((resolve, reject) => {
    const parts: [string, Buffer][] = [];
    fromBuffer(Buffer.from(bytes), { lazyEntries: true }, (error, file) => {
      if (error) return reject(error);
      file.on('entry', (entry) =>
        file.openReadStream(entry, (fault, stream) => {
          if (fault) return reject(fault);
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('end', () => {
            parts.push([entry.fileName, Buffer.concat(chunks)]);
            file.readEntry();
          });
        }),
      );
      file.on('end', () => resolve(parts));
      file.readEntry();
    });
  });
}
