import { z } from 'zod';
import { streamBatch } from '../../coordinate/batch-events.ts';
import { actOnBatch } from '../../coordinate/batch-verbs.ts';
import { BulkRequest } from '../../coordinate/bulk/bulk-request.ts';
import { startBulk } from '../../coordinate/bulk/start-bulk.ts';
import { BatchRequest, type BatchView, createBatch, viewBatch } from '../../coordinate/create-batch.ts';
import { BATCH_VERBS } from '../../domain/batch-verb.ts';
import { message } from '../../domain/messages/message.ts';
import { html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { cursorOf, parseInput, toPage } from '../../platform/http/validate.ts';
import { type Batch, selectBatches } from '../../records/batches/batches.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import { type DeskInput, fieldOf, valuesOf } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { formToken, keyOfForm } from '../frame/form-token.ts';
import { dataTable, form, moment, type PartContext, pager, tag } from '../frame/parts.ts';
import { findBatch, liveTexts, showBatch } from './batch-page.ts';
import { BATCH_WORDS } from './batch-words.ts';
import { startAfterDryRun } from './start-batch.ts';

const LIMIT = 50;
const Uuid = z.uuid();

/** The list of batches, one batch with its progress, and its verbs. */
export function batchPages(ctx: DeskContext): DeskPart {
  const list = (input: DeskInput) => showList(ctx, input);
  const show = (input: DeskInput) => showBatch(ctx, input);
  return {
    pages: [
      { path: '/console/batches', show: list },
      { path: '/console/batches/:id', show },
    ],
    files: [
      {
        path: '/console/batches/:id/live',
        send: async (input) => {
          const batch = await findBatch(ctx, input.params['id']);
          if (batch === null) throw new Problem(404, message('unknown.batch'));
          const { id, tokenId, subject } = input.visitor.session;
          const owner = { kind: 'session', id, account: tokenId ?? subject ?? id } as const;
          streamBatch(input.req, input.res, {
            streams: ctx.streams,
            batchId: batch.id,
            owner,
            texts: liveTexts(input),
          });
        },
      },
    ],
    acts: [
      {
        path: '/console/batches',
        page: list,
        act: async ({ fields, visitor }) => {
          const request = parseInput(BatchRequest, {
            releaseId: fieldOf(fields, 'releaseId'),
            dryRun: true,
          });
          const by = { actor: visitor.actor, idempotencyKey: keyOfForm(fields) };
          return `/console/batches/${(await createBatch(ctx, request, by)).id}`;
        },
      },
      {
        path: '/console/batches/:id/start',
        page: show,
        act: async ({ params, fields, visitor }) => {
          const dryRun = await findBatch(ctx, params['id']);
          if (dryRun === null) throw new Problem(404, message('unknown.batch'));
          return `/console/batches/${await startAfterDryRun(ctx, dryRun, fields, visitor.actor)}`;
        },
      },
      {
        path: '/console/batches/:id/retry-selected',
        page: show,
        act: async ({ fields, visitor }) => {
          const ids = valuesOf(fields, 'id');
          if (ids.length === 0) throw new Problem(400, message('console.nothing-chosen'));
          const request = parseInput(BulkRequest, {
            verb: 'retry',
            reason: fieldOf(fields, 'reason'),
            selection: { ids },
          });
          return `/console/bulk/${(await startBulk(ctx, request, { actor: visitor.actor, idempotencyKey: keyOfForm(fields) })).id}`;
        },
      },
      ...BATCH_VERBS.map((verb) => ({
        path: `/console/batches/:id/${verb}`,
        page: show,
        act: async ({ params, fields, visitor }: DeskInput & { fields: Record<string, string | string[]> }) => {
          const by = { actor: visitor.actor, reason: fieldOf(fields, 'reason') ?? null };
          const id = Uuid.safeParse(params['id']).data;
          const done = id === undefined ? null : await actOnBatch(ctx, id, verb, by);
          if (done === null) throw new Problem(404, message('unknown.batch'));
          if (!done.ok) throw new Problem(409, done.detail);
          return `/console/batches/${id}?done=1`;
        },
      })),
    ],
  };
}

async function showList(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = BATCH_WORDS[input.language];
  const cursor = parseInput(cursorOf(Uuid), input.query['cursor']);
  const page = toPage<Batch, Batch>(
    await selectBatches(ctx.db, LIMIT + 1, cursor),
    LIMIT,
    ({ id }) => id,
    (one) => one,
  );
  const views = await Promise.all(page.items.map((one) => viewBatch(ctx.db, one, ctx.clock.now())));
  const dry = form(input, {
    action: '/console/batches',
    submit: words.dryStart,
    fields: [{ name: 'releaseId', label: words.releaseId, hint: words.dryText, required: true }],
    hidden: formToken(),
  });
  const content = html`<h1>${words.list}</h1><p class="lead">${words.listLead}</p><div class="split"><section class="card">${batchTable(input, views)}${pager(input, input.query, page.nextCursor)}</section><section class="card"><h2>${words.dryHead}</h2>${dry}</section></div>`;
  return { title: words.list, content, menu: 'batches' };
}

const TONES = { running: 'good', paused: 'warn', cancelled: 'none', finished: 'none' } as const;

/** A list of batches, each leading to its page. */
export function batchTable(shown: PartContext, views: readonly BatchView[]) {
  const words = BATCH_WORDS[shown.language];
  const columns = [
    {
      head: words.started,
      cell: (one: BatchView) =>
        html`<a href="${shown.base}/console/batches/${one.id}">${moment(shown, one.createdAt)}</a>`,
    },
    { head: words.release, cell: (one: BatchView) => one.releaseId ?? words.chosen },
    { head: words.kind, cell: (one: BatchView) => (one.dryRun ? words.dry : words.real) },
    { head: words.state, cell: (one: BatchView) => tag(TONES[one.state], words[one.state]) },
    { head: words.total, cell: (one: BatchView) => one.counts.total, numeric: true },
    { head: words.note, cell: (one: BatchView) => one.note ?? '' },
  ];
  return dataTable(shown, { caption: words.list, columns, rows: views, empty: words.empty });
}
