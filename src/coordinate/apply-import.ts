import { isDeepStrictEqual } from 'node:util';
import { changesOfRow, type KnownGroup, type RowChange } from '../domain/import/verdict.ts';
import { message } from '../domain/messages/message.ts';
import type { SpokenField } from '../domain/student-group/override.ts';
import { Problem } from '../platform/http/problem.ts';
import {
  hasOpenRow,
  type ImportResult,
  type ImportRow,
  lockNextRow,
  recordImportResult,
} from '../records/imports/import-rows.ts';
import {
  type ImportRecord,
  lockImport,
  recordApplyFinished,
  recordApplyStarted,
  selectAppliedTwin,
  selectImport,
} from '../records/imports/imports.ts';
import { selectKnownGroups } from '../records/imports/known-groups.ts';
import { selectLatestDecision } from '../records/student-groups/decisions.ts';
import { insertOverrides, lockForOverriding } from '../records/student-groups/overrides.ts';
import { selectGroup } from '../records/student-groups/student-groups.ts';
import { recordAct } from '../records/tokens.ts';
import { judgeAnew, type OverrideContext, overrideStudentGroup } from './override-student-group.ts';

const LOOK_AGAIN_MS = 5000;

type StartContext = Pick<OverrideContext, 'db' | 'enqueue' | 'newId' | 'clock'>;

export function stateOfImport({ applyStartedAt, applyFinishedAt }: ImportRecord): 'checked' | 'applying' | 'applied' {
  return applyFinishedAt ? 'applied' : applyStartedAt ? 'applying' : 'checked';
}

/**
 * Starts to apply a reviewed import; a worker does the rest (`applyImport`).
 * @throws Problem 409 when it was applied before, by whom and when; or another import of the same file
 */
export async function startImport(
  ctx: StartContext,
  id: string,
  by: { actor: string; reason: string | null },
): Promise<void> {
  try {
    await ctx.db.transaction(async (trx) => {
      const one = await lockImport(trx, id);
      if (one === null) throw new Problem(404, message('unknown.import'));
      if (one.applyStartedAt) throw new Problem(409, alreadyApplied(one));
      if (one.forgottenAt) throw new Problem(409, message('import.state.forgotten'));
      const twin = await selectAppliedTwin(trx, one);
      if (twin) throw new Problem(409, sameFile(twin));
      const at = ctx.clock.now();
      const actId = ctx.newId();
      const detail = { form: one.form, sha256: one.sha256 };
      await recordAct(trx, { id: actId, ...by, verb: 'import.apply', subject: id, detail }, at);
      await recordApplyStarted(trx, id, { ...by, actId }, at);
      await ctx.enqueue(trx, 'import', [{ id }], { singletonKey: id });
    });
  } catch (error) {
    const one = await selectImport(ctx.db, id);
    const twin = (error as { code?: unknown }).code === '23505' && one ? await selectAppliedTwin(ctx.db, one) : null;
    throw twin ? new Problem(409, sameFile(twin)) : error;
  }
}

function alreadyApplied(one: ImportRecord): string {
  const at = one.applyStartedAt?.toISOString() ?? '-';
  return message('import.state.applied', { state: stateOfImport(one), actor: one.appliedBy ?? '-', at });
}

function sameFile(twin: ImportRecord): string {
  const at = twin.applyStartedAt?.toISOString() ?? '-';
  return message('import.state.same-file', { id: twin.id, actor: twin.appliedBy ?? '-', at });
}

/**
 * Applies the rows of a started import, each with its result in a transaction of its own: a worker that dies is continued
 * by another one, and each row is applied once.
 */
export async function applyImport(ctx: OverrideContext, id: string): Promise<void> {
  const one = await selectImport(ctx.db, id);
  if (one?.appliedBy == null || one.applyFinishedAt) return;
  while (await applyNextRow(ctx, one, one.appliedBy)) {
    // each call applies one row
  }
  const at = ctx.clock.now();
  if (!(await hasOpenRow(ctx.db, id))) await recordApplyFinished(ctx.db, id, at);
  // Rows that another worker holds, or held until it died: look again.
  else
    await ctx.enqueue(ctx.db, 'import', [{ id }], {
      startAfter: new Date(at.getTime() + LOOK_AGAIN_MS),
      singletonKey: id,
    });
}

