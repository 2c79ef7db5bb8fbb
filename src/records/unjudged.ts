import type { Db } from './rows.ts';

/**
 * Whether a student group `g` of release `r` was never judged as the LMS and the release tell of it now; `d` is its newest
 * decision, `c` its certificate. Whom a batch left out on purpose is not waiting for a judgement until the LMS tells of a change.
 */
export const IS_UNJUDGED = `
  g.snapshot is not null and g.gone_at is null and g.invalid is null
  and case when d.id is null then not exists (
             select 1 from batch_item as b where b.student_group_id = g.id and b.skipped_code is not null
               and b.evaluated_at > (g.snapshot ->> 'updatedAt')::timestamptz)
           when d.inputs #>> '{studentGroup,updatedAt}' is distinct from g.snapshot ->> 'updatedAt' then true
           else c.id is null and d.decided_at < r.changed_at end`;

/** The newest decision of `g` that was not a dry run, as `d`. */
export const LATEST_DECISION = `
  left join lateral (select * from decision where student_group_id = g.id and not dry_run order by sequence desc limit 1) as d on true`;

/** Ids of a release's student groups that were not judged as they are now, in pages in their order. */
export async function selectUnjudged(
  db: Db,
  { releaseId, after, limit }: { releaseId: string; after: string; limit: number },
): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select g.id from student_group as g
     join release as r on r.id = g.release_id
     left join certificate as c on c.student_group_id = g.id
     ${LATEST_DECISION}
     where g.release_id = :releaseId and g.id > :after and ${IS_UNJUDGED}
     order by g.id limit :limit`,
    { releaseId, after, limit },
  );
  return rows.map(({ id }) => id);
}
