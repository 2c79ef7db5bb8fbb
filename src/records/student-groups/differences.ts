import { z } from 'zod';
import { DIFFERENCE_KINDS, type DifferenceKind, REPAIRS } from '../../domain/student-group/difference.ts';
import { HAS_OBSTACLE, IS_PARKED } from '../certificates/obstacles.ts';
import { PRINTS_FORMER_NAME } from '../certificates/printed-names.ts';
import { ALIVE } from '../lms/release-pulls.ts';
import { type Db, parseRows } from '../rows.ts';
import { HOLDS_CERTIFICATE } from './holds.ts';
import { IS_UNJUDGED, LATEST_DECISION } from './unjudged.ts';

/** The scope: a release, some student groups, or (both null) all active releases. */
export interface DifferenceScope {
  releaseId: string | null;
  studentGroupIds: readonly string[] | null;
  /** Kinds of differences to find; null: all kinds. */
  kinds: readonly DifferenceKind[] | null;
}

const HOUR_MS = 3_600_000;
/** Longer than any running job. */
const SETTLED_MS = HOUR_MS / 4;
/** A step that is overdue for this long needs a repair. */
const OVERDUE_MS = HOUR_MS;
/** The provider usually reports the outcome of a letter within minutes. */
const UNKNOWN_MS = 6 * HOUR_MS;
/** A release is checked for this long after its end, its last batch and its last award. */
export const ALIVE_MS = 60 * 24 * HOUR_MS;

/**
 * Differences `k` of student groups `g`, computed from snapshots and facts, so that nothing stored can become
 * outdated.
 */
const DIFFERENCES = `
  from student_group as g
  join release as r on r.id = g.release_id
  left join certificate as c on c.student_group_id = g.id and c.release_id = g.release_id
  left join lateral (select id, release_id, array_agg(release_id) over () as releases from certificate
    where student_group_id = g.id and release_id is distinct from g.release_id
    order by awarded_at desc limit 1) as former on true
  left join lms_report as p on p.certificate_id = c.id
  left join lateral (select h.* from hold as h where ${HOLDS_CERTIFICATE} order by h.held_at limit 1) as h on true
  left join lateral (select * from teacher_letter where certificate_id = coalesce(c.id, former.id)
    order by created_at desc limit 1) as i on true
  ${LATEST_DECISION}
  cross join lateral (select
    g.snapshot ->> 'status' as status,
    g.snapshot ->> 'certTemplate' as template,
    g.gone_at is null and g.invalid is null and g.snapshot is not null as present,
    ${HAS_OBSTACLE('revoked')} as revoked,
    ${IS_PARKED('patch')} as parked,
    ${IS_UNJUDGED} as unjudged) as f
  cross join lateral (
    select 'lms-not-told' as kind,
           case when p.patched_at is null then 'enqueue' when f.unjudged then 'evaluate'
                when d.outcome = 'met' then 'patch' end as repair
      where c.id is not null and f.present and not f.revoked and f.status in ('active', 'completed')
        and case when p.patched_at is not null then g.pulled_at > p.patched_at
                 else not f.parked and coalesce(p.next_attempt_at, c.awarded_at) < :overdue end
    union all select 'lms-told-otherwise', case when f.status = 'criteria met' then 'evaluate' end
      where c.id is null and former.id is null and f.present and f.status in ('criteria met', 'certificate issued')
        and not exists (select 1 from certificate as o where o.student_id = g.student_id and o.release_id = g.release_id)
    union all select 'release-moved', null where c.id is null and former.id is not null
    union all select 'lms-shows-revoked', null
      where f.revoked and f.present and f.status in ('criteria met', 'certificate issued')
    union all select 'template-differs', null
      where c.id is not null and not f.revoked and f.present and f.status in ('criteria met', 'certificate issued')
        and f.template is distinct from c.cert_template
    union all select 'name-differs', null
      where c.id is not null and not f.revoked and f.present and ${PRINTS_FORMER_NAME}
    union all select 'gone-in-lms', null where g.gone_at is not null and c.id is not null and not f.revoked
    union all select 'missed-change', 'evaluate' where f.unjudged and g.pulled_at < :settled
    union all select 'letter-unknown', null
      where i.state in ('sending', 'accepted', 'uncertain') and (i.changed_at < :unknown or h.code = 'outcome-unknown')
    union all select 'letter-never-left', 'enqueue'
      where c.id is not null and not f.parked and p.patched_at is not null
        and not (c.no_letter and i.id is null and exists (select 1 from diploma where certificate_id = c.id))
        and case when i.id is null then p.patched_at < :overdue
                 else i.state = 'waiting' and i.send_after < :overdue end
  ) as k
  where (:releaseId::text is null or g.id in (select id from student_group where release_id = :releaseId
           union all select student_group_id from certificate where release_id = :releaseId))
    and (:releaseId::text is null or g.release_id = :releaseId
      or k.kind = 'release-moved' and :releaseId = any(former.releases))
    and (:studentGroupIds::text[] is null or g.id = any(:studentGroupIds::text[]))
    and (:releaseId::text is not null or :studentGroupIds::text[] is not null or ${ALIVE})
    and (:kinds::text[] is null or k.kind = any(:kinds::text[]))`;