/** @returns false when no row is left */
async function applyNextRow(ctx: OverrideContext, one: ImportRecord, actor: string): Promise<boolean> {
  return ctx.db.transaction(async (trx) => {
    const row = await lockNextRow(trx, one.id);
    if (row === null) return false;
    const outcome = await applyRow({ ...ctx, db: trx }, one, row, actor);
    await recordImportResult(trx, one.id, row.row, outcome, ctx.clock.now());
    return true;
  });
}

interface RowOutcome {
  result: ImportResult;
  detail: string | null;
}

/** @param ctx its `db` is the transaction of the row */
async function applyRow(ctx: OverrideContext, one: ImportRecord, row: ImportRow, actor: string): Promise<RowOutcome> {
  const { studentGroupId } = row;
  if (studentGroupId === null) throw new Error('a row that can be applied names a student group');
  await lockForOverriding(ctx.db, studentGroupId);
  const [group] = await selectKnownGroups(ctx.db, { studentGroupIds: [studentGroupId], studentIds: [], emails: [] });
  if (!group) return { result: 'changed', detail: message('import.result.gone') };
  const { changes, conflict } = changesOfRow(row.values, group);
  // What the coordinator reviewed, or nothing.
  if (conflict || !isDeepStrictEqual(plain(changes), plain(row.changes)))
    return { result: 'changed', detail: message('import.result.changed') };
  if (changes.length === 0) return { result: 'applied', detail: null };
  const origin = { importId: one.id, sha256: one.sha256, row: row.row };
  return one.kind === 'registration'
    ? applyRegistration(ctx, one, group, changes, { actor, origin })
    : applyException(ctx, row, group, changes, { actor, origin });
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const FILE_FIELD = { country: 'fileCountry', latinName: 'fileLatinName' } as const;

async function applyRegistration(
  ctx: OverrideContext,
  one: ImportRecord,
  { studentGroup }: KnownGroup,
  changes: readonly RowChange[],
  by: { actor: string; origin: object },
): Promise<RowOutcome> {
  const trx = ctx.db;
  const at = ctx.clock.now();
  const actId = ctx.newId();
  const reason = one.applyReason ?? `registration file, form ${one.form}`;
  const values: Partial<Record<SpokenField, string>> = Object.fromEntries(
    changes.flatMap(({ field, to }) =>
      field === 'country' || field === 'latinName' ? [[FILE_FIELD[field], to as string]] : [],
    ),
  );
  const { id } = studentGroup;
  const detail = { ...by.origin, fields: Object.keys(values) };
  await recordAct(trx, { id: actId, actor: by.actor, verb: 'student-group.import', subject: id, reason, detail }, at);
  await insertOverrides(trx, { studentGroupId: id, changes: values, actor: by.actor, reason, actId }, at);
  const stored = await selectGroup(trx, id);
  // A student group that was never judged is judged when a batch or an event asks for it.
  if (stored && (await selectLatestDecision(trx, id))) await judgeAnew(ctx, trx, stored);
  return { result: 'applied', detail: null };
}

async function applyException(
  ctx: OverrideContext,
  { values }: ImportRow,
  { studentGroup }: KnownGroup,
  changes: readonly RowChange[],
  { actor, origin }: { actor: string; origin: object },
): Promise<RowOutcome> {
  const stored = await selectGroup(ctx.db, studentGroup.id);
  if (stored === null) return { result: 'changed', detail: message('import.result.gone') };
  const given = Object.fromEntries(changes.map(({ field, to }) => [field, to]));
  try {
    await overrideStudentGroup(ctx, stored, { ...given, reason: values.reason?.value ?? '' }, actor, origin);
    return { result: 'applied', detail: null };
  } catch (error) {
    if (error instanceof Problem && error.status < 500)
      return { result: 'refused', detail: error.errors?.[0]?.detail ?? error.message };
    throw error;
  }
}
