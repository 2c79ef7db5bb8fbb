import type { Db } from '../rows.ts';

/** How many student groups are held for each reason, most first. Reads the sizes of buckets, no student groups. */
export async function countHeldByReason(db: Db): Promise<{ reason: string; count: number }[]> {
  const { rows } = await db.raw<{ rows: { reason: string; count: number }[] }>(
    `select reason_code as reason, sum(size) as count from find_bucket where state = 'held' and size > 0
     group by reason_code order by count desc, reason_code`,
  );
  return rows.map(({ reason, count }) => ({ reason, count: Number(count) }));
}
