import { z } from 'zod';
import type { Reason } from '../../domain/failure.ts';
import { KEEPS_COPY } from '../../domain/obstacle/copy-obstacles.ts';
import { HAS_OBSTACLE } from '../certificates/obstacles.ts';
import { type Db, parseRow } from '../rows.ts';

/**
 * Opens copies of a letter to a teacher; there is one per address, and none to the teacher's own address.
 * @returns the ids of those that are new
 */
export async function insertCopies(
  trx: Db,
  letterId: string,
  copies: readonly { id: string; recipient: string }[],
  at: Date,
): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `insert into personal_issue (id, certificate_id, version, purpose, copy_of, state, recipient, due_at, send_after,
       created_at, changed_at)
     select c.id, l.certificate_id, l.version, l.purpose, l.id, 'waiting', c.recipient, :at, :at, :at, :at
     from teacher_letter as l, json_to_recordset(:copies::json) as c (id uuid, recipient text)
     where l.id = :letterId and l.recipient <> c.recipient
     on conflict do nothing returning id`,
    { letterId, copies: JSON.stringify(copies), at },
  );
  return rows.map(({ id }) => id);
}

const Standing = z.object({
  version: z.int(),
  newest: z.int(),
  state: z.string(),
  reason_code: z.string().nullable(),
  reason_detail: z.string().nullable(),
});

/** What a copy depends on: whether its version is the newest one, and how its letter ended if that never left. */
export async function selectCopyStanding(
  db: Db,
  id: string,
): Promise<{ version: number; newest: number; unsent: Reason<string> | null } | null> {
  const row = parseRow(
    Standing,
    await db('personal_issue as i')
      .join('personal_issue as l', 'l.id', 'i.copy_of')
      .where('i.id', id)
      .first('i.version', 'l.state', 'l.reason_code', 'l.reason_detail', {
        newest: db('certificate_version as v').whereRaw('v.certificate_id = i.certificate_id').max('version'),
      }),
  );
  if (row === null) return null;
  const { version, newest, state, reason_code: code, reason_detail: detail } = row;
  const left = state !== 'cancelled' && state !== 'refused';
  return { version, newest, unsent: left || code === null ? null : { code, detail: detail ?? '' } };
}

/** Gives up a copy that waits; no effect on anything else. */
export async function cancelCopy(db: Db, id: string, { code, detail }: Reason<string>, at: Date): Promise<void> {
  await db('personal_issue')
    .where({ id, state: 'waiting' })
    .whereNotNull('copy_of')
    .update({ state: 'cancelled', reason_code: code, reason_detail: detail, changed_at: at });
}

/** Copies that are due and that nothing keeps waiting, longest due first. */
export async function selectDueCopies(db: Db, at: Date, limit: number): Promise<string[]> {
  return db('personal_issue as i')
    .join('certificate as c', 'c.id', 'i.certificate_id')
    .whereRaw(`i.copy_of is not null and i.state = 'waiting'`)
    .where('i.send_after', '<=', at)
    .whereRaw(`not ${HAS_OBSTACLE(...KEEPS_COPY)}`)
    .orderBy('i.send_after')
    .limit(limit)
    .pluck('i.id');
}
