import { z } from 'zod';
import { readCountry } from '../country/country-name.ts';
import { normaliseEmail } from '../letter/email-address.ts';
import { normaliseName } from '../text/name.ts';
import { type FoundColumns, isHeadingRow } from './find-columns.ts';
import { foldHeading, type ImportColumn, type ImportForm } from './import-form.ts';
import { type RowProblem, rowProblem } from './row-problem.ts';
import { cellName, type SheetCell, type SheetRow } from './sheet-cells.ts';

/** A value and its cell, such as `C17`. */
const Placed = <T extends z.ZodType>(value: T) => z.object({ cell: z.string(), value }).nullable();

/** What a row says, in the form in which it would be stored. */
export const RowValues = z.object({
  studentGroupId: Placed(z.string()),
  studentId: Placed(z.string()),
  /** As `normaliseEmail` returns it. */
  email: Placed(z.string()),
  /** Only compared, never stored. */
  fullName: Placed(z.string()),
  /** ISO 3166-1 alpha-2. */
  country: Placed(z.string()),
  latinName: Placed(z.string()),
  list: Placed(z.enum(['allow', 'deny'])),
  /** Names of waived criteria. */
  criteria: Placed(z.array(z.string())),
  reason: Placed(z.string()),
});
export type RowValues = z.infer<typeof RowValues>;

export interface ReadRow {
  row: number;
  values: RowValues;
  problems: RowProblem[];
}

const NOTHING: RowValues = {
  studentGroupId: null,
  studentId: null,
  email: null,
  fullName: null,
  country: null,
  latinName: null,
  list: null,
  criteria: null,
  reason: null,
};

/** How Excel shows a long number that it has rounded. */
const SCIENTIFIC = /^\d(?:[.,]\d+)?E\+\d+$/i;
const WRONG_KIND = {
  number: 'number-for-text',
  date: 'date-for-text',
  boolean: 'boolean-for-text',
  formula: 'formula',
  error: 'error-value',
} as const;

type Reading<T> = { ok: true; value: T } | { ok: false; code: RowProblem['code']; detail?: string };
const ok = <T>(value: T): Reading<T> => ({ ok: true, value });
const wrong = (code: RowProblem['code'], detail?: string): Reading<never> =>
  detail === undefined ? { ok: false, code } : { ok: false, code, detail };

/** Reads all rows below the headings; a row with problems is read as far as possible. */
export function readRows(found: FoundColumns, form: ImportForm): ReadRow[] {
  return found.sheet.rows.filter(({ row }) => row > found.headingRow).flatMap((row) => readRow(row, found, form) ?? []);
}

/** Null: the row has nothing in the columns of the form. */
function readRow(row: SheetRow, { columns, sheet }: FoundColumns, form: ImportForm): ReadRow | null {
  const places = [...columns].map(([column, at]) => ({ column, at, cell: row.cells[at] ?? null }));
  if (places.every(({ cell }) => cell === null)) return null;
  const problems: RowProblem[] = [];
  const values: RowValues = { ...NOTHING };
  const whole = { row: row.row, values, problems };
  if (isHeadingRow(row, form)) {
    problems.push(rowProblem('heading-row', { cell: cellName(places[0]?.at ?? 0, row.row) }));
    return whole;
  }
  if (row.isHidden) problems.push(rowProblem('hidden-row', {}));
  for (const { column, at, cell } of places) {
    const name = cellName(at, row.row);
    const isMerged = sheet.merges.some(
      ({ rows: [top, bottom], columns: [left, right] }) =>
        row.row >= top && row.row <= bottom && at >= left && at <= right,
    );
    if (isMerged) problems.push(rowProblem('merged', { cell: name, value: cell?.text ?? null }));
    else if (cell !== null) take(column, cell, name);
  }
  const { studentGroupId, studentId, email } = values;
  if (!studentGroupId && !studentId && !email && problems.length === 0) problems.push(rowProblem('no-key', {}));
  if (problems.length === 0 && form.kind === 'registration' && !values.country && !values.latinName)
    problems.push(rowProblem('nothing-given', {}));
  if (problems.length === 0 && form.kind === 'exceptions') {
    if (!values.list) problems.push(rowProblem('no-list', {}));
    if (!values.reason) problems.push(rowProblem('no-reason', {}));
    if (values.list?.value === 'allow' && !values.criteria) problems.push(rowProblem('no-criteria', {}));
  }
  return whole;

  function take(column: ImportColumn, cell: SheetCell, name: string): void {
    const at = { cell: name, value: cell.text };
    if (cell.kind !== 'text') {
      problems.push(rowProblem(WRONG_KIND[cell.kind], at));
      return;
    }
    const read = readValue(column, cell.text, form);
    if (read.ok) Object.assign(values, { [column]: { cell: name, value: read.value } });
    else problems.push({ ...rowProblem(read.code, at), ...(read.detail === undefined ? {} : { detail: read.detail }) });
  }
}

function readValue(column: ImportColumn, raw: string, form: ImportForm): Reading<unknown> {
  const line = normaliseSpaces(raw);
  switch (column) {
    case 'email': {
      const email = normaliseEmail(line);
      return email.ok ? ok(email.email) : wrong('email-malformed', email.detail);
    }
    case 'country':
      return countryValue(line);
    case 'latinName':
      return latinValue(raw);
    case 'fullName':
    case 'reason':
    case 'studentId':
    case 'studentGroupId':
      if (/[\p{Cc}\p{Cs}]/u.test(line)) return wrong('control-signs');
      return column.startsWith('student') && SCIENTIFIC.test(line) ? wrong('number-for-text') : ok(line.slice(0, 1000));
    case 'list':
      return listValue(line, form);
    case 'criteria':
      return ok([...new Set(line.split(/[\s,;]+/).filter((name) => name !== ''))]);
  }
}

/** Line breaks, no-break spaces and spaces at the ends are how people type, not what they mean. */
function normaliseSpaces(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\s\u00a0]+/gu, ' ')
    .trim();
}

/** A misspelling or an ambiguous code would be a guess. */
function countryValue(text: string): Reading<string> {
  const reading = readCountry(text);
  if (reading === null) return wrong('country-unreadable');
  return reading.match === 'fuzzy' || reading.match === 'doubtful-code' ? wrong('country-unclear') : ok(reading.code);
}

function latinValue(text: string): Reading<string> {
  const name = normaliseName(text);
  if (!name.ok) return wrong('latin-unprintable', name.detail);
  const letters = name.name.match(/\p{L}/gu) ?? [];
  const foreign = letters.filter((letter) => !/[\p{Script=Latin}\p{Script=Common}]/u.test(letter));
  if (foreign.length === 0) return ok(name.name);
  return wrong(foreign.length === letters.length ? 'latin-not-latin' : 'latin-mixed');
}

function listValue(text: string, form: ImportForm): Reading<'allow' | 'deny'> {
  if (form.kind !== 'exceptions') return wrong('list-unknown');
  const folded = foldHeading(text);
  const list = (['allow', 'deny'] as const).find((one) => form.words[one].some((word) => foldHeading(word) === folded));
  return list === undefined ? wrong('list-unknown') : ok(list);
}
