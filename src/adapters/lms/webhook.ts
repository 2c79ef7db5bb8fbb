import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { RefusedWebhook, WebhookFault } from '../../ports/refused-webhook.ts';
import { parseExact, readId } from './exact-json.ts';
import { formOf } from './value-forms.ts';

/** A verified webhook. Unknown types are passed on; ids are null when the body has none. */
export interface WebhookEvent {
  /** `webhook-id`: the same for every retry of one message. */
  id: string;
  type: string;
  studentGroupId: string | null;
  releaseId: string | null;
  /** The body's `timestamp`, else the header's. */
  at: Date;
}

export type WebhookResult = { ok: true; event: WebhookEvent } | RefusedWebhook;

/** Tolerance against replays, required by Standard Webhooks: five minutes in both directions, in seconds. */
const TOLERANCE_SECONDS = 300;
const MAX_SIGNATURES = 32;

// PostgreSQL accepts neither U+0000 nor lone surrogates in a text.
const WORD = 'expected text of 1 to 200 characters';
const Word = z
  .string(WORD)
  .min(1, WORD)
  .max(200, WORD)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'expected text without control characters and lone surrogates');
const OBJECT = 'expected a JSON object';
const Envelope = z.object(
  {
    type: Word,
    timestamp: z.iso.datetime({ offset: true, error: 'expected a time such as 2026-11-01T00:00:00Z' }).nullish(),
    data: z.unknown().optional(),
  },
  OBJECT,
);
/** Ids are read as in records: whole numbers become text. */
const Id = z
  .unknown()
  .transform((value, context) => {
    const id = value ?? null;
    const read = readId(id);
    if (id !== null && read === null)
      context.addIssue(`expected text or a whole number below 2^53; found ${formOf(value)}`);
    return read;
  })
  .pipe(Word.nullable())
  .optional();
const Ids = z.object({ studentGroupId: Id, releaseId: Id }, OBJECT);

/** The id that a known type requires. */
const NEEDED_ID: ReadonlyMap<string, 'studentGroupId' | 'releaseId'> = new Map([
  ['student-group.updated', 'studentGroupId'],
  ['student-group.completed', 'studentGroupId'],
  ['student-group.deleted', 'studentGroupId'],
  ['release.closed', 'releaseId'],
]);

/**
 * Verifies a webhook of the LMS by Standard Webhooks 1.0 (symmetric, `v1`): a signature over `id.timestamp.rawBody`,
 * with any of several secrets and signatures, compared in constant time. It does not parse an unverified body. The
 * standard's own library signs only text and uses the host's clock, so the signature is computed here, over bytes.
 *
 * @param input.headers as node:http gives them (lower-case names)
 * @param input.rawBody the bytes as received
 * @param input.secrets `whsec_` and base64, already validated
 * @throws Error when there is no secret, because anybody could sign with an empty key
 */
export function verifyLmsWebhook(input: {
  secrets: string[];
  headers: Record<string, string | string[] | undefined>;
  rawBody: Buffer;
  now: Date;
}): WebhookResult {
  const keys = input.secrets.map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'));
  if (keys.length === 0 || keys.some((key) => key.length === 0)) throw new Error('a webhook secret is empty');
  const id = one(input.headers['webhook-id']);
  const timestamp = one(input.headers['webhook-timestamp']);
  const signatures = one(input.headers['webhook-signature']);
  if (id === null || timestamp === null || signatures === null) {
    return refuse(401, 'webhook-id, webhook-timestamp and webhook-signature are all required');
  }
  if (!/^\d{1,12}$/.test(timestamp)) return refuse(401, 'webhook-timestamp: expected seconds since 1970');
  const seconds = Number(timestamp);
  if (Math.abs(Math.floor(input.now.getTime() / 1000) - seconds) > TOLERANCE_SECONDS) {
    return refuse(
      401,
      'webhook-timestamp is more than five minutes from now; check the clocks, or send the webhook again with a new timestamp',
    );
  }

  const sentAt = new Date(seconds * 1000);
  const given = signatures.split(' ', MAX_SIGNATURES).map((text) => Buffer.from(text));
  let matches = false;
  for (const key of keys) {
    const mac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(input.rawBody).digest('base64');
    const expected = Buffer.from(`v1,${mac}`);
    for (const signature of given) {
      if (signature.length === expected.length && timingSafeEqual(signature, expected)) matches = true;
    }
  }
  if (!matches) return refuse(401, 'webhook-signature: no v1 signature matches id, timestamp and body');
  return readEvent(id, sentAt, input.rawBody);
}

function readEvent(id: string, sentAt: Date, body: Buffer): WebhookResult {
  if (id.length > 200) return refuse(400, 'webhook-id: expected at most 200 characters');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return refuse(400, 'body: expected UTF-8');
  }
  let content: unknown;
  try {
    content = parseExact(text);
  } catch {
    return refuse(400, 'body: expected JSON');
  }
  const envelope = Envelope.safeParse(content);
  if (!envelope.success) return refuseBody(faultsOf(envelope.error, ''));
  const { type, timestamp, data } = envelope.data;
  const ids = Ids.safeParse(data ?? {});
  const needed = NEEDED_ID.get(type);
  if (needed !== undefined) {
    if (!ids.success) return refuseBody(faultsOf(ids.error, '/data'));
    if ((ids.data[needed] ?? null) === null)
      return refuseBody([{ pointer: `/data/${needed}`, detail: `required for ${type}` }]);
  }
  return {
    ok: true,
    event: {
      id,
      type,
      studentGroupId: ids.data?.studentGroupId ?? null,
      releaseId: ids.data?.releaseId ?? null,
      at: timestamp === undefined || timestamp === null ? sentAt : new Date(timestamp),
    },
  };
}

function faultsOf(error: z.ZodError, prefix: string): WebhookFault[] {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => ({ pointer: [prefix, ...path.map(String)].join('/'), detail: message }));
}

function one(header: string | string[] | undefined): string | null {
  const value = Array.isArray(header) ? header.join(' ') : header;
  return value === undefined || value.trim() === '' ? null : value.trim();
}

function refuse(status: 400 | 401, detail: string): RefusedWebhook {
  return { ok: false, status, detail };
}

function refuseBody(faults: WebhookFault[]): RefusedWebhook {
  const detail = faults.map((fault) => `${fault.pointer || 'body'}: ${fault.detail}`).join('; ');
  return { ok: false, status: 400, detail, faults };
}
