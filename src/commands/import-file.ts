import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { SingleBar } from 'cli-progress';
import { createSpreadsheets } from '../adapters/spreadsheet/create-spreadsheets.ts';
import { loadForms } from '../adapters/templates-dir/load-forms.ts';
import { loadRulebook } from '../adapters/templates-dir/load-rulebook.ts';
import type { Config } from '../config.ts';
import { startImport } from '../coordinate/apply-import.ts';
import { checkImport } from '../coordinate/check-import.ts';
import type { ImportView } from '../coordinate/import-schema.ts';
import { viewImport, viewImportRow } from '../coordinate/import-view.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import { InputError } from '../domain/failure.ts';
import { type Language, message, translate } from '../domain/messages/message.ts';
import { Problem } from '../platform/http/problem.ts';
import { systemClock } from '../platform/system-clock.ts';
import { type ImportRow, selectImportRows } from '../records/imports/import-rows.ts';
import { selectImport } from '../records/imports/imports.ts';
import type { Db } from '../records/rows.ts';
import { actor } from './actor.ts';
import { withQueue } from './batch.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

/** `gramota import check`: like `POST /api/imports`, then every row that will not be applied. */
export async function runImportCheck(
  config: Config,
  file: string,
  options: { form: string; json?: boolean },
  say: Say,
  language: Language,
): Promise<void> {
  const forms = await loadForms(config.TEMPLATES_DIR);
  const form = forms.get(options.form);
  if (form === undefined) {
    const known = [...forms.keys()].join(', ') || '-';
    throw new InputError(`--form: ${message('import.form.unknown', { known })}`);
  }
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${file} cannot be read: ${error.code}`);
  });
  const { criteria } = await loadRulebook(config.TEMPLATES_DIR, await loadTemplates(config.TEMPLATES_DIR));
  const spreadsheets = createSpreadsheets();
  try {
    await withDatabase(config, async (db) => {
      const ctx = { db, clock: systemClock, newId: randomUUID, spreadsheets, forms, criteria };
      const id = await checkImport(ctx, { name: basename(file), bytes }, options.form, form, actor());
      await show(db, id, options, say, language);
    });
  } finally {
    await spreadsheets.close();
  }
}

/** `gramota import apply`: like `POST /api/imports/{id}/apply`; with `wait`, until the workers have applied it. */
export async function runImportApply(
  config: Config,
  id: string,
  options: { reason?: string; wait?: boolean; json?: boolean },
  say: Say,
  language: Language,
): Promise<void> {
  await withDatabase(config, async (db) => {
    await find(db, id);
    await withQueue(config, db, async (ctx) => {
      try {
        await startImport(ctx, id, { actor: actor(), reason: options.reason ?? null });
      } catch (error) {
        throw error instanceof Problem ? new InputError(error.message) : error;
      }
    });
    if (options.wait) await follow(db, id);
    await show(db, id, options, say, language);
  });
}

/** `gramota import show`: the import, and every row that is not applied. */
export async function runImportShow(
  config: Config,
  id: string,
  options: { json?: boolean },
  say: Say,
  language: Language,
): Promise<void> {
  await withDatabase(config, async (db) => show(db, id, options, say, language));
}

async function find(db: Db, id: string): Promise<ImportView> {
  const one = /^[0-9a-f-]{36}$/i.test(id) ? await selectImport(db, id) : null;
  if (one === null) throw new InputError(message('unknown.import'));
  return viewImport(db, one);
}

async function show(db: Db, id: string, { json }: { json?: boolean }, say: Say, language: Language): Promise<void> {
  const view = await find(db, id);
  if (json) {
    const items = [];
    for await (const row of rowsOf(db, id)) items.push(viewImportRow(row));
    say(JSON.stringify({ ...view, items }, null, 2));
    return;
  }
  say(`${view.id}  ${view.form}  ${view.state}`);
  const counts = view.state === 'checked' ? view.counts : { ...view.counts, ...view.results };
  for (const [name, count] of Object.entries(counts)) if (count > 0) say(`  ${name.padEnd(10)} ${count}`);
  if (view.unusedHeadings.length > 0) say(message('line.import-unused', { headings: view.unusedHeadings.join(', ') }));
  if (view.sameFileAs) say(message('import.state.same-file', { ...view.sameFileAs, id: view.sameFileAs.id }));
  for await (const row of rowsOf(db, id)) for (const line of troubles(row, language)) say(line);
  const { found, same } = view.counts;
  if (view.state === 'checked' && view.sameFileAs === null && (found ?? 0) + (same ?? 0) > 0)
    say(message('line.import-next', { id }));
}

/** Why a row is not applied, one line each: row, verdict, cell, value, what is wrong, how to mend it. */
function troubles({ row, verdict, problems, result, detail }: ImportRow, language: Language): string[] {
  const head = `${String(row).padStart(6)}  `;
  if (result === 'changed' || result === 'refused')
    return [`${head}${result.padEnd(9)} ${translate(detail ?? '-', language)}`];
  return problems.map((one) => {
    const value = one.value === null ? '' : ` "${one.value.replace(/[\p{C}\p{Z}]+/gu, ' ')}"`;
    const said = `${translate(one.detail, language)}; ${translate(one.mend, language)}`;
    return `${head}${verdict.padEnd(9)} ${(one.cell ?? '').padEnd(6)}${value}: ${said}`;
  });
}

const A_PAGE = 1000;

async function* rowsOf(db: Db, id: string): AsyncGenerator<ImportRow> {
  for (let after = 0; ; ) {
    const rows = await selectImportRows(db, id, { verdict: null, result: null, after, limit: A_PAGE });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < A_PAGE) return;
    after = last.row;
  }
}

async function follow(db: Db, id: string): Promise<void> {
  const bar = process.stderr.isTTY ? new SingleBar({ format: '{bar} {value}/{total}', clearOnComplete: true }) : null;
  bar?.start(1, 0);
  try {
    for (;;) {
      const { state, counts, results } = await find(db, id);
      bar?.setTotal(Math.max(1, (counts.found ?? 0) + (counts.same ?? 0)));
      bar?.update(Object.values(results).reduce((sum, count) => sum + count, 0));
      if (state === 'applied') return;
      await systemClock.sleep(500);
    }
  } finally {
    bar?.stop();
  }
}
