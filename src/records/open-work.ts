import { z } from 'zod';
import { type Db, parseRows } from './rows.ts';

const JobAges = z
  .object({ name: z.string(), waiting: z.number().int(), retrying: z.number().int(), oldest: z.number() })
  .transform(({ name, waiting, retrying, oldest }) => ({ queue: name, waiting, retrying, oldestSeconds: oldest }));
export type JobAges = z.infer<typeof JobAges>;

/**
 * Open jobs by queue: how many wait (deferred ones included), how many wait for another try, and for how many seconds
 * the oldest due job has been due or running. Queues without open jobs are left out.
 */
export async function selectJobAges(db: Db): Promise<JobAges[]> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select name, (count(*) filter (where state < 'active'))::int as waiting,
       (count(*) filter (where state = 'retry'))::int as retrying,
       coalesce(extract(epoch from now() - min(start_after) filter (where start_after <= now())), 0)::float8 as oldest
     from pgboss.job where state < 'completed' group by name`,
  );
  return parseRows(JobAges, rows);
}

const Bucket = z
  .object({ state: z.string(), reason_code: z.string(), size: z.number().int() })
  .transform(({ state, reason_code, size }) => ({ state, reason: reason_code, size }));
export type Bucket = z.infer<typeof Bucket>;

/** Student groups by state and reason (empty: none), from totals: its cost does not depend on their number. */
export async function selectBuckets(db: Db): Promise<Bucket[]> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select state, reason_code, sum(size)::int as size from find_totals group by state, reason_code having sum(size) > 0`,
  );
  return parseRows(Bucket, rows);
}

const Unknown = z.object({ count: z.number().int(), oldest: z.number() });

/** Letters whose outcome is not known: how many, and for how many seconds the oldest of them. */
export async function selectUnknownLetters(db: Db): Promise<{ count: number; oldest: number }> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select count(*)::int as count, coalesce(extract(epoch from now() - min(changed_at)), 0)::float8 as oldest
     from teacher_letter where state = 'uncertain'`,
  );
  return Unknown.parse(rows[0]);
}
