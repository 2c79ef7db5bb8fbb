import { TABLE } from './layout.ts';
import { colourOperands, programmeOrnament } from './ornament.ts';
import { oneLine, paint, paragraph, type Sheet, type TextBlock, write } from './sheet.ts';
import type { Structure } from './tagged-document.ts';
import { fill, plainNumber } from './wording.ts';

/** Type sizes and paddings to try, from roomy to tight, until the table stands on one page. */
const DENSITIES = [
  { size: 10.5, padding: 5.6 },
  { size: 10, padding: 4.2 },
  { size: 9.5, padding: 3 },
  { size: 9, padding: 2.2 },
] as const;
type Density = (typeof DENSITIES)[number];

/** A title of a module takes the lines it needs, up to this many. */
const MODULE_LINES = 6;
const HOURS_WIDTH = 70;
const TITLE_WIDTH = TABLE.right - TABLE.left - HOURS_WIDTH - 16;
/** Space between the table and what follows it. */
const SECTION_GAP = 20;
const FOOTER_BASE = 556;

interface Row {
  title: TextBlock;
  hours: TextBlock;
  height: number;
  kind: 'head' | 'module' | 'total';
}

function rowOf(sheet: Sheet, kind: Row['kind'], title: string, hours: string, density: Density): Row {
  const role = kind === 'module' ? 'text' : 'strong';
  const size = kind === 'head' ? density.size - 1.5 : density.size;
  const rule = { max: size, floor: size - 1, lines: MODULE_LINES };
  const block = paragraph(sheet, role, title, TITLE_WIDTH, rule);
  const number = paragraph(sheet, role, hours, HOURS_WIDTH, { ...rule, lines: 1 });
  return { title: block, hours: number, height: block.height + 2 * density.padding + 1, kind };
}

function rowsOf(sheet: Sheet, density: Density): Row[] {
  const { facts, definition } = sheet;
  const { programme } = definition;
  return [
    rowOf(sheet, 'head', programme.module, programme.hours, density),
    ...facts.programme.map((row) => rowOf(sheet, 'module', row.title, plainNumber(row.hours, definition), density)),
    rowOf(sheet, 'total', programme.total, plainNumber(facts.hoursTotal, definition), density),
  ];
}

const heightOf = (rows: readonly { height: number }[]): number => rows.reduce((sum, row) => sum + row.height, 0);

/** Splits rows into pages; the head is repeated on each, the total never stands alone. */
function paginate(rows: readonly Row[], room: number): Row[][] {
  const [head, ...rest] = rows;
  if (head === undefined) return [];
  const pages: Row[][] = [[head]];
  for (const row of rest) {
    const page = pages.at(-1) ?? [];
    if (page.length > 1 && heightOf(page) + row.height > room) {
      const carried = row.kind === 'total' && page.length > 2 ? page.splice(-1) : [];
      pages.push([head, ...carried, row]);
    } else page.push(row);
  }
  return pages;
}

interface ProjectText {
  heading: TextBlock;
  title: TextBlock;
  grade: TextBlock | null;
  url: TextBlock | null;
  height: number;
}

function projectText(sheet: Sheet): ProjectText | null {
  const { facts, definition } = sheet;
  const { project } = facts;
  if (project === null) return null;
  const width = TABLE.right - TABLE.left;
  const heading = oneLine(sheet, 'strong', definition.programme.project, 9);
  const title = paragraph(sheet, 'text', project.title, width, { max: 11.5, floor: 9, lines: 4 });
  const gradeText = project.grade === null ? null : fill(definition.programme.grade, { grade: project.grade });
  const grade = gradeText === null ? null : paragraph(sheet, 'text', gradeText, width, { max: 10, floor: 8, lines: 2 });
  const url =
    project.url === null ? null : paragraph(sheet, 'label', project.url, width, { max: 8.5, floor: 7, lines: 3 });
  const parts = [heading, title, grade, url].filter((part) => part !== null);
  return { heading, title, grade, url, height: heightOf(parts) + 7 * (parts.length - 1) };
}

function paintRow(sheet: Sheet, table: Structure, row: Row, top: number): void {
  const { document, definition } = sheet;
  const { palette } = definition;
  const colour = row.kind === 'head' ? palette.muted : row.kind === 'total' ? palette.primary : palette.ink;
  const padding = (row.height - row.title.height) / 2;
  const cell = row.kind === 'head' ? 'TH' : 'TD';
  const scope = row.kind === 'head' ? 'Column' : undefined;
  document.group(table, 'TR', (tr) => {
    const title = { x: TABLE.left, top: top + padding, width: TITLE_WIDTH, align: 'left' as const };
    const hours = { x: TABLE.right - HOURS_WIDTH, top: top + padding, width: HOURS_WIDTH, align: 'right' as const };
    document.text(tr, cell, row.title.lines, () => paint(document, row.title, title, { colour }), scope);
    document.text(tr, cell, row.hours.lines, () => paint(document, row.hours, hours, { colour }), scope);
  });
}

