import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { message } from './domain/messages/message.ts';
import type { Enqueue } from './pipeline/context.ts';
import {
  BAD_REQUEST,
  empty,
  METHOD_NOT_ALLOWED,
  problemAnswer,
  TOO_LARGE,
  UNAVAILABLE,
} from './platform/http/answers.ts';
import { sameSecret } from './platform/http/auth.ts';
import { pathParam, type Route } from './platform/http/declare-route.ts';
import { readBytes, requestBytes } from './platform/http/json-body.ts';
import { type InputFault, Problem } from './platform/http/problem.ts';
import type { Clock } from './ports/clock.ts';
import type { MailCallbacks } from './ports/mail.ts';
import type { RefusedWebhook } from './ports/refused-webhook.ts';
import { insertLmsEvent, type LmsEvent, subjectOf } from './records/lms/lms-events.ts';
import type { Db } from './records/rows.ts';

export interface WebhookContext {
  db: Db;
  enqueue: Enqueue;
  clock: Pick<Clock, 'now'>;
  /** Checks signature and age of a webhook with the secrets, and parses the event. */
  verifyLmsWebhook: (input: {
    headers: Record<string, string | string[] | undefined>;
    rawBody: Buffer;
    now: Date;
  }) => { ok: true; event: LmsEvent } | RefusedWebhook;
  /** How the configured mail provider sends callbacks. */
  callbacks: MailCallbacks;
  countWebhook: (source: string, type: string) => void;
}

const LMS_LIMIT = 256 * 1024;
const HASTEN_MS = 2000;
const CALLBACK_LIMIT = 4 * 1024 * 1024;
const callbackPath = ({ route }: MailCallbacks): string => `/webhooks/${route}/:secret`;
const KNOWN_TYPES = new Set([
  'student-group.updated',
  'student-group.completed',
  'student-group.deleted',
  'release.closed',
]);

