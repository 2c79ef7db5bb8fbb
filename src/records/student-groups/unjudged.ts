import { isDeepStrictEqual } from 'node:util';
import { StudentGroup } from '../../domain/student-group/student-group.ts';
import type { Db } from '../rows.ts';
import type { Decision } from './decisions.ts';
import type { StoredGroup } from './student-groups.ts';

const IS_PRESENT = 'g.snapshot is not null and g.gone_at is null and g.invalid is null';

/** SQL condition: the overrides of `g` differ from those in decision `d`, and no batch is about to judge it. */
const HAS_NEWER_OVERRIDE = `
  exists (
    select 1 from (select distinct on (field) field, value from override
                   where student_group_id = g.id order by field, sequence desc) as o
    where nullif(nullif(o.value, 'false'), '[]') is distinct from d.inputs -> 'overrides' -> o.field)
  and not exists (
    select 1 from batch_item as w join batch as b on b.id = w.batch_id
    where w.student_group_id = g.id and w.evaluated_at is null and b.cancelled_at is null and not b.dry_run)`;

/**
 * SQL condition: student group `g` of release `r` was judged, but not by the current data of LMS, release and
 * coordinators; `d` is its newest decision, `c` its certificate there. It compares contents, because a change within
 * a second leaves `updatedAt` unchanged. A group that was never judged does not match: a dry run, a stopped batch or
 * a batch over others may have left it out on purpose.
 */
export const IS_UNJUDGED = `
  ${IS_PRESENT} and d.id is not null
  and case when jsonb_strip_nulls(d.inputs -> 'studentGroup') is distinct from jsonb_strip_nulls(g.snapshot) then true
           when c.id is null and d.decided_at < r.changed_at then true
           else ${HAS_NEWER_OVERRIDE} end`;

/**
 * SQL condition: pull `p` itself found `g` changed or new, in a release that was read completely before, so an event
 * should have announced it.
 */
const IS_NEWS = `
  ${IS_PRESENT} and d.id is null and g.changed_at >= p.begun_at
  and exists (select 1 from release_pull as f
    where f.release_id = p.release_id and f.updated_since is null and f.stopped is null
      and f.finished_at <= p.begun_at)`;

/** The newest decision of `g` that was not a dry run, as `d`. */
export const LATEST_DECISION = `
  left join lateral (select * from decision where student_group_id = g.id and not dry_run order by sequence desc limit 1) as d on true`;

/** Ids of the student groups that a release's pull wants to evaluate, in pages, in order. */
export async function selectUnjudged(
  db: Db,
  { pullId, after, limit }: { pullId: string; after: string; limit: number },
): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select g.id from release_pull as p
     join release as r on r.id = p.release_id
     join student_group as g on g.release_id = r.id
     left join certificate as c on c.student_group_id = g.id and c.release_id = g.release_id
     ${LATEST_DECISION}
     where p.id = :pullId and g.id > :after and (${IS_UNJUDGED} or ${IS_NEWS})
     order by g.id limit :limit`,
    { pullId, after, limit },
  );
  return rows.map(({ id }) => id);
}

/**
 * Why a student group waits for an evaluation. `item`: a running batch has not evaluated it yet. `override`: no running
 * batch contains it unevaluated, but a coordinator made an override after its last decision. Null: it does not wait. A
 * paused batch does not count as running.
 */
export async function selectDue(db: Db, studentGroupId: string): Promise<'item' | 'override' | null> {
  const { rows } = await db.raw<{ rows: { due: 'item' | 'override' | null }[] }>(
    `select case
       when exists (select 1 from batch_item as i join batch as b on b.id = i.batch_id
         where i.student_group_id = :id and i.evaluated_at is null and i.cancelled_at is null
           and b.paused_at is null and b.cancelled_at is null and not b.dry_run) then 'item'
       when (select max(at) from override where student_group_id = :id)
         > coalesce((select decided_at from decision where student_group_id = :id and not dry_run
             order by sequence desc limit 1), '-infinity') then 'override' end as due`,
    { id: studentGroupId },
  );
  return rows[0]?.due ?? null;
}

/** Whether a decision used the current data of the student group. */
export function isJudgedAsKnown(decision: Decision | null, group: Pick<StoredGroup, 'snapshot'>): boolean {
  const judged = StudentGroup.safeParse(decision?.inputs?.studentGroup);
  return judged.success && isDeepStrictEqual(judged.data, group.snapshot);
}
