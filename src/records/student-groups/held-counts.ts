import type { Db } from '../rows.ts';

/** How many student groups are held for each reason, most first. Reads totals, no student groups. */
export async function countHeldByReason(db: Db): Promise<{ reason: string; count: number }[]> {
  const { rows } = await db.raw<{ rows: { reason: string; count: number }[] }>(
    `select reason_code as reason, sum(size) as count from find_totals where state = 'held'
     group by reason_code having sum(size) > 0 order by count desc, reason_code`,
  );
  return rows.map(({ reason, count }) => ({ reason, count: Number(count) }));
}