const LmsHeaders = z.object({
  'webhook-id': z
    .string()
    .describe('Id of the event. The same id has no effect a second time.')
    .meta({ example: 'msg_2026112001' }),
  'webhook-timestamp': z
    .string()
    .describe('Time as seconds since 1970, at most five minutes from now.')
    .meta({ example: '1795424100' }),
  'webhook-signature': z
    .string()
    .describe(
      '`v1,` and the Base64 HMAC-SHA256 of `id.timestamp.body`. During a rotation of secrets there can be several signatures, separated by spaces.',
    )
    .meta({ example: 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=' }),
});
const LmsEventBody = z
  .looseObject({
    type: z
      .string()
      .min(1)
      .max(200)
      .describe(
        `One of ${[...KNOWN_TYPES].join(', ')}. Events of other types are stored and counted, but have no effect.`,
      ),
    timestamp: z.iso.datetime({ offset: true }).nullish().describe('Time of the event; default: `webhook-timestamp`.'),
    data: z
      .unknown()
      .optional()
      .describe(
        'An object with `studentGroupId`, or with `releaseId` for `release.closed`. Ids are text or whole numbers.',
      ),
  })
  .meta({
    id: 'LmsEvent',
    description: 'An event in the LMS. It contains only ids, because Gramota then reads the data from the LMS.',
  });
const Callback = z.unknown().meta({
  id: 'Callback',
  description:
    '`{"events": […]}`, or a stream of JSON objects. Any fields are allowed; Gramota looks only for ids, by name.',
});
const REFUSED_CODING = problemAnswer(
  415,
  'The request body is compressed.',
  'This content encoding is not supported; send the body uncompressed.',
);

/** Routes for webhooks and callbacks. Each one is checked, stored and answered at once, and processed later. */
export function webhookRoutes(ctx: WebhookContext): Route[] {
  return [
    {
      method: 'POST',
      path: '/webhooks/lms',
      name: 'receiveLmsEvent',
      tag: 'Webhooks',
      summary: 'Report an event in the LMS',
      description:
        'A webhook as in Standard Webhooks. The event is stored before the response. A repeated `webhook-id` has no effect.',
      access: 'lms-signature',
      headers: LmsHeaders,
      body: {
        schema: LmsEventBody,
        example: {
          type: 'student-group.completed',
          timestamp: '2026-11-20T09:15:00Z',
          data: { studentGroupId: 'sg_0001', releaseId: 'rel_2026a' },
        },
        mediaType: 'application/json',
        required: true,
      },
      answers: {
        202: empty('The event is stored.'),
        400: BAD_REQUEST,
        401: problemAnswer(401, 'The signature is missing, wrong or too old.', 'The signature does not match.'),
        405: METHOD_NOT_ALLOWED,
        413: TOO_LARGE,
        415: REFUSED_CODING,
        503: UNAVAILABLE,
      },
      handlers: [readBytes(LMS_LIMIT), takeLmsEvent(ctx)],
    },
    {
      method: 'POST',
      path: callbackPath(ctx.callbacks),
      name: 'receiveCallbacks',
      tag: 'Webhooks',
      summary: 'Report a change of letters',
      description:
        'A callback of the mail provider. Its contents are not trusted: it only makes Gramota query the provider sooner.',
      access: 'anyone',
      params: z.object({
        secret: z
          .string()
          .describe(`\`${ctx.callbacks.secretSetting}\`.`)
          .meta({ example: 'fictional-callback-secret' }),
      }),
      body: {
        schema: Callback,
        example: { events: [{ type: 'delivery' }] },
        mediaType: 'application/json',
        required: true,
      },
      answers: {
        202: empty('The callback is accepted; Gramota will query the mail provider.'),
        400: BAD_REQUEST,
        404: problemAnswer(404, 'The secret in the address is wrong.', message('unknown.address')),
        405: METHOD_NOT_ALLOWED,
        413: TOO_LARGE,
        415: REFUSED_CODING,
        503: UNAVAILABLE,
      },
      handlers: [readBytes(CALLBACK_LIMIT), takeCallbacks(ctx)],
    },
  ];
}

/** With a wrong secret the address does not exist, whatever the HTTP method. */
export function guardCallbacks(app: Express, { callbacks }: Pick<WebhookContext, 'callbacks'>): void {
  const path = callbackPath(callbacks);
  app.use(path, (req, res, next) => {
    const expected = callbacks.secret;
    res.locals['route'] = path;
    if (expected === undefined || !sameSecret(pathParam(req, 'secret'), expected)) {
      throw new Problem(404, message('unknown.address'));
    }
    next();
  });
}

function takeLmsEvent(ctx: WebhookContext): RequestHandler {
  return async (req, res) => {
    const checked = ctx.verifyLmsWebhook({ headers: req.headers, rawBody: requestBytes(req), now: ctx.clock.now() });
    if (!checked.ok) throw new Problem(checked.status, checked.detail, errorsOf(checked));
    const { event } = checked;
    await ctx.db.transaction(async (trx) => {
      const isNew = await insertLmsEvent(trx, event, ctx.clock.now());
      const subject = subjectOf(event);
      if (isNew && subject) await ctx.enqueue(trx, subject.queue, [{ id: subject.id }], { singletonKey: subject.id });
    });
    ctx.countWebhook('lms', KNOWN_TYPES.has(event.type) ? event.type : 'unknown');
    res.status(202).end();
  };
}

function takeCallbacks(ctx: WebhookContext): RequestHandler {
  return async (req, res) => {
    const read = ctx.callbacks.parse(requestBytes(req));
    if (!read.ok) throw new Problem(400, read.detail, { errors: [{ pointer: '', detail: read.detail }] });
    if (read.events > 0) await hasten(ctx);
    ctx.countWebhook(ctx.callbacks.route, 'callback');
    res.status(202).end();
  };
}

/** Without faults of its own the whole body, or a header, is faulty. */
function errorsOf({ status, detail, faults }: RefusedWebhook): { errors?: InputFault[] } {
  return status === 400 ? { errors: faults ?? [{ pointer: '', detail }] } : {};
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
