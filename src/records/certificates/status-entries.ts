import { sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { byPlace, type Db, inputTable } from '../rows.ts';

/** Entries per list: the minimum that verifiers of BitstringStatusList accept, so that an entry reveals little. */
export const STATUS_LIST_LENGTH = 131_072;
/** Random tries in the newest list before the next one is started; it is then about half full. */
const TRIES = 4;

interface Taken {
  /** The list that was tried. */
  list: number;
  taken: boolean;
}

interface Wanted {
  certificateId: string;
  version: number;
  list: number | null;
  index: number;
}

const WANTED = inputTable({ certificateId: 'uuid', version: 'integer', list: 'integer', index: 'integer' });

/** One round trip: takes a position, if it is free, in the given list or in the newest one. */
const TAKE = `
  with wanted as materialized (
    select i.*, coalesce(i.list, (select max(list) from status_entry), 1) as tried from ${WANTED.as('i')}),
  taken as (
    insert into status_entry (list, index, certificate_id, version)
    select tried, index, "certificateId", version from wanted
    on conflict (list, index) do nothing returning certificate_id, version)
  select w.place::int, w.tried as list, t.certificate_id is not null as taken
  from wanted as w left join taken as t on t.certificate_id = w."certificateId" and t.version = w.version`;

const take = sharedStatement<Wanted, Taken & { place: number }>(async (trx, wanted) => {
  const { rows } = await trx.raw<{ rows: (Taken & { place: number })[] }>(TAKE, WANTED.values(wanted));
  return byPlace(wanted.length, rows);
});

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
  let newest: number | null = null;
  for (let tried = 0; ; tried += 1) {
    const index = randomBelow(STATUS_LIST_LENGTH);
    const list: number | null = newest === null ? null : newest + Math.floor(tried / TRIES);
    const place = await take(trx, { ...version, list, index });
    if (place === undefined) throw new Error('no position of the status list was tried');
    if (place.taken) return { list: place.list, index };
    newest ??= place.list;
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
