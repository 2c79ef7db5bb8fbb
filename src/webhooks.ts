import type { Express } from 'express';
import type { Enqueue } from './pipeline/context.ts';
import { sameSecret } from './platform/http/auth.ts';
import { declareRoute, pathParam } from './platform/http/declare-route.ts';
import { readBytes, requestBytes } from './platform/http/json-body.ts';
import { type InputFault, Problem } from './platform/http/problem.ts';
import type { Clock } from './ports/clock.ts';
import { insertLmsEvent, type LmsEvent, subjectOf } from './records/lms/lms-events.ts';
import type { Db } from './records/rows.ts';

export interface WebhookContext {
  db: Db;
  enqueue: Enqueue;
  clock: Pick<Clock, 'now'>;
  /** Checks signature and age, and parses the event; it has the secrets. */
  verifyLmsWebhook: (input: {
    headers: Record<string, string | string[] | undefined>;
    rawBody: Buffer;
    now: Date;
  }) => { ok: true; event: LmsEvent } | { ok: false; status: 400 | 401; detail: string };
  /** Parses a callback of the e-mail provider. */
  parseCallbacks: (rawBody: Buffer) => { ok: true; events: number } | { ok: false; detail: string };
  /** Secret part of the provider's callback address; without it the address does not exist. */
  sendsayCallbackSecret: string | undefined;
  countWebhook: (source: 'lms' | 'sendsay', type: string) => void;
}

const LMS_LIMIT = 256 * 1024;
const HASTEN_MS = 2000;
const CALLBACK_LIMIT = 4 * 1024 * 1024;
const KNOWN_TYPES = new Set([
  'student-group.updated',
  'student-group.completed',
  'student-group.deleted',
  'release.closed',
]);

/** Incoming webhooks: verified, stored and answered at once, processed later. */
export function declareWebhooks(app: Express, ctx: WebhookContext): void {
  declareRoute(app, '/webhooks/lms', {
    POST: [
      readBytes(LMS_LIMIT),
      async (req, res) => {
        const checked = ctx.verifyLmsWebhook({
          headers: req.headers,
          rawBody: requestBytes(req),
          now: ctx.clock.now(),
        });
        if (!checked.ok) throw new Problem(checked.status, checked.detail, faultsOf(checked));
        const { event } = checked;
        await ctx.db.transaction(async (trx) => {
          const isNew = await insertLmsEvent(trx, event, ctx.clock.now());
          const subject = subjectOf(event);
          if (isNew && subject)
            await ctx.enqueue(trx, subject.queue, [{ id: subject.id }], { singletonKey: subject.id });
        });
        ctx.countWebhook('lms', KNOWN_TYPES.has(event.type) ? event.type : 'unknown');
        res.status(202).end();
      },
    ],
  });

  app.use('/webhooks/sendsay/:secret', (req, res, next) => {
    const expected = ctx.sendsayCallbackSecret;
    res.locals['route'] = '/webhooks/sendsay/:secret';
    if (expected === undefined || !sameSecret(pathParam(req, 'secret'), expected)) {
      throw new Problem(404, 'There is nothing at this address.');
    }
    next();
  });
  declareRoute(app, '/webhooks/sendsay/:secret', {
    POST: [
      readBytes(CALLBACK_LIMIT),
      async (req, res) => {
        const read = ctx.parseCallbacks(requestBytes(req));
        if (!read.ok) throw new Problem(400, read.detail, faultsOf({ status: 400, detail: read.detail }));
        if (read.events > 0) await hasten(ctx);
        ctx.countWebhook('sendsay', 'callback');
        res.status(202).end();
      },
    ],
  });
}

/** The pointer at the start of a detail names the faulty place; otherwise the whole body is faulty. */
function faultsOf({ status, detail }: { status: number; detail: string }): { errors?: InputFault[] } {
  if (status !== 400) return {};
  const [, pointer = '', what = detail] = /^(\/[^\s:]*): (.*)$/s.exec(detail) ?? [];
  return { errors: [{ pointer, detail: what }] };
}

/**
 * A callback is not trusted; it only triggers an earlier query to the provider. Its job key differs from the regular
 * sweep's, which usually has a deferred job already; many callbacks in a short time trigger one query.
 */
async function hasten(ctx: WebhookContext): Promise<void> {
  const startAfter = new Date(ctx.clock.now().getTime() + HASTEN_MS);
  const options = { startAfter, singletonKey: 'hastened' };
  await ctx.enqueue(ctx.db, 'track', [{}], options);
  await ctx.enqueue(ctx.db, 'delivery', [{ hastened: true }], options);
}
