import { type ZipEntry, zip } from './zip.ts';

/** Text stays text, whatever it begins with; null is an empty cell. */
export type Cell = string | number | null;

export interface WorkbookColumn {
  title: string;
  /** In characters. */
  width: number;
}

export interface WorkbookSheet {
  /** At most 31 characters, none of `[]:*?/\`. */
  name: string;
  columns: readonly WorkbookColumn[];
  /** Pieces of the table, in order. */
  rows: AsyncIterable<Cell[][]>;
}

/** Limits of the format; the first counts the header row too. https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3 */
const MOST_ROWS = 1_048_576;
const LONGEST_CELL = 32_767;

export interface WorkbookOptions {
  /** The last row of a sheet that would have more rows than `mostRows`. */
  more: string;
  date: Date;
  mostRows?: number;
}

/**
 * A workbook (Office Open XML, ECMA-376) as it is made, in memory that does not grow with the number of rows. All texts are
 * inline strings in cells of the format "text", so that nothing becomes a formula, a number or a date, also when a cell is edited.
 */
export function workbook(sheets: readonly WorkbookSheet[], options: WorkbookOptions): AsyncGenerator<Buffer> {
  return zip(parts(sheets, options));
}

async function* parts(
  sheets: readonly WorkbookSheet[],
  { more, date, mostRows = MOST_ROWS }: WorkbookOptions,
): AsyncGenerator<ZipEntry> {
  const part = (name: string, xml: string) => ({ name, date, content: Buffer.from(XML + xml) });
  yield part('[Content_Types].xml', contentTypes(sheets.length));
  yield part('_rels/.rels', relationships([['officeDocument', 'xl/workbook.xml']]));
  yield part('xl/workbook.xml', contents(sheets));
  yield part(
    'xl/_rels/workbook.xml.rels',
    relationships([
      ...sheets.map((_, index): [string, string] => ['worksheet', `worksheets/sheet${index + 1}.xml`]),
      ['styles', 'styles.xml'],
    ]),
  );
  yield part('xl/styles.xml', STYLES);
  for (const [index, sheet] of sheets.entries())
    yield { name: `xl/worksheets/sheet${index + 1}.xml`, date, content: worksheet(sheet, more, mostRows) };
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Cell formats, by their place: 0 numbers, 1 text, 2 the header (bold text). 49 is the number format "text". */
const [TEXT, HEADER] = [1, 2];
const STYLES = `<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

function contentTypes(sheets: number): string {
  const override = (path: string, type: string) =>
    `<Override PartName="/xl/${path}.xml" ContentType="${TYPES}.${type}+xml"/>`;
  const ofSheets = Array.from({ length: sheets }, (_, index) => override(`worksheets/sheet${index + 1}`, 'worksheet'));
  return `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override('workbook', 'sheet.main')}${ofSheets.join('')}${override('styles', 'styles')}</Types>`;
}

function relationships(targets: [type: string, target: string][]): string {
  const each = targets.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${each.join('')}</Relationships>`;
}

function contents(sheets: readonly WorkbookSheet[]): string {
  const each = sheets.map(
    ({ name }, index) => `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${each.join('')}</sheets></workbook>`;
}

async function* worksheet({ columns, rows }: WorkbookSheet, more: string, mostRows: number): AsyncGenerator<Buffer> {
  const letters = columns.map((_, index) => columnLetters(index));
  const widths = columns.map(
    ({ width }, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  yield Buffer.from(
    `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>${rowXml(
      columns.map(({ title }) => title),
      { number: 1, letters, style: HEADER },
    )}`,
  );
  let number = 1;
  for await (const piece of rows) {
    const room = mostRows - number;
    const shown = piece.length < room ? piece : [...piece.slice(0, room - 1), [more]];
    yield Buffer.from(shown.map((row) => rowXml(row, { number: ++number, letters, style: TEXT })).join(''));
    if (number === mostRows) break;
  }
  yield Buffer.from('</sheetData></worksheet>');
}

function rowXml(row: readonly Cell[], at: { number: number; letters: readonly string[]; style: number }): string {
  const cells = row.map((cell, index) => {
    if (cell === null || cell === '') return '';
    const place = `r="${at.letters[index]}${at.number}"`;
    return typeof cell === 'number'
      ? `<c ${place}><v>${cell}</v></c>`
      : `<c ${place} s="${at.style}" t="inlineStr"><is><t xml:space="preserve">${escaped(cut(cell))}</t></is></c>`;
  });
  return `<row r="${at.number}">${cells.join('')}</row>`;
}

/** A, B … Z, AA. */
function columnLetters(index: number): string {
  const before = Math.floor(index / 26);
  return `${before === 0 ? '' : columnLetters(before - 1)}${String.fromCharCode(65 + (index % 26))}`;
}

function cut(text: string): string {
  if (text.length <= LONGEST_CELL) return text;
  return `${text.slice(0, LONGEST_CELL - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * What XML 1.0 cannot hold becomes U+FFFD. A carriage return is written as a reference, because parsers read a plain one as a line
 * feed. `_x000D_` and its like are escapes of this format (ECMA-376 part 1, 22.9.2.19), so their underscore is escaped itself.
 */
const SPECIAL = /[&<>"\r]|_(?=x[0-9A-Fa-f]{4}_)|[^\P{Cc}\t\n\x7F-\x9F]|[\uFFFE\uFFFF]|\p{Cs}/gu;
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  _: '_x005F_',
};

const escaped = (text: string): string => text.replace(SPECIAL, (found) => ENTITIES[found] ?? '\uFFFD');
