import type { Knex } from 'knex';

/**
 * The subjects that have a job in the queue: waiting, deferred, to be retried, or running. A job's data name its
 * subject as `id`.
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

/** Whether the queue has a due job with exactly this data: waiting, to be retried, or running. */
export async function isDue(db: Knex, queue: string, data: object): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { due: boolean }[] }>(
    `select exists (select 1 from pgboss.job where name = ? and data - 'trace' = ?::jsonb
       and (state in ('retry', 'active') or state = 'created' and start_after <= now())) as due`,
    [queue, JSON.stringify(data)],
  );
  return rows[0]?.due ?? false;
}

/** Makes the deferred jobs of these subjects due now. */
export async function hastenQueued(db: Knex, queue: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.raw(
    `with hastened as (update pgboss.job set start_after = now()
       where name = ? and state = 'created' and start_after > now() and data ->> 'id' = any(?::text[]) returning name)
     select ${announced('name')} from (select distinct name from hastened) as hastened`,
    [queue, [...ids]],
  );
}

/** Wakes idle workers of a queue as pg-boss does for a new job; without it they find the job when they look next. */
export function announced(queue: string): string {
  return `pg_notify('pgboss_' || left(encode(sha224('pgboss'), 'hex'), 24), ${queue})`;
}
