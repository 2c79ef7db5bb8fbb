import { z } from 'zod';
import { startImport } from '../../coordinate/apply-import.ts';
import { receiveImport } from '../../coordinate/import-routes.ts';
import type { ImportView } from '../../coordinate/import-schema.ts';
import { viewImport } from '../../coordinate/import-view.ts';
import { headingsOf, type ImportColumn, KEY_COLUMNS } from '../../domain/import/import-form.ts';
import { message } from '../../domain/messages/message.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { type ImportRecord, selectImport, selectImports } from '../../records/imports/imports.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import { type DeskInput, fieldOf } from '../desk-route.ts';
import { fieldName } from '../frame/act-words.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { dataTable, faultList, moment, refusalOf } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import { IMPORT_WORDS } from './import-words.ts';
import { showImport } from './review-page.ts';

const LATEST = 50;
const Uuid = z.uuid();

/** Upload, review and application of files with registrations and exceptions. */
export function importPages(ctx: DeskContext): DeskPart {
  const list = (input: DeskInput) => showList(ctx, input);
  const show = async (input: DeskInput) => {
    const one = await findImport(ctx, input.params['id']);
    return one && showImport(ctx, input, one);
  };
  return {
    pages: [
      { path: '/console/imports', show: list },
      { path: '/console/imports/:id', show },
    ],
    acts: [
      {
        path: '/console/imports',
        page: list,
        act: async ({ req, visitor }) => `/console/imports/${await receiveImport(ctx, req, visitor.actor)}`,
      },
      {
        path: '/console/imports/:id/apply',
        page: show,
        act: async ({ params, fields, visitor }) => {
          const one = await findImport(ctx, params['id']);
          if (one === null) throw new Problem(404, message('unknown.import'));
          await startImport(ctx, one.id, { actor: visitor.actor, reason: fieldOf(fields, 'reason') ?? null });
          return `/console/imports/${one.id}?done=1`;
        },
      },
    ],
  };
}

async function findImport(ctx: DeskContext, id: string | undefined): Promise<ImportRecord | null> {
  const uuid = Uuid.safeParse(id).data;
  return uuid === undefined ? null : selectImport(ctx.db, uuid);
}

async function showList(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = IMPORT_WORDS[input.language];
  const rows = await Promise.all(
    (await selectImports(ctx.db, { after: null, limit: LATEST })).map((one) => viewImport(ctx.db, one)),
  );
  const columns = [
    {
      head: words.when,
      cell: (one: ImportView) =>
        html`<a href="${input.base}/console/imports/${one.id}">${moment(input, one.createdAt)}</a>`,
    },
    { head: words.form, cell: (one: ImportView) => one.form },
    { head: words.who, cell: (one: ImportView) => one.actor },
    { head: words.state, cell: (one: ImportView) => words[one.state] },
    {
      head: words.rows,
      cell: (one: ImportView) => Object.values(one.counts).reduce((sum, count) => sum + count, 0),
      numeric: true,
    },
  ];
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p><div class="split"><section class="card"><h2>${words.list}</h2>${dataTable(input, { caption: words.list, columns, rows })}</section><div><section class="card"><h2>${words.upload}</h2>${uploadForm(ctx, input)}</section>${columnsSheet(ctx, input)}</div></div>`;
  return { title: words.title, content, menu: 'imports' };
}

/** The headings by which each form recognises its columns, so that a list can be made without asking anybody. */
function columnsSheet({ forms }: DeskContext, input: DeskInput): Html | null {
  if (forms.size === 0) return null;
  const words = IMPORT_WORDS[input.language];
  const parts = [...forms]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, one]) => {
      const columns = headingsOf(one);
      const name = (column: ImportColumn) => fieldName(input, column);
      const keys = columns
        .map(([column]) => column)
        .filter((column) => (KEY_COLUMNS as readonly string[]).includes(column));
      const rows = columns.map(([column, headings]) => html`<dt>${name(column)}</dt><dd>${headings.join(' · ')}</dd>`);
      return html`<details><summary>${fill(words.columnsOf, { form: id })}</summary><p>${words.key}${keys.map(name).join(words.or)}.</p><dl class="facts">${rows}</dl></details>`;
    });
  return html`<section class="card"><h2>${words.columns}</h2>${parts}</section>`;
}

/** A browser never fills a file field again, so after a refusal only the form is kept. */
function uploadForm(ctx: DeskContext, input: DeskInput): Html {
  const words = IMPORT_WORDS[input.language];
  const action = '/console/imports';
  const forms = [...ctx.forms.keys()].sort();
  if (forms.length === 0) return html`<p>${words.noForms}</p>`;
  const refusal = refusalOf(input, { action });
  const options = forms.map((id) => html`<option value="${id}">${id}</option>`);
  return html`<form method="post" action="${input.base}${action}" enctype="multipart/form-data">${refusal !== null && faultList(input, refusal)}
<div class="field"><label for="import-form">${words.form}</label><span class="hint">${words.formHint}</span><select id="import-form" name="form">${options}</select></div>
<div class="field"><label for="import-file">${words.file}</label><span class="hint" id="import-file-hint">${words.fileHint}</span><input type="file" id="import-file" name="file" required accept=".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" aria-describedby="import-file-hint"></div><button>${words.check}</button></form>`;
}
