import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openPdfium } from '../../src/diploma/check/pdfium.ts';
import { withPdf } from '../../src/diploma/check/pdfium-document.ts';
import { runWell } from './tools.ts';

/** Programs that people copy text with: each reads the first page of every file, and returns the texts in order. */
export interface Reader {
  id: string;
  tool: string;
  read(paths: readonly string[], scratch: string): Promise<string[]>;
}

const FOLDER = resolve('test/verify/readers');
const PDFBOX = ['pdfbox2', 'pdfbox2-tools', 'fontbox2', 'commons-logging'].map((name) => `/usr/share/java/${name}.jar`);

async function inTurn<T>(paths: readonly string[], read: (path: string, index: number) => Promise<T>): Promise<T[]> {
  const texts: T[] = [];
  for (const [index, path] of paths.entries()) texts.push(await read(path, index));
  return texts;
}

const poppler = (...options: string[]): Reader['read'] => {
  return (paths) => inTurn(paths, (path) => runWell('pdftotext', [...options, '-f', '1', '-l', '1', path, '-']));
};

/** The words of the table that `pdftotext -tsv` writes: one row a word, its block, line and place beside it. */
async function popplerTable(paths: readonly string[]): Promise<string[]> {
  const tables = await poppler('-tsv')(paths, '');
  return tables.map((table) => {
    const [head = '', ...rows] = table.split('\n').map((row) => row.split('\t'));
    const at = (row: readonly string[], name: string): string => row[head.indexOf(name)] ?? '';
    const words = rows.filter((row) => at(row, 'level') === '5');
    return words
      .map((row, index) => {
        const line = (one: readonly string[]): string => `${at(one, 'block_num')} ${at(one, 'line_num')}`;
        const before = words[index - 1];
        return `${before === undefined ? '' : line(before) === line(row) ? ' ' : '\n'}${at(row, 'text')}`;
      })
      .join('');
  });
}

async function byPdfium(paths: readonly string[]): Promise<string[]> {
  const pdfium = await openPdfium();
  return inTurn(paths, async (path) => {
    const bytes = await readFile(path);
    return withPdf(pdfium, bytes, (document) =>
      document.page(0, (page) =>
        page
          .text()
          .characters.map(({ text }) => text)
          .join(''),
      ),
    );
  });
}

async function byNode(reader: string, paths: readonly string[]): Promise<string[]> {
  if (!existsSync(join(FOLDER, 'node_modules'))) {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: 'ignore' });
  }
  return JSON.parse(await runWell(process.execPath, [join(FOLDER, 'read-many.mjs'), reader, ...paths])) as string[];
}

/** Debian's Python; another one lacks Debian's modules. */
async function byPython(reader: string, paths: readonly string[]): Promise<string[]> {
  return JSON.parse(await runWell('/usr/bin/python3', [join(FOLDER, 'read_many.py'), reader, ...paths])) as string[];
}

function byPdfBox(paths: readonly string[], scratch: string): Promise<string[]> {
  return inTurn(paths, async (path) => {
    const text = join(scratch, 'pdfbox.txt');
    const command = ['-cp', PDFBOX.join(':'), 'org.apache.pdfbox.tools.ExtractText', '-encoding', 'UTF-8'];
    await runWell('java', [...command, '-startPage', '1', '-endPage', '1', path, text]);
    return readFile(text, 'utf8');
  });
}

/** Ghostscript saves the files anew, as printers and archives do. */
async function afterGhostscript(paths: readonly string[], scratch: string): Promise<string[]> {
  return inTurn(paths, async (path) => {
    const copy = join(scratch, 'resaved.pdf');
    await runWell('gs', ['-q', '-dNOPAUSE', '-dBATCH', '-dSAFER', '-sDEVICE=pdfwrite', `-sOutputFile=${copy}`, path]);
    const [text = ''] = await poppler()([copy], scratch);
    return text;
  });
}

export const READERS: readonly Reader[] = [
  { id: 'poppler', tool: 'pdftotext', read: poppler() },
  { id: 'layout', tool: 'pdftotext -layout', read: poppler('-layout') },
  { id: 'raw', tool: 'pdftotext -raw', read: poppler('-raw') },
  { id: 'tsv', tool: 'pdftotext -tsv', read: popplerTable },
  { id: 'pdfjs', tool: 'pdf.js (npm pdfjs-dist)', read: (paths) => byNode('pdfjs', paths) },
  { id: 'pdfium', tool: 'PDFium (npm @embedpdf/pdfium)', read: byPdfium },
  { id: 'mupdf', tool: 'MuPDF (npm mupdf)', read: (paths) => byNode('mupdf', paths) },
  {
    id: 'mutool',
    tool: 'MuPDF of Debian (mutool)',
    read: (paths) => inTurn(paths, (path) => runWell('mutool', ['draw', '-q', '-F', 'text', path, '1'])),
  },
  { id: 'pypdf', tool: 'pypdf of Debian', read: (paths) => byPython('pypdf', paths) },
  { id: 'pdfminer', tool: 'pdfminer.six of Debian', read: (paths) => byPython('pdfminer', paths) },
  { id: 'pdfbox', tool: 'Apache PDFBox of Debian', read: byPdfBox },
  { id: 'resaved', tool: 'saved anew by Ghostscript, then pdftotext', read: afterGhostscript },
];

/** Signs that only tell a program the direction of a text; poppler writes them around text from right to left. */
const DIRECTIONS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const plain = (text: string): string => text.normalize('NFC').replace(DIRECTIONS, '').replace(/\s+/gu, ' ');

/** Whether a name stands in a text as one string, in the order in which it is written, with nothing added or lost. */
export function holdsName(text: string, name: string): boolean {
  return plain(text).includes(plain(name));
}
