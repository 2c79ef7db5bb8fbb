import type { Db } from '../rows.ts';

/** Entries of one list: the least that verifiers of BitstringStatusList accept, so that nobody stands out. */
export const STATUS_LIST_LENGTH = 131_072;
/** Places that are tried in the newest list before the next one is begun: by then it is about half full. */
const TRIES = 4;

/**
 * Reserves a place for a credential in the newest status list, or in the next one when that is full enough. Two
 * credentials never share a place, whatever transactions run at once.
 * @param randomBelow a random whole number from 0 to below its argument
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
 * The places of a status list whose credentials are revoked or superseded, ascending: the list's bits, all of them.
 * A place once told here is told for ever.
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

/** Whether a list was ever begun. */
export async function hasStatusList(db: Db, list: number): Promise<boolean> {
  return (await db('status_entry').where({ list }).first('list')) !== undefined;
}
