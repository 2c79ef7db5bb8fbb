import type { Db } from '../rows.ts';

/** Entries per list: the minimum that verifiers of BitstringStatusList accept, so that an entry reveals little. */
export const STATUS_LIST_LENGTH = 131_072;
/** Random tries in the newest list before the next one is started; it is then about half full. */
const TRIES = 4;

/**
 * Reserves a position for a credential in the newest status list, or in the next one when that is full enough. Two
 * credentials never share a position, even with concurrent transactions.
 * @param randomBelow returns a random integer from 0 to below its argument
 */
export async function reserveStatusEntry(
  trx: Db,
  version: { certificateId: string; version: number },
  randomBelow: (limit: number) => number,
): Promise<{ list: number; index: number }> {
  const newest = await trx('status_entry').max<{ list: number | null }>({ list: 'list' }).first();
  for (let tried = 0; ; tried += 1) {
    const list = (newest?.list ?? 1) + Math.floor(tried / TRIES);
    const index = randomBelow(STATUS_LIST_LENGTH);
    const row = { list, index, certificate_id: version.certificateId, version: version.version };
    const taken = await trx('status_entry').insert(row).onConflict(['list', 'index']).ignore().returning('list');
    if (taken.length > 0) return { list, index };
  }
}

/**
 * Positions of revoked or superseded credentials in a status list, ascending. A position never disappears from the
 * result.
 */
export async function selectRevokedIndexes(db: Db, list: number): Promise<number[]> {
  return db('status_entry as e')
    .join('credential_revocation as r', (on) =>
      on.on('r.certificate_id', 'e.certificate_id').on('r.version', 'e.version'),
    )
    .where('e.list', list)
    .orderBy('e.index')
    .pluck('e.index');
}

/**
 * Number of revocations in all lists. Revocations are never deleted, so equal numbers mean equal lists; counting them
 * costs much less than reading a list.
 */
export async function countRevocations(db: Db): Promise<number> {
  const [row] = await db('credential_revocation').count({ n: '*' });
  return Number(row?.['n']);
}

/** Whether a list exists. */
export async function hasStatusList(db: Db, list: number): Promise<boolean> {
  return (await db('status_entry').where({ list }).first('list')) !== undefined;
}
