import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type Cell, workbook } from '../../src/platform/sheet/workbook.ts';
import { HARD_TEXTS, NAMES_IN_SCRIPTS } from '../support/names-in-scripts.ts';

/** Reads a written workbook with other programs and compares every character. Run it with `npm run verify:sheets`. */

const run = promisify(execFile);
const PEERS = ['exceljs@4.4.0', 'xlsx@0.18.5'];
/** Commas, quotes, UTF-8, all texts quoted, cells as they are stored. */
const LIBREOFFICE_CSV = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false';
/** Prints the texts of the first column, without the header, as a JSON array. */
const EXCELJS = `
const { Workbook } = require('exceljs');
const book = new Workbook();
book.xlsx.readFile(process.argv[1]).then(() => {
  const texts = [];
  book.worksheets[0].eachRow((row) => texts.push(row.getCell(1).value));
  print(JSON.stringify(texts.slice(1)));
});`;
const SHEETJS = `
const { readFile, utils } = require('xlsx');
const sheet = Object.values(readFile(process.argv[1]).Sheets)[0];
console.log(JSON.stringify(utils.sheet_to_json(sheet, { header: 1, raw: true }).map(([text]) => text).slice(1)));`;
const OPENPYXL = `
import json, sys
from openpyxl import load_workbook
sheet = load_workbook(sys.argv[1]).worksheets[0]
print(json.dumps([row[0].value for row in sheet.iter_rows(min_row=2)]))`;

const texts = [...Object.values(NAMES_IN_SCRIPTS), ...HARD_TEXTS];
const ESCAPES = ['_x000D_', 'one\r\ntwo'];

const dir = await mkdtemp(join(tmpdir(), 'gramota-sheets-'));
let isFine = true;
try {
  const file = join(dir, 'names.xlsx');
  await write(file, [...texts, ...ESCAPES]);
  await writeFile(join(dir, 'package.json'), '{}');
  await run('npm', ['install', '--no-audit', '--no-fund', ...PEERS], { cwd: dir });
  const node = async (program: string) => JSON.parse((await run('node', ['-e', program, file], { cwd: dir })).stdout);
  const converted = async (program: string, args: string[]) => {
    await run(program, args, { cwd: dir, env: { ...process.env, HOME: dir, LC_ALL: 'C.UTF-8' } });
    return firstCells(await readFile(join(dir, 'names.csv'), 'utf8')).slice(1);
  };
  const readers: [name: string, read: () => Promise<unknown[]>][] = [
    ['exceljs 4.4.0', () => node(EXCELJS)],
    ['SheetJS 0.18.5', () => node(SHEETJS)],
    ['openpyxl', async () => JSON.parse((await run('python3', ['-c', OPENPYXL, file])).stdout)],
    ['LibreOffice', () => converted('soffice', ['--headless', '--convert-to', LIBREOFFICE_CSV, file])],
    ['Gnumeric', () => converted('ssconvert', [file, join(dir, 'names.csv')])],
  ];
  for (const [name, read] of readers) {
    const found = await read().catch((error: Error) => error);
    if (found instanceof Error) tell(false, `${name}: ${found.message.split('\n')[0]}`);
    else compare(name, found);
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
process.exitCode = isFine ? 0 : 1;

function compare(name: string, found: unknown[]): void {
  const changed = texts.filter((text, index) => found[index] !== text);
  tell(changed.length === 0, `${name}: ${texts.length - changed.length} of ${texts.length} texts unchanged`);
  for (const text of changed)
    print(`     ${JSON.stringify(text)} became ${JSON.stringify(found[texts.indexOf(text)])}`);
  for (const [index, text] of ESCAPES.entries()) {
    const read = found[texts.length + index];
    if (read !== text) print(`     not required: ${JSON.stringify(text)} became ${JSON.stringify(read)}`);
  }
}

function tell(ok: boolean, line: string): void {
  isFine &&= ok;
  print(`${ok ? 'ok  ' : 'FAIL'} ${line}`);
}

async function write(file: string, column: string[]): Promise<void> {
  async function* rows(): AsyncGenerator<Cell[][]> {
    yield column.map((text): Cell[] => [text, 1]);
  }
  const columns = ['Text', 'Number'].map((title) => ({ title, width: 40 }));
  const book = workbook([{ name: 'Names', columns, rows: rows() }], { more: '', date: new Date() });
  await pipeline(book, createWriteStream(file));
}

/** The first cell of each record of a CSV file (RFC 4180). */
function firstCells(csv: string): string[] {
  const cells: string[] = [];
  const record = /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))((?:,(?:"(?:[^"]|"")*"|[^,"\r\n]*))*)(?:\r?\n|$)/gy;
  for (const [whole, quoted, plain = ''] of csv.replace(/^\uFEFF/, '').matchAll(record))
    if (whole !== '') cells.push(quoted?.replaceAll('""', '"') ?? plain);
  return cells;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
