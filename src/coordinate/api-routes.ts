import { z } from 'zod';
import { BATCH_CLASS_NAMES } from '../domain/batch-class.ts';
import { message } from '../domain/messages/message.ts';
import type { PrintingRules } from '../lifecycle/declared-warnings.ts';
import { problemAnswer } from '../platform/http/answers.ts';
import { contentRoute, jsonRoute } from '../platform/http/api-route.ts';
import { identityOf } from '../platform/http/auth.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { cursorOf, Limit, pageOf, plainText, toPage } from '../platform/http/validate.ts';
import type { Lms } from '../ports/lms.ts';
import { type Batch, selectBatchByKey, selectBatches } from '../records/batches/batches.ts';
import { selectBatchItems } from '../records/student-groups/standing.ts';
import { addSuggestions } from '../records/student-groups/suggestions.ts';
import { askLms } from './ask-lms.ts';
import { progressEvents, streamBatch } from './batch-events.ts';
import type { BatchStreams } from './batch-streams.ts';
import { BATCH_EXAMPLE, BatchRequest, BatchView, createBatch, hashRequest, viewBatch } from './create-batch.ts';
import { Cause, ClassName } from './forecast.ts';
import { IdempotencyKey, readKey } from './idempotency-key.ts';
import { CountryCode, Instant, ReasonAnswer, SAMPLE, StateAnswer, StateFilter } from './shared-schemas.ts';
import { findByText, STUDENT_GROUP_FILTERS } from './student-group-list.ts';
import { batchSubject, LMS_UNAVAILABLE, type VerbContext } from './verb-routes.ts';

export interface CoordinateContext extends VerbContext {
  rulebook: VerbContext['rulebook'] & PrintingRules;
  lms: Pick<Lms, 'pullRelease' | 'pullOne'>;
  /** Ids of the certificate templates available for awards. */
  templates: () => Iterable<string>;
  /** The open streams of this process. */
  streams: BatchStreams;
}

const BODY_LIMIT = 1024 * 1024;
const Uuid = z.uuid();

const BatchItem = z
  .object({
    studentGroupId: z.string(),
    studentId: z.string().nullable(),
    fullName: z.string().nullable().describe('As a coordinator wrote it, else as the LMS has it.'),
    country: CountryCode.nullable().describe('Of the certificate, else of the decision; null where it is not known.'),
    certTemplate: z.string().nullable().describe('Of the certificate, else of the decision.'),
    state: StateAnswer,
    reason: ReasonAnswer.nullable(),
    decisionId: z
      .uuid()
      .nullable()
      .describe('The newest decision about the student group; null before it is evaluated.'),
    certificateId: z.uuid().nullable(),
    sendAfter: Instant.nullable().describe('Earliest time at which the letter can be sent; null if no letter waits.'),
    nextAttemptAt: Instant.nullable().describe(
      'Time of the next request to the LMS; null unless the item waits for the LMS.',
    ),
    wouldBe: z.string().nullable().describe('Only in a dry run: the state that a real run would give.'),
    class: ClassName.nullable().describe(
      'Class of the student group in the report of a dry run; null before it is evaluated.',
    ),
    cause: Cause,
  })
  .meta({ id: 'BatchItem', description: 'One student group in a batch.' });

/** HTTP routes for batches. */
export function batchRoutes(ctx: CoordinateContext): Route[] {
  return [createRoute(ctx), listRoute(ctx), showRoute(ctx), itemsRoute(ctx), eventsRoute(ctx)];
}

