import { z } from 'zod';
import { actOnBulk } from '../../coordinate/bulk/bulk-verbs.ts';
import { type BulkRowView, viewBulk, viewBulkRow } from '../../coordinate/bulk/bulk-view.ts';
import { BULK_ACT_VERBS, ROW_RESULTS, type RowResult } from '../../domain/bulk-verb.ts';
import { message } from '../../domain/messages/message.ts';
import { html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { cursorOf, parseInput, toPage } from '../../platform/http/validate.ts';
import { type BulkAct, selectBulkAct } from '../../records/bulk/bulk-acts.ts';
import { type BulkRow, selectBulkRows } from '../../records/bulk/bulk-rows.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import { type DeskInput, fieldOf, isDone } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import { dataTable, form, note, pager, reasonField, said, tag } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import { BULK_WORDS } from './bulk-words.ts';

const LIMIT = 100;
const Uuid = z.uuid();
const Position = z.string().regex(/^[1-9]\d{0,8}$/);
const COUNTS = ['total', 'pending', 'possible', 'done', 'refused', 'failed'] as const;
const TONES = {
  done: 'good',
  possible: 'good',
  refused: 'warn',
  failed: 'bad',
  pending: 'none',
  cancelled: 'none',
} as const;

/** An act on many people: its progress, and the result of each row. */
export function bulkPages(ctx: DeskContext): DeskPart {
  const show = (input: DeskInput) => showBulk(ctx, input);
  return {
    pages: [{ path: '/console/bulk/:id', show }],
    acts: BULK_ACT_VERBS.map((verb) => ({
      path: `/console/bulk/:id/${verb}`,
      page: show,
      act: async ({ params, fields, visitor }) => {
        const bulk = await find(ctx, params['id']);
        if (bulk === null) throw new Problem(404, message('unknown.bulk-act'));
        await actOnBulk(ctx, bulk.id, verb, { actor: visitor.actor, reason: fieldOf(fields, 'reason') ?? null });
        return `/console/bulk/${bulk.id}?done=1`;
      },
    })),
  };
}

async function find(ctx: DeskContext, id: string | undefined): Promise<BulkAct | null> {
  const uuid = Uuid.safeParse(id).data;
  return uuid === undefined ? null : selectBulkAct(ctx.db, uuid);
}

async function showBulk(ctx: DeskContext, input: DeskInput): Promise<DeskView | null> {
  const bulk = await find(ctx, input.params['id']);
  if (bulk === null) return null;
  const words = BULK_WORDS[input.language];
  const view = await viewBulk(ctx.db, bulk);
  const title = fill(words.title, { verb: words[view.verb] });
  const after = parseInput(cursorOf(Position), input.query['cursor']);
  const result = ROW_RESULTS.find((one) => one === input.query['result']) ?? null;
  const rows = await selectBulkRows(ctx.db, bulk.id, {
    result: result as RowResult | null,
    after: Number(after ?? 0),
    limit: LIMIT + 1,
  });
  const page = toPage(
    rows,
    LIMIT,
    (row: BulkRow) => String(row.position),
    (row) => viewBulkRow(row, view.state === 'cancelled'),
  );
  const counts = COUNTS.filter((name) => name === 'total' || view.counts[name] > 0).map(
    (name) => html`<div><p class="big">${view.counts[name]}</p><p class="small">${words[name]}</p></div>`,
  );
  const settled = view.counts.total - view.counts.pending;
  const content = html`<h1>${title} ${tag('none', words[view.state])}</h1><p class="lead">${fill(words.by, { actor: view.actor, reason: view.reason })}</p>
${isDone(input) && note('good', FRAME_WORDS[input.language].done)}${input.query['already'] !== undefined && note('warn', words.already)}${view.dryRun && note('none', words.dry)}${view.waitsFor !== undefined && note('warn', words.waits)}
<div class="split"><div><section class="card"><progress max="${Math.max(1, view.counts.total)}" value="${settled}" aria-label="${words.progress}"></progress><div class="counts">${counts}</div></section>
<section class="card"><h2>${words.rows}</h2>${dataTable(input, { caption: words.rows, columns: columnsOf(input), rows: page.items })}${pager(input, input.query, page.nextCursor)}</section></div><div>${verbForms(input, view.id, view.state, view.waitsFor !== undefined)}</div></div>`;
  return { title, content, menu: 'held', again: view.state === 'running' };
}

function columnsOf(input: DeskInput) {
  const words = BULK_WORDS[input.language];
  const resultName = (result: BulkRowView['result']) => (result === 'cancelled' ? words.left : words[result]);
  return [
    {
      head: words.person,
      cell: (row: BulkRowView) =>
        row.studentGroupId === null
          ? row.id
          : html`<a href="${input.base}/console/student-groups/${encodeURIComponent(row.studentGroupId)}"><bdi>${row.fullName ?? row.studentGroupId}</bdi></a> ${row.number ?? ''}`,
    },
    { head: words.result, cell: (row: BulkRowView) => tag(TONES[row.result], resultName(row.result)) },
    { head: words.why, cell: (row: BulkRowView) => (row.reason === null ? '' : said(input, row.reason.detail)) },
  ];
}

function verbForms(input: DeskInput, id: string, state: string, waits: boolean) {
  const words = BULK_WORDS[input.language];
  const one = (verb: 'pause' | 'resume' | 'cancel' | 'confirm', tone?: 'danger' | 'quiet') =>
    form(input, {
      action: `/console/bulk/${id}/${verb}`,
      submit: words[verb],
      fields: [reasonField(input, false)],
      ...(tone ? { tone } : {}),
    });
  if (state === 'finished' || state === 'cancelled') return html``;
  return html`<section class="card">${waits && one('confirm')}${state === 'running' && one('pause')}${state === 'paused' && !waits && one('resume')}${one('cancel', 'danger')}</section>`;
}
