import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { InputError } from '../../domain/failure.ts';

/** What a verified webhook says. Unknown types are passed on; ids are null where the body has none. */
export interface LmsEvent {
  /** `webhook-id`: the same for every repeat of one message. */
  id: string;
  type: string;
  studentGroupId: string | null;
  releaseId: string | null;
  /** The body's `timestamp`, else the header's. */
  at: Date;
}

export type WebhookResult = { ok: true; event: LmsEvent } | { ok: false; status: 400 | 401; detail: string };

/** Standard Webhooks asks for a tolerance against replays; five minutes both ways, in seconds. */
const TOLERANCE_SECONDS = 300;
const MAX_SIGNATURES = 32;

// No store takes U+0000 or half a character in a text.
const Word = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'expected no control characters and no halves of characters');
const Envelope = z.object({
  type: Word,
  timestamp: z.iso.datetime({ offset: true }).nullish(),
  data: z.unknown().optional(),
});
const Ids = z.object({ studentGroupId: Word.nullish(), releaseId: Word.nullish() });

/** The id a known type cannot do without. */
const NEEDED_ID: ReadonlyMap<string, 'studentGroupId' | 'releaseId'> = new Map([
  ['student-group.updated', 'studentGroupId'],
  ['student-group.completed', 'studentGroupId'],
  ['student-group.deleted', 'studentGroupId'],
  ['release.closed', 'releaseId'],
]);

/**
 * Verifies a webhook of the LMS by the rules of Standard Webhooks 1.0 (symmetric, `v1`): signature over
 * `id.timestamp.rawBody`, any of several secrets, any of several signatures, compared in constant time.
 * Nothing of an unverified body is looked at. The signature comes from the `standardwebhooks` library; the age is
 * checked here because the library only knows the host's clock.
 *
 * @param input.headers as node:http gives them (lower-case names)
 * @param input.rawBody the bytes as received
 * @throws InputError when a secret is not `whsec_` and base64 (a fault of configuration, see checkWebhookSecrets)
 */
export function verifyLmsWebhook(input: {
  secrets: string[];
  headers: Record<string, string | string[] | undefined>;
  rawBody: Buffer;
  now: Date;
}): WebhookResult {
  const verifiers = toVerifiers(input.secrets);
  const id = one(input.headers['webhook-id']);
  const timestamp = one(input.headers['webhook-timestamp']);
  const signatures = one(input.headers['webhook-signature']);
  if (id === null || timestamp === null || signatures === null) {
    return refuse(401, 'webhook-id, webhook-timestamp and webhook-signature are all required');
  }
  if (!/^\d{1,12}$/.test(timestamp)) return refuse(401, 'webhook-timestamp: expected seconds since 1970');
  const seconds = Number(timestamp);
  if (Math.abs(Math.floor(input.now.getTime() / 1000) - seconds) > TOLERANCE_SECONDS) {
    return refuse(401, 'webhook-timestamp is more than five minutes from now; check the clocks, or send it anew');
  }

  const sentAt = new Date(seconds * 1000);
  const given = signatures.split(' ', MAX_SIGNATURES).map((text) => Buffer.from(text));
  const body = input.rawBody.toString('utf8');
  let matches = false;
  for (const verifier of verifiers) {
    const expected = Buffer.from(verifier.sign(id, sentAt, body));
    for (const signature of given) {
      if (signature.length === expected.length && timingSafeEqual(signature, expected)) matches = true;
    }
  }
  if (!matches) return refuse(401, 'webhook-signature: none of the v1 signatures fits id, timestamp and body');
  return readEvent(id, sentAt, body);
}

/**
 * Checks secrets at start, so that a bad one is a fault of configuration and not of a request.
 * @returns one line per fault, naming the secret by its place, never its text
 */
export function checkWebhookSecrets(secrets: string[]): string[] {
  if (secrets.length === 0) return ['no webhook secret is given; expected whsec_ followed by base64'];
  return secrets.flatMap((secret, index) => {
    const fault = `webhook secret ${index + 1} of ${secrets.length}: expected whsec_ followed by base64 of 24 to 64 bytes`;
    const text = secret.replace(/^whsec_/, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return [fault];
    const key = Buffer.from(text, 'base64');
    return key.length >= 24 && key.length <= 64 && key.toString('base64') === text ? [] : [fault];
  });
}

function toVerifiers(secrets: string[]): Webhook[] {
  try {
    return secrets.map((secret) => new Webhook(secret));
  } catch {
    throw new InputError(checkWebhookSecrets(secrets));
  }
}

function readEvent(id: string, sentAt: Date, body: string): WebhookResult {
  if (id.length > 200) return refuse(400, 'webhook-id: expected at most 200 characters');
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    return refuse(400, 'body: expected JSON');
  }
  const envelope = Envelope.safeParse(content);
  if (!envelope.success) return refuse(400, describe(envelope.error, ''));
  const { type, timestamp, data } = envelope.data;
  const ids = Ids.safeParse(data ?? {});
  const needed = NEEDED_ID.get(type);
  if (needed !== undefined) {
    if (!ids.success) return refuse(400, describe(ids.error, '/data'));
    if ((ids.data[needed] ?? null) === null) return refuse(400, `/data/${needed}: required for ${type}`);
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

function describe(error: z.ZodError, prefix: string): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${prefix}${issue.path.map((part) => `/${String(part)}`).join('') || '/'}: ${issue.message}`)
    .join('; ');
}

function one(header: string | string[] | undefined): string | null {
  const value = Array.isArray(header) ? header.join(' ') : header;
  return value === undefined || value.trim() === '' ? null : value.trim();
}

function refuse(status: 400 | 401, detail: string): WebhookResult {
  return { ok: false, status, detail };
}