function rule(sheet: Sheet, y: number, colour: string, width: number): void {
  sheet.document.artifact(`q ${colourOperands(colour)} RG ${width} w ${TABLE.left} ${y} m ${TABLE.right} ${y} l S Q`);
}

function paintRows(sheet: Sheet, table: Structure, rows: readonly Row[]): number {
  const { palette } = sheet.definition;
  let top = TABLE.top;
  rows.forEach((row, index) => {
    if (row.kind === 'total') rule(sheet, top, palette.primary, 0.8);
    paintRow(sheet, table, row, top);
    top = Math.round((top + row.height) * 100) / 100;
    if (row.kind === 'head') rule(sheet, top, palette.primary, 0.8);
    else if (row.kind === 'module' && rows[index + 1]?.kind === 'module') rule(sheet, top, palette.tint, 0.6);
  });
  return top;
}

function paintProject(sheet: Sheet, text: ProjectText, from: number): void {
  const { document, definition, facts } = sheet;
  const { palette } = definition;
  const box = { x: TABLE.left, width: TABLE.right - TABLE.left, align: 'left' as const };
  let top = from;
  const put = (type: string, part: TextBlock, colour: string): void => {
    write(document, document.root, type, part, { ...box, top }, { colour });
    top += part.height + 7;
  };
  put('H2', text.heading, palette.muted);
  put('P', text.title, palette.ink);
  if (text.grade !== null) put('P', text.grade, palette.ink);
  const url = facts.project?.url ?? null;
  if (text.url === null || url === null) return;
  const part = text.url;
  document.link(
    document.root,
    url,
    text.title.lines.map((line) => line.text).join(' '),
    [box.x, top - 2, box.width, part.height + 4],
    () => paint(document, part, { ...box, top }, { colour: palette.primary }),
  );
}

function openPage(sheet: Sheet, page: number, pages: number): void {
  const { document, facts, definition } = sheet;
  const { palette, programme } = definition;
  document.addPage();
  document.artifact(programmeOrnament(document, palette));
  const width = TABLE.right - TABLE.left;
  const box = { x: TABLE.left, width, align: 'left' as const };
  if (page === 2) {
    const title = oneLine(sheet, 'display', programme.title, 24);
    const values = { name: facts.holderName, number: facts.number };
    const subtitle = paragraph(sheet, 'text', fill(programme.subtitle, values), width, {
      max: 10.5,
      floor: 8,
      lines: 2,
    });
    write(document, document.root, 'H2', title, { ...box, top: 64 }, { colour: palette.primary });
    write(document, document.root, 'P', subtitle, { ...box, top: 98 }, { colour: palette.muted });
  }
  const footer = fill(programme.footer, { number: facts.number, page: String(page), pages: String(pages) });
  document.footer(() =>
    paint(
      document,
      oneLine(sheet, 'label', footer, 7.5),
      { ...box, top: FOOTER_BASE - 7.5, align: 'centre' },
      { colour: palette.muted },
    ),
  );
}

/** The programme with its hours and the project work, on as many pages as they need. */
export function drawProgrammePages(sheet: Sheet): void {
  const { document } = sheet;
  const project = projectText(sheet);
  const room = TABLE.bottom - TABLE.top;
  const below = project === null ? 0 : project.height + SECTION_GAP;
  const tried = DENSITIES.map((density) => rowsOf(sheet, density));
  const rows = tried.find((list) => heightOf(list) + below <= room) ?? tried.at(1) ?? [];
  const tables = paginate(rows, room);
  const last = tables.at(-1) ?? [];
  const projectApart = project !== null && heightOf(last) + below > room;
  const pages = 1 + tables.length + (projectApart ? 1 : 0);
  let end: number = TABLE.top;
  openPage(sheet, 2, pages);
  document.group(document.root, 'Table', (table) => {
    tables.forEach((page, index) => {
      if (index > 0) openPage(sheet, index + 2, pages);
      end = paintRows(sheet, table, page);
    });
  });
  if (project === null) return;
  if (projectApart) openPage(sheet, pages, pages);
  paintProject(sheet, project, projectApart ? TABLE.top : end + SECTION_GAP);
}
