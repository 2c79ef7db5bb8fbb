import { createHash, randomUUID } from 'node:crypto';
import { type Fields, fieldOf } from '../desk-route.ts';

/** Hidden field of a form that begins something: the same form sent twice begins it once. */
export const formToken = (): { once: string } => ({ once: randomUUID() });

/**
 * The Idempotency-Key of a form that was sent, by its token and by what was typed: sent again with other values it is
 * another request. Null for a form without a token.
 */
export function keyOfForm(fields: Fields): string | null {
  const token = fieldOf(fields, 'once');
  if (token === undefined) return null;
  return `form-${createHash('sha256').update(JSON.stringify(fields)).digest('hex')}`;
}
