import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { CERTIFICATE_STATES } from '../domain/certificate/certificate-state.ts';
import { actorOf, identityOf, requireRole } from '../platform/http/auth.ts';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { readJson } from '../platform/http/json-body.ts';
import { Problem } from '../platform/http/problem.ts';
import { cursorOf, Limit, parseBody, parseInput, plainText, refuseQuery, toPage } from '../platform/http/validate.ts';
import type { Lms } from '../ports/lms.ts';
import { type Batch, selectBatch, selectBatchByKey, selectBatches } from '../records/batches/batches.ts';
import { selectBatchItems } from '../records/student-groups/standing.ts';
import { addSuggestions } from '../records/student-groups/suggestions.ts';
import { askLms } from './ask-lms.ts';
import { streamBatch } from './batch-events.ts';
import { BatchRequest, createBatch, hashRequest, viewBatch } from './create-batch.ts';
import type { VerbContext } from './verb-routes.ts';

export interface CoordinateContext extends VerbContext {
  lms: Pick<Lms, 'pullRelease' | 'pullOne'>;
  /** Ids of the certificate templates available for awards. */
  templates: () => Iterable<string>;
  /** Sleeps; rejects when the signal aborts. */
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborts when the process is about to stop. */
  stopping: AbortSignal;
}

const BODY_LIMIT = 1024 * 1024;
const Uuid = z.uuid();
const BatchList = z.strictObject({ limit: Limit, cursor: cursorOf(Uuid) });
const ItemList = z.strictObject({
  limit: Limit,
  cursor: cursorOf(plainText(250)),
  state: z.enum(CERTIFICATE_STATES, `expected one of ${CERTIFICATE_STATES.join(', ')}`).optional(),
});

/** Routes of coordinators' batches; `/api` has already authenticated the caller. */
export function declareBatchRoutes(app: Express, ctx: CoordinateContext): void {
  const viewer = requireRole('viewer');
  declareRoute(app, '/api/batches', {
    GET: [viewer, listBatches(ctx)],
    POST: [requireRole('coordinator'), ...readJson(BODY_LIMIT), postBatch(ctx)],
  });
  declareRoute(app, '/api/batches/:id', { GET: [viewer, showBatch(ctx)] });
  declareRoute(app, '/api/batches/:id/items', { GET: [viewer, listItems(ctx)] });
  declareRoute(app, '/api/batches/:id/events', { GET: [viewer, watchBatch(ctx)] });
}

function postBatch(ctx: CoordinateContext): RequestHandler {
  return async (req, res) => {
    const request = parseBody(BatchRequest, req);
    const idempotencyKey = readKey(req.headers['idempotency-key']);
    const actor = actorOf(identityOf(res));
    // Before the LMS is queried, so that a repeated request is answered even while the LMS is down.
    const before = idempotencyKey === null ? null : await selectBatchByKey(ctx.db, actor, idempotencyKey);
    if (before === null) {
      if (request.releaseId !== null) await checkRelease(ctx.lms, request.releaseId);
      checkTemplate(ctx, request.template);
    }
    const batch = before ?? (await createBatch(ctx, request, { actor, idempotencyKey }));
    if (batch.requestHash !== hashRequest(request)) {
      throw new Problem(409, 'This Idempotency-Key was used for another request; take a new key for a new batch.');
    }
    res
      .status(202)
      .location(`/api/batches/${batch.id}`)
      .json(await viewBatch(ctx.db, batch, ctx.clock.now()));
  };
}

function readKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw new Problem(400, 'Idempotency-Key: expected 1 to 255 printable ASCII characters without spaces.');
}

async function checkRelease(lms: Pick<Lms, 'pullRelease'>, releaseId: string): Promise<void> {
  const answer = await askLms(() => lms.pullRelease(releaseId));
  if (answer === null) throw new Problem(404, 'The LMS knows no release of this id.');
  if (!answer.ok) {
    const detail = `The LMS's release cannot be used: ${answer.detail}`;
    throw new Problem(422, detail, { errors: [{ pointer: '/releaseId', detail: answer.detail }] });
  }
}

function checkTemplate(ctx: CoordinateContext, template: string | null): void {
  const known = [...ctx.templates()].sort();
  if (template === null || known.includes(template)) return;
  const errors = [{ pointer: '/template', detail: `unknown template; known: ${known.join(', ') || 'none'}` }];
  throw new Problem(400, 'The request does not have the expected form; see errors.', { errors });
}

function listBatches(ctx: CoordinateContext): RequestHandler {
  return async (req, res) => {
    const { limit, cursor } = parseInput(BatchList, req.query);
    const page = toPage(
      await selectBatches(ctx.db, limit + 1, cursor),
      limit,
      (batch) => batch.id,
      (batch) => batch,
    );
    const items = [];
    for (const batch of page.items) items.push(await viewBatch(ctx.db, batch, ctx.clock.now()));
    res.json({ items, nextCursor: page.nextCursor });
  };
}

async function findBatch(ctx: CoordinateContext, id: string): Promise<Batch> {
  const batch = Uuid.safeParse(id).success ? await selectBatch(ctx.db, id) : null;
  if (batch === null) throw new Problem(404, 'There is no batch of this id.');
  return batch;
}

function showBatch(ctx: CoordinateContext): RequestHandler {
  return async (req, res) => {
    const batch = await findBatch(ctx, pathParam(req, 'id'));
    refuseQuery(req);
    res.json(await viewBatch(ctx.db, batch, ctx.clock.now()));
  };
}

function listItems(ctx: CoordinateContext): RequestHandler {
  return async (req, res) => {
    const batch = await findBatch(ctx, pathParam(req, 'id'));
    const { limit, cursor, state } = parseInput(ItemList, req.query);
    const query = { state: state ?? null, after: cursor, limit: limit + 1 };
    const rows = await addSuggestions(ctx.db, await selectBatchItems(ctx.db, batch.id, query));
    const toItem = ({ sendAfter, nextAttemptAt, ...row }: (typeof rows)[number]) => ({
      ...row,
      sendAfter: sendAfter?.toISOString() ?? null,
      nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    });
    res.json(toPage(rows, limit, (row) => row.studentGroupId, toItem));
  };
}

function watchBatch(ctx: CoordinateContext): RequestHandler {
  return async (req, res) => {
    const batch = await findBatch(ctx, pathParam(req, 'id'));
    refuseQuery(req);
    const look = async () => viewBatch(ctx.db, await findBatch(ctx, batch.id), ctx.clock.now());
    await streamBatch(req, res, { look, sleep: ctx.sleep, stopping: ctx.stopping });
  };
}
