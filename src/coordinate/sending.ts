import { message } from '../domain/messages/message.ts';
import { selectSendBrake } from '../records/letters/send-brake.ts';
import type { Db } from '../records/rows.ts';

/** Whether letters are sent, for `/readyz`; times are RFC 3339. */
export async function describeSending(
  db: Db,
): Promise<
  { state: 'open' } | { state: 'stopped'; since: string; unknownInARow: number; nextTry: string; detail: string }
> {
  const { unknownInRow, stopped } = await selectSendBrake(db);
  if (stopped === null) return { state: 'open' };
  return {
    state: 'stopped',
    since: stopped.since.toISOString(),
    unknownInARow: unknownInRow,
    nextTry: stopped.nextTry.toISOString(),
    detail: stopped.detail,
  };
}

/** One line for a batch whose letters cannot be sent; null while they can. */
export async function sendingNotice(db: Db): Promise<string | null> {
  const { unknownInRow, stopped } = await selectSendBrake(db);
  if (stopped === null) return null;
  return message('sending.stopped', {
    since: stopped.since.toISOString(),
    count: unknownInRow,
    detail: stopped.detail,
  });
}
