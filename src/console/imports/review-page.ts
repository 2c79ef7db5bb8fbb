import { z } from 'zod';
import { viewImport, viewImportRow } from '../../coordinate/import-view.ts';
import { VERDICTS } from '../../domain/import/verdict.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { cursorOf, parseInput, toPage } from '../../platform/http/validate.ts';
import { type ImportRow, selectImportRows } from '../../records/imports/import-rows.ts';
import type { ImportRecord } from '../../records/imports/imports.ts';
import { selectNames } from '../../records/student-groups/names.ts';
import type { DeskContext } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import { fieldName } from '../frame/act-words.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { dataTable, dayText, form, moment, note, pager, reasonField, said, type Tone, tag } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import { IMPORT_WORDS } from './import-words.ts';

const LIMIT = 200;
const RowNumber = z.string().regex(/^[1-9]\d{0,8}$/);
const TONES: Record<(typeof VERDICTS)[number], Tone> = {
  found: 'good',
  same: 'none',
  unknown: 'bad',
  twice: 'warn',
  conflict: 'warn',
  fault: 'bad',
};

/** The rows of a checked file with their verdicts: cell, value, and how to mend it. */
export async function showImport(ctx: DeskContext, input: DeskInput, one: ImportRecord): Promise<DeskView> {
  const words = IMPORT_WORDS[input.language];
  const view = await viewImport(ctx.db, one);
  const verdict = VERDICTS.find((name) => name === input.query['verdict']) ?? null;
  const after = Number(parseInput(cursorOf(RowNumber), input.query['cursor']) ?? 0);
  const rows = await selectImportRows(ctx.db, one.id, { verdict, result: null, after, limit: LIMIT + 1 });
  const page = toPage(rows, LIMIT, ({ row }: ImportRow) => String(row), viewImportRow);
  const names = await selectNames(
    ctx.db,
    page.items.flatMap(({ studentGroupId }) => studentGroupId ?? []),
  );
  type Row = (typeof page.items)[number];
  const title = fill(words.review, { form: view.form });
  const counts = VERDICTS.map(
    (name) =>
      html`<div><p class="big">${view.counts[name]}</p><p class="small"><a href="?verdict=${name}">${words[name]}</a></p></div>`,
  );
  const result = {
    head: words.result,
    cell: (row: Row) =>
      row.result !== null &&
      html`${row.result === 'applied' ? words['applied-row'] : words[row.result]}${row.detail !== null && html`<br>${said(input, row.detail)}`}`,
  };
  const columns = [
    { head: words.row, cell: (row: Row) => row.row, numeric: true },
    { head: words.verdict, cell: (row: Row) => tag(TONES[row.verdict], words[row.verdict]) },
    {
      head: words.person,
      cell: (row: Row) =>
        row.studentGroupId === null
          ? '—'
          : html`<a href="${input.base}/console/student-groups/${encodeURIComponent(row.studentGroupId)}"><bdi>${names.get(row.studentGroupId) ?? row.studentGroupId}</bdi></a>`,
    },
    { head: words.what, cell: (row: Row) => whatCell(input, row) },
    {
      head: words.mend,
      cell: (row: Row) => html`${row.problems.map((problem) => html`<p>${said(input, problem.mend)}</p>`)}`,
    },
    ...(page.items.some(({ result }) => result !== null) ? [result] : []),
  ];
  const counted = html`<section class="card"><div class="counts">${counts}</div></section>`;
  const apply = applyPart(input, view);
  const content = html`<h1>${title} ${tag('none', words[view.state])}</h1><p class="lead">${moment(input, view.createdAt)} · ${view.actor}</p>
${view.state === 'checked' ? null : note(view.state === 'applied' ? 'good' : 'none', view.state === 'applied' ? words.nextApplied : words.nextApplying)}${view.sameFileAs !== null && note('warn', fill(words.twin, { at: dayText(input, view.sameFileAs.at), actor: view.sameFileAs.actor }))}${view.unusedHeadings.length > 0 && note('none', fill(words.unused, { columns: view.unusedHeadings.join(', ') }))}${view.forgottenAt !== null && note('none', words.forgotten)}
${apply === null ? counted : html`<div class="split">${counted}<div>${apply}</div></div>`}
<section class="card"><h2>${words.rows}</h2><p><a href="?">${words.all}</a></p>${dataTable(input, { caption: words.rows, columns, rows: page.items })}${pager(input, input.query, page.nextCursor)}<p class="soft small">${words.hash}: <span class="mono">${view.sha256}</span></p></section>`;
  return { title, content, menu: 'imports', again: view.state === 'applying' };
}

function whatCell(input: DeskInput, row: ReturnType<typeof viewImportRow>): Html {
  const changes = row.changes.map(
    ({ cell, field, from, to }) =>
      html`<p><span class="mono">${cell}</span> ${fieldName(input, field)}: <bdi>${from === null ? '—' : String(from)}</bdi> → <strong><bdi>${String(to)}</bdi></strong></p>`,
  );
  const problems = row.problems.map(
    ({ cell, value, detail }) =>
      html`<p>${cell !== null && html`<span class="mono">${cell}</span> `}${value !== null && html`«<bdi>${value}</bdi>»: `}${said(input, detail)}</p>`,
  );
  return html`${changes}${problems}`;
}

function applyPart(
  input: DeskInput,
  { id, state, counts, sameFileAs }: Awaited<ReturnType<typeof viewImport>>,
): Html | null {
  if (state !== 'checked' || sameFileAs !== null) return null;
  const words = IMPORT_WORDS[input.language];
  const good = counts.found + counts.same;
  if (good === 0) return note('none', words.nothing);
  const submit = fill(words.apply, { count: good });
  return html`<section class="card"><h2>${submit}</h2><p>${words.applyText}</p>${form(input, { action: `/console/imports/${id}/apply`, submit, fields: [reasonField(input, false)] })}</section>`;
}
