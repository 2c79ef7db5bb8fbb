import type { CriteriaFile } from '../domain/criteria/criteria.ts';
import type { Reason } from '../domain/failure.ts';
import { message } from '../domain/messages/message.ts';
import { endsCopy } from '../domain/obstacle/copy-obstacles.ts';
import { type Obstacle, reasonOf } from '../domain/obstacle/obstacle.ts';
import type { StageContext } from '../pipeline/context.ts';
import type { Clock } from '../ports/clock.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { cancelCopy, insertCopies, selectCopyStanding } from '../records/letters/copy-rows.ts';
import type { Db } from '../records/rows.ts';

/** The addresses that get copies of a certificate's letters, by its programme as it is now. */
export function copyTo({ programmes }: CriteriaFile, { programmeId }: Pick<Certificate, 'programmeId'>): string[] {
  return programmes.find(({ id }) => id === programmeId)?.copyTo ?? [];
}

/**
 * Opens the copies of a letter. Call it in the transaction that records that the provider accepted the letter; a repeat
 * opens none.
 */
export async function openCopies(
  ctx: Pick<StageContext, 'enqueue' | 'newId'> & { clock: Pick<Clock, 'now'> },
  trx: Db,
  letterId: string,
  addresses: readonly string[],
): Promise<void> {
  if (addresses.length === 0) return;
  const copies = addresses.map((recipient) => ({ id: ctx.newId(), recipient }));
  const opened = await insertCopies(trx, letterId, copies, ctx.clock.now());
  const jobs = opened.map((id) => ({ id }));
  if (jobs.length > 0) await ctx.enqueue(trx, 'send', jobs);
}

/**
 * Whether something stops a copy. A newer version, a letter that was never sent, and some obstacles of the certificate end
 * it: it may have waited for long. With other obstacles it waits, until the upkeep finds that they have ended.
 */
export async function isCopyStopped(
  ctx: Pick<StageContext, 'db' | 'clock'>,
  copyId: string,
  obstacles: readonly Obstacle[],
): Promise<boolean> {
  const obstacle = obstacles.find(({ code }) => endsCopy(code));
  const end = obstacle ? reasonOf(obstacle) : await outdated(ctx.db, copyId);
  if (end) await cancelCopy(ctx.db, copyId, end, ctx.clock.now());
  return end !== null || obstacles.length > 0;
}

async function outdated(db: Db, copyId: string): Promise<Reason<string> | null> {
  const copy = await selectCopyStanding(db, copyId);
  if (copy === null || copy.newest === copy.version) return copy?.unsent ?? null;
  return { code: 'superseded', detail: message('letter.superseded', { version: copy.newest }) };
}
