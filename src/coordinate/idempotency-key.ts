import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import { Problem } from '../platform/http/problem.ts';

/** The header `Idempotency-Key`, as it is described. */
export const IdempotencyKey = z
  .string()
  .optional()
  .describe(
    '1 to 255 printable ASCII characters without spaces. A repeat with the same key and the same body gets the same answer; nothing is started twice.',
  )
  .meta({ example: 'autumn-2026-first' });

/** @throws Problem 400 for a malformed key */
export function readKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw new Problem(400, message('http.idempotency-key'));
}
