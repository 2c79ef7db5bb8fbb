import { z } from 'zod';
import { BULK_ACT_VERBS, type BulkActVerb, ROW_STATES } from '../../domain/bulk-verb.ts';
import { message } from '../../domain/messages/message.ts';
import { problemAnswer } from '../../platform/http/answers.ts';
import { jsonRoute } from '../../platform/http/api-route.ts';
import type { Route } from '../../platform/http/declare-route.ts';
import { cursorOf, Limit, pageOf, plainText, toPage } from '../../platform/http/validate.ts';
import { type BulkAct, selectBulkAct, selectBulkActs } from '../../records/bulk/bulk-acts.ts';
import { type BulkRow, selectBulkRows } from '../../records/bulk/bulk-rows.ts';
import type { Db } from '../../records/rows.ts';
import { IdempotencyKey, readKey } from '../idempotency-key.ts';
import { SAMPLE } from '../shared-schemas.ts';
import { BulkRequest } from './bulk-request.ts';
import { actOnBulk } from './bulk-verbs.ts';
import {
  BULK_EXAMPLE,
  BulkActView,
  BulkRowView,
  ROW_EXAMPLE,
  stateOfBulk,
  viewBulk,
  viewBulkRow,
} from './bulk-view.ts';
import { type BulkContext, startBulk } from './start-bulk.ts';

const BODY_LIMIT = 3 * 1024 * 1024;
const TAG = 'Bulk acts';

/** Routes of acts on many subjects at once. */
export function bulkRoutes(ctx: BulkContext): Route[] {
  return [startRoute(ctx), listRoute(ctx), showRoute(ctx), ...BULK_ACT_VERBS.map((verb) => verbRoute(ctx, verb))];
}

const bulkSubject = (db: Db) => ({
  params: z.object({ id: z.uuid().describe('Id of the bulk act.').meta({ example: SAMPLE.bulk }) }),
  find: ({ id }: { id: string }) => selectBulkAct(db, id),
  missing: message('unknown.bulk-act'),
});

function startRoute(ctx: BulkContext): Route {
  return jsonRoute({
    method: 'POST',
    path: '/api/acts/bulk',
    name: 'startBulkAct',
    tag: TAG,
    summary: 'Act on many at once',
    description:
      'Does the same act on many student groups, certificates or flags. The selection is copied into rows at once; workers then handle them one by one, each exactly as the single act: with the same refusals, and with an audit entry of its own. Begin with `dryRun`: it counts what would be done and what would be refused, and changes nothing. More than 50 rows of `revoke` or `reissue` wait until another coordinator confirms them.',
    role: 'coordinator',
    headers: z.object({ 'Idempotency-Key': IdempotencyKey }),
    body: {
      schema: BulkRequest,
      example: {
        verb: 'revoke',
        selection: { ids: [SAMPLE.number, SAMPLE.studentGroup] },
        reason: 'Issued with the wrong programme.',
        class: 'issued-in-error',
        expect: 2,
      },
      limit: BODY_LIMIT,
    },
    answer: {
      status: 202,
      description: 'The rows are stored; workers begin with them.',
      schema: BulkActView,
      example: {
        ...BULK_EXAMPLE,
        state: 'running',
        counts: { ...BULK_EXAMPLE.counts, pending: 40, done: 0, refused: 0 },
        refusedBy: {},
        finishedAt: null,
      },
      headers: { Location: 'Address of the bulk act.' },
    },
    problems: {
      409: problemAnswer(
        409,
        'The selection has another number of rows than `expect`, or the `Idempotency-Key` was used for another request.',
        message('bulk.count-differs', { count: 41, expected: 40 }),
      ),
    },
    handle: async ({ req, res, body, actor }) => {
      const bulk = await startBulk(ctx, body, { actor, idempotencyKey: readKey(req.headers['idempotency-key']) });
      res.location(`/api/acts/bulk/${bulk.id}`);
      return viewBulk(ctx.db, bulk);
    },
  });
}

function listRoute(ctx: BulkContext): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/acts/bulk',
    name: 'listBulkActs',
    tag: TAG,
    summary: 'List bulk acts',
    description: 'Newest first, dry runs included.',
    role: 'viewer',
    query: z.strictObject({ limit: Limit, cursor: cursorOf(z.uuid()) }),
    answer: {
      description: 'One page of bulk acts.',
      schema: pageOf(BulkActView),
      example: { items: [BULK_EXAMPLE], nextCursor: null },
    },
    handle: async ({ query: { limit, cursor } }) => {
      const page = toPage<BulkAct, BulkAct>(
        await selectBulkActs(ctx.db, limit + 1, cursor),
        limit,
        (bulk) => bulk.id,
        (bulk) => bulk,
      );
      const items = [];
      for (const bulk of page.items) items.push(await viewBulk(ctx.db, bulk));
      return { items, nextCursor: page.nextCursor };
    },
  });
}