function createRoute(ctx: CoordinateContext): Route {
  return jsonRoute({
    method: 'POST',
    path: '/api/batches',
    name: 'createBatch',
    tag: 'Batches',
    summary: 'Start a batch',
    description:
      'Evaluates the student groups of a release, or some of them by id, awards certificates to those who meet the criteria, and sends the diplomas. With `dryRun` nothing is awarded or sent.',
    role: 'coordinator',
    headers: z.object({
      'Idempotency-Key': IdempotencyKey,
    }),
    body: {
      schema: BatchRequest,
      example: { releaseId: SAMPLE.release, countries: ['KZ', 'UZ'], dryRun: true, note: 'Autumn release' },
      limit: BODY_LIMIT,
    },
    answer: {
      status: 202,
      description: 'The batch is stored. Workers process it in the background.',
      schema: BatchView,
      example: BATCH_EXAMPLE,
      headers: { Location: 'URL of the batch.' },
    },
    problems: {
      404: problemAnswer(404, message('unknown.release'), message('unknown.release')),
      409: problemAnswer(409, 'The `Idempotency-Key` was used for another request.', message('state.key-reused')),
      422: problemAnswer(
        422,
        'The release in the LMS cannot be used; `errors` says why.',
        "The LMS's release cannot be used: issueDate: expected a date from 1900 to 2199",
        { errors: [{ pointer: '/releaseId', detail: 'issueDate: expected a date from 1900 to 2199' }] },
      ),
      503: LMS_UNAVAILABLE,
    },
    handle: async ({ req, res, body: request, actor }) => {
      const idempotencyKey = readKey(req.headers['idempotency-key']);
      // Checked before the LMS is called, so that a repeated request gets its answer even while the LMS is down.
      const before = idempotencyKey === null ? null : await selectBatchByKey(ctx.db, actor, idempotencyKey);
      if (before === null) {
        if (request.releaseId !== null) await checkRelease(ctx.lms, request.releaseId);
        checkTemplate(ctx, request.template);
      }
      const batch = before ?? (await createBatch(ctx, request, { actor, idempotencyKey }));
      if (batch.requestHash !== hashRequest(request)) {
        throw new Problem(409, message('state.key-reused'));
      }
      res.location(`/api/batches/${batch.id}`);
      return viewBatch(ctx.db, batch, ctx.clock.now(), ctx.rulebook);
    },
  });
}

async function checkRelease(lms: Pick<Lms, 'pullRelease'>, releaseId: string): Promise<void> {
  const answer = await askLms(() => lms.pullRelease(releaseId));
  if (answer === null) throw new Problem(404, message('unknown.release'));
  if (!answer.ok) {
    const detail = message('http.release-unusable', { fault: answer.detail });
    throw new Problem(422, detail, { errors: [{ pointer: '/releaseId', detail: answer.detail }] });
  }
}

function checkTemplate(ctx: CoordinateContext, template: string | null): void {
  const known = [...ctx.templates()].sort();
  if (template === null || known.includes(template)) return;
  const errors = [{ pointer: '/template', detail: `unknown template; known: ${known.join(', ') || 'none'}` }];
  throw new Problem(400, message('http.form'), { errors });
}

function listRoute(ctx: CoordinateContext): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/batches',
    name: 'listBatches',
    tag: 'Batches',
    summary: 'List batches',
    description: 'Newest first.',
    role: 'viewer',
    query: z.strictObject({ limit: Limit, cursor: cursorOf(Uuid) }),
    answer: {
      description: 'One page of batches.',
      schema: pageOf(BatchView),
      example: { items: [BATCH_EXAMPLE], nextCursor: null },
    },
    handle: async ({ query: { limit, cursor } }) => {
      const rows = await selectBatches(ctx.db, limit + 1, cursor);
      const page = toPage<Batch, Batch>(
        rows,
        limit,
        (batch) => batch.id,
        (batch) => batch,
      );
      const items = [];
      for (const batch of page.items) items.push(await viewBatch(ctx.db, batch, ctx.clock.now()));
      return { items, nextCursor: page.nextCursor };
    },
  });
}

function showRoute(ctx: CoordinateContext): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/batches/:id',
    name: 'getBatch',
    tag: 'Batches',
    summary: 'Show a batch',
    role: 'viewer',
    subject: batchSubject(ctx.db),
    answer: { description: 'The current state of the batch.', schema: BatchView, example: BATCH_EXAMPLE },
    handle: ({ subject }) => viewBatch(ctx.db, subject, ctx.clock.now(), ctx.rulebook),
  });
}

