import { readFile } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import type { Config } from '../config.ts';
import { BulkRequest } from '../coordinate/bulk/bulk-request.ts';
import { pageOfRows } from '../coordinate/bulk/bulk-routes.ts';
import { actOnBulk } from '../coordinate/bulk/bulk-verbs.ts';
import { type BulkActView, type BulkRowView, viewBulk } from '../coordinate/bulk/bulk-view.ts';
import { startBulk } from '../coordinate/bulk/start-bulk.ts';
import type { BulkActVerb, BulkVerb, RowState } from '../domain/bulk-verb.ts';
import { InputError } from '../domain/failure.ts';
import { type Language, message, translate } from '../domain/messages/message.ts';
import { Problem } from '../platform/http/problem.ts';
import { systemClock } from '../platform/system-clock.ts';
import { type BulkAct, selectBulkAct, selectBulkActs } from '../records/bulk/bulk-acts.ts';
import type { Db } from '../records/rows.ts';
import { actor } from './actor.ts';
import { withQueue } from './batch.ts';
import { shownTime } from './shown-time.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

export interface BulkStartOptions {
  id?: string[];
  ids?: string;
  filter?: Record<string, string>;
  set?: Record<string, string>;
  allow?: string[];
  class?: string;
  kind?: string[];
  reason: string;
  expect?: number;
  dryRun?: boolean;
  wait?: boolean;
  json?: boolean;
}

/** Values of `--set` that are no text. */
const VALUES: Record<string, unknown> = { true: true, false: false, null: null };

/** `gramota bulk start`: like `POST /api/acts/bulk`, from a terminal. */
export async function runBulkStart(config: Config, verb: BulkVerb, options: BulkStartOptions, say: Say): Promise<void> {
  const named = [...(options.id ?? []), ...(options.ids === undefined ? [] : await readIds(options.ids))];
  const { set } = options;
  const request = BulkRequest.safeParse({
    verb,
    selection: { ids: named.length === 0 && options.filter ? null : named, filter: options.filter ?? null },
    reason: options.reason,
    dryRun: options.dryRun ?? false,
    expect: options.expect ?? null,
    changes:
      set &&
      Object.fromEntries(Object.entries(set).map(([name, text]) => [name, text in VALUES ? VALUES[text] : text])),
    allow: options.allow,
    class: options.class,
    kinds: options.kind,
  });
  if (!request.success)
    throw new InputError(request.error.issues.map((issue) => `${optionOf(issue.path)}: ${issue.message}`));
  await withDatabase(config, async (db) => {
    const bulk = await withQueue(config, db, (ctx) =>
      orInputError(() => startBulk(ctx, request.data, { actor: actor(), idempotencyKey: null })),
    );
    if (!options.json) say(message('line.bulk-started', { id: bulk.id, count: bulk.total }));
    const view = options.wait ? await follow(db, bulk) : await viewBulk(db, bulk);
    if (options.json) say(JSON.stringify(view, null, 2));
    else if (options.wait || view.state !== 'running') for (const line of inWords(view)) say(line);
  });
}

/** One id or number a line. */
async function readIds(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`--ids: ${file} cannot be read: ${error.code}`);
  });
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const OPTIONS: Record<string, string> = { selection: '--id', changes: '--set', kinds: '--kind' };
const optionOf = ([first, second]: readonly PropertyKey[]): string =>
  second === 'filter' ? '--filter' : (OPTIONS[String(first)] ?? `--${String(first)}`);

/** `gramota bulk show`: the counts, and a page of rows. */
export async function runBulkShow(
  config: Config,
  id: string,
  options: { result?: RowState; limit: number; after: number; json?: boolean },
  say: Say,
  language: Language,
): Promise<void> {
  await withDatabase(config, async (db) => {
    const bulk = await find(db, id);
    const { limit, after, result = null } = options;
    const [view, page] = [await viewBulk(db, bulk), await pageOfRows(db, bulk, { limit, after, result })];
    if (options.json) return say(JSON.stringify({ ...view, ...page }, null, 2));
    for (const line of inWords(view)) say(line);
    for (const line of rowTable(page.items, language)) say(line);
    if (page.nextCursor !== null) say(message('line.bulk-more-rows', { after: page.items.at(-1)?.position ?? 0 }));
  });
}

