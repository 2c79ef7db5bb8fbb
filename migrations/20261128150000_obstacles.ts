import type { Knex } from 'knex';

/** SQL: whether the JSON list has a consent of this kind, given and not revoked since; null: no consent of this kind. */
const consented = (list: string, kind: string) => `(
  select coalesce(date_trunc('milliseconds', max((k ->> 'givenAt')::timestamptz)), '-infinity')
       > coalesce(date_trunc('milliseconds', max((k ->> 'revokedAt')::timestamptz)), '-infinity')
  from jsonb_array_elements(case when jsonb_typeof(${list}) = 'array' then ${list} end) as k
  where k ->> 'kind' = ${kind} having count(*) > 0)`;

/**
 * The list of all obstacles: what may stop a certificate, or a student group without one. `src/domain/obstacle/` declares
 * which steps each obstacle stops, its texts and its order (`rank`); a test compares both.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- All obstacles of certificate $2 of student group $1; if $2 is null, only those of the student group itself.
    -- hold: the code of an open hold. about: the value shown in the obstacle's text; not personal data.
    -- The planner inlines the function, and drops the branches of codes that the query excludes.
    create function obstacles(text, uuid)
    returns table (rank integer, code text, hold text, about text, since timestamptz)
    language sql stable as $$
      select o.rank, o.code, o.hold, o.about, o.since
      from student_group as g
      left join certificate as c on c.id = $2 and c.student_group_id = g.id
      cross join lateral (
        select 1 as rank, 'revoked' as code, null::text as hold, a.reason_class as about, a.acted_at as since
          from (select kind, reason_class, acted_at from validity_act where certificate_id = c.id
            order by sequence desc limit 1) as a
          where a.kind = 'revoke'
        union all select 2, 'erased', null, null, null
          from (select facts is null as erased from certificate_version where certificate_id = c.id
            order by version desc limit 1) as v
          where v.erased
        union all select case h.code when 'outcome-unknown' then 3 when 'signing-key-missing' then 4 else 5 end,
            case when h.code in ('outcome-unknown', 'signing-key-missing') then h.code else 'held' end,
            h.code, h.detail, h.held_at
          from hold as h
          where h.student_group_id = g.id and h.released_at is null
            and (h.certificate_id is not distinct from c.id
              or h.certificate_id is null and c.release_id is not distinct from g.release_id)
        union all select 6, 'lms-gone', null, null, g.gone_at where g.gone_at is not null
        union all select 7, 'lms-invalid', null, g.invalid, g.pulled_at where g.invalid is not null and g.gone_at is null
        -- Moved after the award, before the award was reported: the LMS would now record it for the other release.
        union all select 8, 'moved-untold', null, g.release_id, coalesce(g.changed_at, g.pulled_at)
          from lms_report as r
          where r.certificate_id = c.id and r.patched_at is null and c.release_id is distinct from g.release_id
        -- Moved after the award, which was reported. The only letter, if any, is a first letter that still waits, and no
        -- coordinator has allowed the move since the award.
        union all select 9, 'moved-unseen', null, g.release_id, coalesce(g.changed_at, g.pulled_at)
          where case when c.id is null or c.release_id is not distinct from g.release_id then false else
            (select patched_at from lms_report where certificate_id = c.id) is not null
            and not coalesce((select value @> '["release.moved"]' and at > c.awarded_at from override
                 where student_group_id = g.id and field = 'allow' order by sequence desc limit 1), false)
            and not exists (select 1 from personal_issue where certificate_id = c.id
              and (state <> 'waiting' or purpose <> 'first')) end
        union all select 10, 'release-moved', null, g.release_id, coalesce(g.changed_at, g.pulled_at)
          where c.release_id is distinct from g.release_id and c.id is not null
        union all select case when b.cancelled_at is null then 12 else 11 end,
            case when b.cancelled_at is null then 'batch-paused' else 'batch-cancelled' end, null, null,
            coalesce(b.cancelled_at, b.paused_at)
          from batch as b where b.id = c.batch_id and (b.paused_at is not null or b.cancelled_at is not null)
        union all select 13, 'excluded', null, null, o.at
          from (select value, at from override where student_group_id = g.id and field = 'excluded'
            order by sequence desc limit 1) as o
          where o.value = 'true'
        -- The deny list applies to the student: an exclusion in one student group of a release stops the others there.
        union all select 14, 'excluded-elsewhere', null, o.id, o.at
          from (select other.id, said.at from student_group as other
            cross join lateral (select value, at from override where student_group_id = other.id and field = 'excluded'
              order by sequence desc limit 1) as said
            where (other.student_id, other.release_id) = (g.student_id, g.release_id) and other.id <> g.id
              and said.value = 'true'
            order by other.id limit 1) as o
        union all select 15, 'expelled', null, null, g.changed_at where g.snapshot ->> 'status' = 'expelled'
        union all select 16, 'other-student', null, null, g.changed_at where g.student_id <> c.student_id
        -- Checked are the consents that the award's decision used, and the consent to the processing of personal data.
        union all select 17, 'consent-withdrawn', null, w.kind, g.changed_at
          from (
            select needed.kind from decision as d
            cross join lateral (
              select k ->> 'parameter' as kind
                from jsonb_array_elements(case when jsonb_typeof(d.criteria) = 'array' then d.criteria end) as k
                where k ->> 'source' = 'consent' and k -> 'actual' = 'true'
              union select 'personal-data'
                where ${consented("d.inputs #> '{studentGroup,consents}'", "'personal-data'")}
                  or not ${consented("g.snapshot -> 'consents'", "'personal-data'")}) as needed
            where d.id = c.decision_id and g.snapshot is not null
              and ${consented("g.snapshot -> 'consents'", 'needed.kind')} is not true
            order by needed.kind <> 'personal-data' desc, needed.kind limit 1) as w
        union all select 18, 'judged-not-met', null, coalesce(d.reason_detail, d.outcome), d.decided_at
          from (select outcome, reason_detail, decided_at from decision where student_group_id = g.id and not dry_run
            order by sequence desc limit 1) as d
          where d.outcome <> 'met' and c.id is not null
            and (select patched_at from lms_report where certificate_id = c.id) is null
        union all select 19, 'lms-not-told', null, null, c.awarded_at
          from lms_report as r where r.certificate_id = c.id and r.patched_at is null
        union all select 20, 'address-changed', null, null, g.changed_at
          from personal_issue as i where i.certificate_id = c.id and i.state = 'waiting'
            and i.recipient is distinct from coalesce((select value #>> '{}' from override
              where student_group_id = g.id and field = 'email' order by sequence desc limit 1), g.email)
        union all select 21, 'version-asked', null, null, r.asked_at
          from reissue as r where r.certificate_id = c.id and r.settled_at is null
        union all select 22, 'letter-in-flight', null, i.state, i.changed_at
          from personal_issue as i where i.certificate_id = c.id and i.state in ('sending', 'accepted', 'uncertain')
        union all select 23, 'letter-waiting', null, i.state, i.changed_at
          from personal_issue as i where i.certificate_id = c.id and i.state = 'waiting'
        union all select 24, 'not-drawn', null, null, v.created_at
          from (select version, created_at from certificate_version where certificate_id = c.id
            order by version desc limit 1) as v
          where not exists (select 1 from diploma where certificate_id = c.id and version = v.version)
      ) as o
      where g.id = $1 $$;

    -- Whether one of these obstacles exists now. The caller has locked the student group or certificate. The function is
    -- volatile: it reads what is committed at the call, not what was committed when the calling statement began.
    create function is_stopped(student_group text, certificate uuid, codes text[]) returns boolean language plpgsql volatile as $$
      begin
        return exists (select 1 from obstacles(student_group, certificate) where code = any(codes));
      end $$;
  `);
}