function itemsRoute(ctx: CoordinateContext): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/batches/:id/items',
    name: 'listBatchItems',
    tag: 'Batches',
    summary: 'List the items of a batch',
    description: 'Items are sorted by the id of the student group.',
    role: 'viewer',
    subject: batchSubject(ctx.db),
    query: z.strictObject({
      limit: Limit,
      cursor: cursorOf(plainText(250)),
      state: StateFilter,
      class: z
        .enum(BATCH_CLASS_NAMES, message('input.one-of', { known: BATCH_CLASS_NAMES.join(', ') }))
        .optional()
        .describe('Only those of this class.'),
      cause: plainText(100)
        .optional()
        .describe('Only those with this cause, as the report of a dry run names it.')
        .meta({ example: 'country-unknown' }),
      reason: STUDENT_GROUP_FILTERS.reason,
      wouldBe: StateFilter.describe('Of a dry run: only those that would come to this state.'),
      q: STUDENT_GROUP_FILTERS.q,
    }),
    answer: {
      description: 'One page of items.',
      schema: pageOf(BatchItem),
      example: {
        items: [
          {
            studentGroupId: SAMPLE.studentGroup,
            studentId: SAMPLE.student,
            fullName: 'Айгүл Нұрмұхамедова',
            country: null,
            certTemplate: null,
            state: 'held',
            reason: { code: 'country-unknown', detail: 'No source names a country; override the country.' },
            decisionId: SAMPLE.decision,
            certificateId: null,
            sendAfter: null,
            nextAttemptAt: null,
            wouldBe: null,
            class: 'held',
            cause: 'country-unknown',
          },
        ],
        nextCursor: 'c2dfMDAwMQ',
      },
    },
    handle: async ({ subject, query: { limit, cursor, ...narrowing } }) => {
      const { state = null, reason = null, wouldBe = null, class: of = null, cause = null, q } = narrowing;
      const found = await findByText(ctx.db, q);
      if (found === null) return { items: [], nextCursor: null };
      const query = { ...found, state, reason, wouldBe, class: of, cause, after: cursor, limit: limit + 1 };
      const rows = await addSuggestions(ctx.db, await selectBatchItems(ctx.db, subject.id, query));
      const toItem = ({ sendAfter, nextAttemptAt, ...row }: (typeof rows)[number]) => ({
        ...row,
        sendAfter: sendAfter?.toISOString() ?? null,
        nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
      });
      return toPage(rows, limit, (row) => row.studentGroupId, toItem);
    },
  });
}

function eventsRoute(ctx: CoordinateContext): Route {
  return contentRoute({
    method: 'GET',
    path: '/api/batches/:id/events',
    name: 'watchBatch',
    tag: 'Batches',
    summary: 'Watch the progress of a batch',
    description:
      'Server-sent events: `progress` with the batch after every change, a comment every 15 seconds, and `end` with the final state when the batch is finished or cancelled.',
    role: 'viewer',
    subject: batchSubject(ctx.db),
    answers: {
      200: {
        description: 'A stream of server-sent events.',
        content: {
          'text/event-stream': {
            schema: z.string(),
            example: `event: progress\ndata: ${JSON.stringify(BATCH_EXAMPLE)}\n\nevent: end\ndata: {"state":"finished"}\n\n`,
          },
        },
      },
    },
    problems: {
      429: problemAnswer(429, 'Too many open streams of this token.', message('http.streams', { most: 20 })),
    },
    handle: ({ req, res, subject }) => {
      const { id: account } = identityOf(res);
      const owner = { kind: 'token', id: account, account } as const;
      streamBatch(req, res, { streams: ctx.streams, batchId: subject.id, owner, texts: progressEvents(res) });
    },
  });
}