/** `gramota bulk pause|resume|cancel|confirm`: like the routes with these names. */
export async function runBulkVerb(
  config: Config,
  verb: BulkActVerb,
  id: string,
  options: { reason?: string; json?: boolean },
  say: Say,
): Promise<void> {
  await withDatabase(config, async (db) => {
    await find(db, id);
    const by = { actor: actor(), reason: options.reason ?? null };
    const bulk = await withQueue(config, db, (ctx) => orInputError(() => actOnBulk(ctx, id, verb, by)));
    const view = await viewBulk(db, bulk);
    if (options.json) say(JSON.stringify(view, null, 2));
    else for (const line of inWords(view)) say(line);
  });
}

/** `gramota bulk list`: the newest bulk acts. */
export async function runBulkList(config: Config, options: { json?: boolean }, say: Say): Promise<void> {
  await withDatabase(config, async (db) => {
    const views: BulkActView[] = [];
    for (const bulk of await selectBulkActs(db, 50, null)) views.push(await viewBulk(db, bulk));
    if (options.json) return say(JSON.stringify(views, null, 2));
    for (const { id, createdAt, verb, state, dryRun, counts, actor: by } of views)
      say(
        `${id}  ${shownTime(createdAt)}  ${verb.padEnd(9)}  ${state.padEnd(9)}  ${counts.total}${dryRun ? '  dry run' : ''}  ${by}`,
      );
  });
}

async function find(db: Db, id: string): Promise<BulkAct> {
  const bulk = /^[0-9a-f-]{36}$/i.test(id) ? await selectBulkAct(db, id) : null;
  if (bulk === null) throw new InputError(message('line.no-bulk-act', { id }));
  return bulk;
}

/** What HTTP answers as a problem is one line for each fault here. */
async function orInputError<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const faults = error.errors?.map(({ pointer, detail }) => `${optionOf(pointer.split('/').slice(1))}: ${detail}`);
    throw new InputError(faults ?? error.message);
  }
}

function inWords(view: BulkActView): string[] {
  const { id, verb, state, dryRun, counts, refusedBy, lastError, waitsFor } = view;
  const lines = [`${id}  ${verb}  ${state}${dryRun ? ' (dry run)' : ''}`];
  for (const [result, count] of Object.entries(counts))
    if (count > 0 || result === 'total') lines.push(`  ${result.padEnd(10)} ${count}`);
  for (const [code, count] of Object.entries(refusedBy)) lines.push(`    ${code.padEnd(24)} ${count}`);
  if (waitsFor !== undefined) lines.push(message('line.bulk-second-person', { id }));
  if (lastError !== undefined) lines.push(`  ${lastError.code}: ${lastError.detail}`);
  return lines;
}

/** Columns as wide as their longest text, except the last one. */
function rowTable(rows: readonly BulkRowView[], language: Language): string[] {
  const cells = rows.map((row) => [
    String(row.position),
    row.result,
    row.number ?? row.id,
    row.fullName ?? '',
    row.state ?? '',
    row.reason === null ? '' : `${row.reason.code}: ${translate(row.reason.detail, language)}`,
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...cells.map((line) => (line[column] ?? '').length)));
  return cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Waits until every row has a result, or somebody else must act. */
async function follow(db: Db, { id }: BulkAct): Promise<BulkActView> {
  const bar = process.stderr.isTTY ? new SingleBar({ format: '{bar} {value}/{total}', clearOnComplete: true }) : null;
  bar?.start(1, 0);
  try {
    for (;;) {
      const view = await viewBulk(db, await find(db, id));
      bar?.setTotal(Math.max(1, view.counts.total));
      bar?.update(view.counts.total - view.counts.pending);
      if (view.state !== 'running') return view;
      await systemClock.sleep(500);
    }
  } finally {
    bar?.stop();
  }
}
