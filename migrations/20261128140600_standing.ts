import type { Knex } from 'knex';

/** The state shown to people: a view computed from all tables, never stored. */
export const up = (knex: Knex) =>
  knex.raw(`
    -- Whether a certificate whose student group is in another release now waits for a person: the LMS was not told of it
    -- and cannot be any more, or its first letter has not left and nobody has looked at the move. A person's word allows the
    -- moves of certificates that there were when it was said, and not those of later ones.
    create function is_left_behind(certificate uuid, membership text) returns boolean language sql stable as $$
      select (select patched_at from lms_report where certificate_id = certificate) is null
        or not coalesce((select value @> '["release.moved"]'
               and at > (select c.awarded_at from certificate as c where c.id = certificate)
             from override where student_group_id = membership and field = 'allow' order by sequence desc limit 1), false)
          and not exists (select 1 from personal_issue where certificate_id = certificate
            and (state <> 'waiting' or purpose <> 'first')) $$;

    -- How each membership stands: that in the release where the student group is now, and each former one that has a
    -- certificate. Of the letter, the newest of the newest version counts.
    create view membership_standing as
    select g.id as student_group_id,
           m.release_id,
           m.is_present,
           coalesce(d.id, c.decision_id) as decision_id,
           d.cert_template,
           d.country ->> 'code' as country,
           coalesce(c.id, o.id) as certificate_id,
           i.id as personal_issue_id,
           s.state,
           s.reason_code,
           s.reason_detail,
           s.since,
           case when s.state = 'waiting' then i.send_after end as send_after
    from student_group g
    cross join lateral (
      select g.release_id, true as is_present
      union all
      select f.release_id, false from certificate f
        where f.student_group_id = g.id and f.release_id is distinct from g.release_id) m
    left join lateral (select * from decision where student_group_id = g.id and not dry_run order by sequence desc limit 1) d
      on m.is_present
    left join certificate c on c.student_group_id = g.id and c.release_id = m.release_id
    -- The decision names the group it was awarded for: students may have been merged since. An erased one does not.
    left join certificate o on d.reason_code = 'already-awarded' and o.release_id = m.release_id
      and o.student_group_id = coalesce(
        d.inputs #>> '{circumstances,awardedTo,studentGroupId}',
        (select student_group_id from certificate where student_id = g.student_id and release_id = g.release_id
          and programme_id = d.programme_id))
    left join lms_report r on r.certificate_id = c.id
    left join lateral (select * from certificate_version where certificate_id = c.id order by version desc limit 1) v on true
    left join diploma p on p.certificate_id = c.id and p.version = v.version
    left join lateral (select * from personal_issue where certificate_id = c.id and version = v.version
      order by created_at desc limit 1) i on true
    left join lateral (select * from validity_act where certificate_id = c.id order by sequence desc limit 1) a on true
    left join lateral (select * from hold where student_group_id = g.id and released_at is null
      and (certificate_id = c.id or certificate_id is null and m.is_present) order by held_at limit 1) h on true
    left join batch b on b.id = c.batch_id
    cross join lateral (
      select 1 as rank, 'revoked' as state, a.reason_class as reason_code, null as reason_detail, a.acted_at as since where a.kind = 'revoke'
      union all select 2, 'held', h.code, h.detail, h.held_at
        where h.code = 'outcome-unknown' and i.state in ('sending', 'accepted', 'uncertain')
      union all select 3, i.state, i.reason_code, i.reason_detail, i.changed_at
        where i.state in ('sending', 'accepted', 'sent', 'delivered', 'bounced', 'refused', 'cancelled')
      union all select 4, 'held', h.code, h.detail, h.held_at where h.id is not null
      union all select 5, 'held', 'lms-gone', 'the LMS no longer knows this student group', g.gone_at
        where g.gone_at is not null and i.state is distinct from 'uncertain'
      union all select 5, 'held', 'lms-invalid', g.invalid, g.pulled_at
        where g.invalid is not null and g.gone_at is null and i.state is distinct from 'uncertain'
      union all select 6, 'held', 'lms-conflict',
          'after the award the LMS moved this student group to release ' || coalesce(g.release_id, '(none)') || case
            when r.patched_at is null then
              '; it was not told of the certificate, and would take it for one of that release: move it back there, or revoke the certificate'
            else
              '; nothing leaves until a person has looked: move it back there, or allow both releases by "allow": ["release.moved"]' end,
          g.changed_at
        where not m.is_present and i.state is distinct from 'uncertain' and is_left_behind(c.id, g.id)
      union all select 7, 'cancelled', 'batch-cancelled', 'its batch was cancelled first; a new batch over it goes on from here', b.cancelled_at
        where b.cancelled_at is not null and i.state is distinct from 'uncertain'
      union all select 8, i.state, coalesce(i.reason_code, case when i.shift_reason is not null then 'send-window' end),
        coalesce(i.reason_detail, i.shift_reason), i.changed_at where i.id is not null
      union all select 9, 'rendered', null, null, p.rendered_at where p.sha256 is not null
      union all select 10, 'patched', null, null, r.patched_at where r.patched_at is not null
      union all select 11, 'awarded', r.last_error_code, r.last_error, c.awarded_at where c.id is not null
      union all select 12, d.outcome, d.reason_code, d.reason_detail, d.decided_at where d.outcome <> 'met'
      union all select 13, 'pending', d.reason_code, d.reason_detail, coalesce(d.decided_at, g.pulled_at)
      order by rank limit 1
    ) s;

    -- The membership in the release where the student group is now.
    create view standing as
    select student_group_id, release_id, decision_id, cert_template, country, certificate_id, personal_issue_id, state,
           reason_code, reason_detail, since, send_after
    from membership_standing where is_present;
  `);
