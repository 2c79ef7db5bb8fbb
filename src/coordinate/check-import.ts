import { createHash } from 'node:crypto';
import type { CriteriaFile } from '../domain/criteria/criteria.ts';
import { globMatches } from '../domain/criteria/glob.ts';
import { InputError } from '../domain/failure.ts';
import { findColumns } from '../domain/import/find-columns.ts';
import type { ImportForm } from '../domain/import/import-form.ts';
import { type ReadRow, readRows } from '../domain/import/read-row.ts';
import { type RowProblem, rowProblem } from '../domain/import/row-problem.ts';
import {
  changesOfRow,
  type Identified,
  identify,
  isSame,
  type KnownGroup,
  type Verdict,
} from '../domain/import/verdict.ts';
import { message } from '../domain/messages/message.ts';
import type { Clock } from '../ports/clock.ts';
import type { Spreadsheets } from '../ports/spreadsheet.ts';
import { type ImportRow, insertImportRows } from '../records/imports/import-rows.ts';
import { insertImport } from '../records/imports/imports.ts';
import { selectKnownGroups } from '../records/imports/known-groups.ts';
import type { Db } from '../records/rows.ts';
import { recordAct } from '../records/tokens.ts';
import { unknownNames } from './override-request.ts';

export interface CheckImportContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  newId: () => string;
  spreadsheets: Pick<Spreadsheets, 'read'>;
  forms: ReadonlyMap<string, ImportForm>;
  criteria: CriteriaFile;
}

export interface FileToCheck {
  /** Only its ending is looked at. */
  name: string;
  bytes: Buffer;
}

type Judged = Omit<ImportRow, 'result' | 'detail'>;

/** Rows whose keys are looked up by one statement. */
const A_LOOKUP = 1000;

/**
 * Reads a file, gives every row a verdict, and stores both for the review. Nothing is applied. The file itself is not kept.
 * @returns the id of the import
 * @throws InputError when the file is refused; the message says how to mend it
 */
export async function checkImport(
  ctx: CheckImportContext,
  { name, bytes }: FileToCheck,
  formId: string,
  form: ImportForm,
  actor: string,
): Promise<string> {
  if (/\.xlsm$/i.test(name)) throw new InputError(message('import.file.macros'));
  const file = await ctx.spreadsheets.read(bytes);
  if (!file.ok) throw new InputError(file.detail);
  const found = findColumns(file.sheets, file.hiddenSheets, form);
  if (!found.ok) throw new InputError(found.detail);
  const read = readRows(found, form);
  if (read.length === 0) throw new InputError(message('import.file.no-rows'));
  const rows = await judgeRows(ctx, read, form);
  const counts: Partial<Record<Verdict, number>> = {};
  for (const { verdict } of rows) counts[verdict] = (counts[verdict] ?? 0) + 1;
  const id = ctx.newId();
  const at = ctx.clock.now();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { headingRow, unusedHeadings } = found;
  await ctx.db.transaction(async (trx) => {
    const one = { id, form: formId, kind: form.kind, sha256, actor, headingRow, unusedHeadings, counts, createdAt: at };
    await insertImport(trx, one);
    await insertImportRows(trx, id, rows);
    const detail = { form: formId, sha256, rows: rows.length };
    await recordAct(trx, { id: ctx.newId(), actor, verb: 'import.check', subject: id, reason: null, detail }, at);
  });
  return id;
}

async function judgeRows(ctx: CheckImportContext, read: readonly ReadRow[], form: ImportForm): Promise<Judged[]> {
  const identified = new Map<ReadRow, Identified>();
  for (let from = 0; from < read.length; from += A_LOOKUP) {
    const some = read.slice(from, from + A_LOOKUP);
    const lookup = index(await lookUp(ctx.db, some, form));
    for (const row of some) identified.set(row, identify(row, lookup(row)));
  }
  const rowsOf = new Map<string, number[]>();
  for (const [{ row }, meant] of identified) {
    if (!meant.ok) continue;
    const { id } = meant.group.studentGroup;
    rowsOf.set(id, [...(rowsOf.get(id) ?? []), row]);
  }
  return read.map((row) => judgeRow(row, identified.get(row), rowsOf, ctx.criteria));
}

async function lookUp(db: Db, rows: readonly ReadRow[], { releases }: ImportForm): Promise<KnownGroup[]> {
  const keys = (column: 'studentGroupId' | 'studentId' | 'email') => [
    ...new Set(rows.flatMap(({ values }) => values[column]?.value ?? [])),
  ];
  const known = await selectKnownGroups(db, {
    studentGroupIds: keys('studentGroupId'),
    studentIds: keys('studentId'),
    emails: keys('email'),
  });
  return known.filter(({ studentGroup }) =>
    releases.some((pattern) => globMatches(pattern, studentGroup.group.releaseId)),
  );
}

/** The student groups that have one of a row's keys. */
function index(known: readonly KnownGroup[]): (row: ReadRow) => KnownGroup[] {
  const byKey = new Map<string, KnownGroup[]>();
  for (const group of known) {
    const { id, student } = group.studentGroup;
    for (const key of new Set([`group ${id}`, `student ${student.id}`, ...group.emails.map((one) => `email ${one}`)]))
      byKey.set(key, [...(byKey.get(key) ?? []), group]);
  }
  return ({ values: { studentGroupId, studentId, email } }) => {
    const keys = [`group ${studentGroupId?.value}`, `student ${studentId?.value}`, `email ${email?.value}`];
    return [...new Set(keys.flatMap((key) => byKey.get(key) ?? []))];
  };
}

function judgeRow(
  { row, values, problems }: ReadRow,
  meant: Identified | undefined,
  rowsOf: ReadonlyMap<string, number[]>,
  criteria: CriteriaFile,
): Judged {
  const group = meant?.ok ? meant.group : null;
  const verdict = (one: Verdict, more: RowProblem[], changes: Judged['changes'] = []): Judged => ({
    row,
    verdict: one,
    studentGroupId: group?.studentGroup.id ?? null,
    values,
    changes,
    problems: more,
  });
  const faults = [...problems, ...(group === null ? [] : criterionFaults(values, group, criteria))];
  if (faults.length > 0) return verdict('fault', faults);
  if (meant && !meant.ok) return verdict(meant.verdict, [meant.problem]);
  if (group === null) throw new Error('a row without problems has a key');
  const others = (rowsOf.get(group.studentGroup.id) ?? []).filter((other) => other !== row);
  if (others.length > 0) return verdict('twice', [rowProblem('twice', keyOf(values), { rows: others.join(', ') })]);
  const outcome = changesOfRow(values, group);
  if (outcome.conflict) return verdict('conflict', [outcome.conflict]);
  return verdict(isSame(outcome) ? 'same' : 'found', [], outcome.changes);
}

function keyOf({ studentGroupId, studentId, email }: ReadRow['values']): { cell?: string; value?: string } {
  return studentGroupId ?? studentId ?? email ?? {};
}

/** A criterion that the programme of the student group's release does not have. */
function criterionFaults(values: ReadRow['values'], group: KnownGroup, criteria: CriteriaFile): RowProblem[] {
  if (values.list?.value !== 'allow' || !values.criteria) return [];
  const { cell, value } = values.criteria;
  const known = { templates: [], criteria, releaseId: group.studentGroup.group.releaseId };
  const [fault] = unknownNames({ allow: value }, known);
  const at = { cell, value: value.join(', ') };
  return fault === undefined ? [] : [{ ...rowProblem('criterion-unknown', at), detail: fault.detail }];
}