const Position = plainText(10).refine((text) => /^[1-9]\d{0,8}$/.test(text));

function showRoute(ctx: BulkContext): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/acts/bulk/:id',
    name: 'getBulkAct',
    tag: TAG,
    summary: 'Show a bulk act with its rows',
    description: 'The counts of all rows, and one page of rows in the order of the selection.',
    role: 'viewer',
    subject: bulkSubject(ctx.db),
    query: z.strictObject({
      limit: Limit,
      cursor: cursorOf(Position),
      result: z
        .enum(ROW_STATES, message('input.one-of', { known: ROW_STATES.join(', ') }))
        .optional()
        .describe('Only rows with this result.'),
    }),
    answer: {
      description: 'The bulk act, and one page of its rows.',
      schema: BulkActView.extend(pageOf(BulkRowView).shape),
      example: { ...BULK_EXAMPLE, items: [ROW_EXAMPLE], nextCursor: null },
    },
    handle: async ({ subject, query: { limit, cursor, result } }) => ({
      ...(await viewBulk(ctx.db, subject)),
      ...(await pageOfRows(ctx.db, subject, { limit, after: Number(cursor ?? 0), result: result ?? null })),
    }),
  });
}

/** One page of a bulk act's rows. Rows without a result are `pending`, or `cancelled` with their bulk act. */
export async function pageOfRows(
  db: Db,
  bulk: BulkAct,
  { limit, after, result }: { limit: number; after: number; result: (typeof ROW_STATES)[number] | null },
): Promise<{ items: BulkRowView[]; nextCursor: string | null }> {
  const isCancelled = stateOfBulk(bulk) === 'cancelled';
  const open = isCancelled ? 'cancelled' : 'pending';
  const isOpen = result === 'pending' || result === 'cancelled';
  const rows =
    isOpen && result !== open
      ? []
      : await selectBulkRows(db, bulk.id, { result: isOpen ? 'pending' : result, after, limit: limit + 1 });
  return toPage(
    rows,
    limit,
    ({ position }: BulkRow) => String(position),
    (row) => viewBulkRow(row, isCancelled),
  );
}

const VERB_TEXTS: Record<BulkActVerb, { summary: string; description: string; refused: string }> = {
  pause: {
    summary: 'Pause a bulk act',
    description: 'No further row is handled until it is resumed. What was done stays done.',
    refused: 'The bulk act is finished; pause needs a bulk act that is running.',
  },
  resume: {
    summary: 'Resume a bulk act',
    description: 'A paused bulk act continues with the rows that have no result yet.',
    refused: 'The bulk act is running; resume needs a bulk act that is paused.',
  },
  cancel: {
    summary: 'Cancel a bulk act',
    description: 'For good. What was done stays done; rows without a result are cancelled.',
    refused: 'The bulk act is finished; cancel needs a bulk act that is running or paused.',
  },
  confirm: {
    summary: 'Confirm a bulk act as the second person',
    description: 'Starts a bulk act that waits for a second person. The person who started it gets 403.',
    refused: message('bulk.no-confirmation'),
  },
};

const SAME_PERSON = problemAnswer(
  403,
  'The role of the token is not enough, or the caller started the bulk act.',
  message('bulk.same-person', { actor: 'Anna (1a2b3c4d)' }),
);

function verbRoute(ctx: BulkContext, verb: BulkActVerb): Route {
  const { summary, description, refused } = VERB_TEXTS[verb];
  return jsonRoute({
    method: 'POST',
    path: `/api/acts/bulk/:id/${verb}`,
    name: `${verb}BulkAct`,
    tag: TAG,
    summary,
    description,
    role: 'coordinator',
    subject: bulkSubject(ctx.db),
    body: {
      schema: z.strictObject({
        reason: plainText(2000, { lines: true }).nullish().describe('Why; kept with the act. Up to 2000 characters.'),
      }),
      example: { reason: 'The list was checked with the head of the programme.' },
      optional: true,
    },
    answer: { description: 'The bulk act as it stands after the call.', schema: BulkActView, example: BULK_EXAMPLE },
    problems: {
      ...(verb === 'confirm' ? { 403: SAME_PERSON } : {}),
      409: problemAnswer(
        409,
        'The state of the bulk act does not allow it: `state` is how it stands now, `detail` says what was done last and by whom.',
        refused,
      ),
    },
    handle: async ({ subject, body: { reason }, actor }) =>
      viewBulk(ctx.db, await actOnBulk(ctx, subject.id, verb, { actor, reason: reason ?? null })),
  });
}