const bindings = (scope: DifferenceScope, now: Date) => {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const limits = { settled: ago(SETTLED_MS), overdue: ago(OVERDUE_MS), unknown: ago(UNKNOWN_MS) };
  return { ...scope, ...limits, aliveSince: ago(ALIVE_MS) };
};

const DifferenceRow = z
  .object({
    kind: z.enum(DIFFERENCE_KINDS),
    student_group_id: z.string(),
    release_id: z.string(),
    certificate_id: z.uuid().nullable(),
    lms_status: z.string().nullable(),
    lms_template: z.string().nullable(),
    our_state: z.string().nullable(),
    letter_state: z.string().nullable(),
    repair: z.enum(REPAIRS).nullable(),
  })
  .transform((row) => ({
    kind: row.kind,
    studentGroupId: row.student_group_id,
    releaseId: row.release_id,
    certificateId: row.certificate_id,
    lms: { status: row.lms_status, certTemplate: row.lms_template },
    ours: { state: row.our_state },
    provider: { state: row.letter_state },
    repair: row.repair,
  }));
export type Difference = z.infer<typeof DifferenceRow>;
/** Sort position of a difference in the list. */
export type DifferencePlace = Pick<Difference, 'studentGroupId' | 'kind'>;

/** Differences ordered by student group and kind, after a position; `mendable`: only those with a repair. */
export async function selectDifferences(
  db: Db,
  scope: DifferenceScope,
  now: Date,
  page: { after: DifferencePlace | null; limit: number; mendable?: boolean },
): Promise<Difference[]> {
  const { rows } = await db.raw(
    `select found.*, s.state as our_state from (
       select g.id as student_group_id, g.release_id, coalesce(c.id, former.id) as certificate_id, f.status as lms_status,
              case when k.kind = 'release-moved' then former.release_id else g.release_id end as stands_in,
              f.template as lms_template, i.state as letter_state, k.kind, k.repair
       ${DIFFERENCES}
         and g.id >= :afterGroup and (g.id > :afterGroup or k.kind > :afterKind)
         and (not :mendable or k.repair is not null)
       order by g.id, k.kind limit :limit) as found
     left join membership_standing as s
       on s.student_group_id = found.student_group_id and s.release_id = found.stands_in
     order by found.student_group_id, found.kind`,
    {
      ...bindings(scope, now),
      afterGroup: page.after?.studentGroupId ?? '',
      afterKind: page.after?.kind ?? '',
      mendable: page.mendable ?? false,
      limit: page.limit,
    },
  );
  return parseRows(DifferenceRow, rows);
}

/** Number of differences per kind, and how many of them only a person can resolve. */
export async function countDifferences(
  db: Db,
  scope: DifferenceScope,
  now: Date,
): Promise<{ kind: DifferenceKind; count: number; forPerson: number }[]> {
  const { rows } = await db.raw(
    `select k.kind, count(*)::int as count, (count(*) filter (where k.repair is null))::int as "forPerson"
     ${DIFFERENCES} group by k.kind order by k.kind`,
    bindings(scope, now),
  );
  return rows;
}
