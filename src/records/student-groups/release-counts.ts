import { z } from 'zod';
import { type Db, parseRows } from '../rows.ts';

const Row = z
  .object({
    id: z.string(),
    title: z.string().nullable(),
    closed: z.boolean(),
    counts: z.record(z.string(), z.number().int()),
    last_batch_id: z.uuid().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    title: row.title,
    closed: row.closed,
    /** Student groups that are in it now, by state. */
    counts: row.counts,
    /** The newest batch over it, dry runs included. */
    lastBatchId: row.last_batch_id,
  }));
export type ListedRelease = z.infer<typeof Row>;

/** Releases with the sizes of their buckets, greatest id first: its cost does not depend on the number of student groups. */
export async function selectReleasePage(
  db: Db,
  { after, limit }: { after: string | null; limit: number },
): Promise<ListedRelease[]> {
  return selectReleases(db, after === null ? 'true' : 'id < ?', [...(after === null ? [] : [after]), limit]);
}

/** One release with its counts; null when it was never pulled. */
export async function selectListedRelease(db: Db, id: string): Promise<ListedRelease | null> {
  return (await selectReleases(db, 'id = ?', [id, 1]))[0] ?? null;
}

async function selectReleases(db: Db, condition: string, values: (string | number)[]): Promise<ListedRelease[]> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select r.id, r.snapshot ->> 'title' as title, coalesce((r.snapshot ->> 'closed')::boolean, false) as closed,
       counted.counts, b.id as last_batch_id
     from (select * from release where ${condition} order by id desc limit ?) as r
     cross join lateral (select coalesce(jsonb_object_agg(state, n), '{}') as counts from (
       select state, sum(size) as n from find_bucket where release_id = r.id and size > 0 group by state) as s) as counted
     left join lateral (select id from batch where release_id = r.id order by created_at desc, id desc limit 1) as b on true
     order by r.id desc`,
    values,
  );
  return parseRows(Row, rows);
}
