import type { Knex } from 'knex';

/**
 * Which of some subjects a queue still has a job for: one that waits, for its time too, is to be tried again, or is in
 * hand. A subject is what a job's data names by `id`.
 */
export async function selectQueued(db: Knex, queue: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select distinct data ->> 'id' as id from pgboss.job
     where name = ? and state in ('created', 'retry', 'active') and data ->> 'id' = any(?::text[])`,
    [queue, [...ids]],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Whether a queue has a job with exactly this data that is due: it waits for its turn, is to be tried again, or is in hand. */
export async function isDue(db: Knex, queue: string, data: object): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { due: boolean }[] }>(
    `select exists (select 1 from pgboss.job where name = ? and data = ?::jsonb
       and (state in ('retry', 'active') or state = 'created' and start_after <= now())) as due`,
    [queue, JSON.stringify(data)],
  );
  return rows[0]?.due ?? false;
}

/** A queue's jobs for these subjects that wait for their time are due now. */
export async function hastenQueued(db: Knex, queue: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.raw(
    `update pgboss.job set start_after = now()
     where name = ? and state = 'created' and start_after > now() and data ->> 'id' = any(?::text[])`,
    [queue, [...ids]],
  );
}
