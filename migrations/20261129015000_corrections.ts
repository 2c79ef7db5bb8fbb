import type { Knex } from 'knex';

/** Issue dates that a coordinator corrects, reissues bound to a preview, and certificates whose letters others send. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- "not valid": old rows have fewer fields, so a scan of the table would find nothing
    alter table override drop constraint override_field_check, add constraint override_field_check check (field in
      ('country', 'fullName', 'latinName', 'projectTitle', 'email', 'allowSharedEmail', 'certTemplate', 'issueDate', 'excluded',
       'allow')) not valid;

    alter table reissue add column expected text check (expected ~ '^[0-9a-f]{64}$'); -- hash of the facts that the person saw

    alter table batch add column letter text check (letter = 'none');                -- 'none': others send the letters
    alter table certificate add column no_letter boolean not null default false;     -- no letter, unless a person asks for one

    -- The issue date may follow the newest version, and change in no other way.
    create or replace function refuse_new_identity() returns trigger language plpgsql as $$
      begin
        if (new.id, new.student_id, new.release_id, new.programme_id, new.number, new.code)
           is distinct from (old.id, old.student_id, old.release_id, old.programme_id, old.number, old.code)
           or new.issue_date is distinct from old.issue_date
              and to_char(new.issue_date, 'YYYY-MM-DD') is distinct from (select facts ->> 'issueDate' from certificate_version
                where certificate_id = new.id order by version desc limit 1) then
          raise exception 'the identity of a certificate is frozen' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;

    -- Also a worker of an older version must not send what others send.
    create function refuse_letter_of_others() returns trigger language plpgsql as $$
      begin
        if (select no_letter from certificate where id = new.certificate_id) then
          raise exception 'others send the letter of this certificate' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger personal_issue_of_others before insert on personal_issue for each row
      when (new.purpose = 'first') execute function refuse_letter_of_others();

    create or replace view membership_standing as
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
           case when s.state = 'waiting' then i.send_after end as send_after,
           s.obstacle
    from student_group g
    cross join lateral (
      select g.release_id, true as is_present
      union all
      select f.release_id, false from certificate f
        where f.student_group_id = g.id and f.release_id is distinct from g.release_id) m
    left join lateral (select * from decision where student_group_id = g.id and not dry_run order by sequence desc limit 1) d
      on m.is_present
    left join certificate c on c.student_group_id = g.id and c.release_id = m.release_id
    -- A decision 'already-awarded' stores which student group has the certificate (students may be merged later). Decisions
    -- that are erased, or older than that field, do not: then student, release and programme identify the certificate.
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
    -- The first obstacle, in order of rank, that changes the shown state.
    left join lateral (
      select code, hold, about, since from obstacles(g.id, c.id)
      where code in ('revoked', 'outcome-unknown', 'signing-key-missing', 'held', 'lms-gone', 'lms-invalid', 'moved-untold',
                     'moved-unseen', 'batch-cancelled')
      order by rank, since limit 1) f on true
    cross join lateral (
      select 1 as rank, 'revoked' as state, f.about as reason_code, null as reason_detail, f.since, null as obstacle
        where f.code = 'revoked'
      union all select 2, 'held', f.hold, f.about, f.since, f.code
        where f.code = 'outcome-unknown' and i.state in ('sending', 'accepted', 'uncertain')
      union all select 3, i.state, i.reason_code, i.reason_detail, i.changed_at, null
        where i.state in ('sending', 'accepted', 'sent', 'delivered', 'bounced', 'refused', 'cancelled')
      -- others send the letter: the drawn diploma is the last step
      union all select 3, 'rendered', null, null, p.rendered_at, null where c.no_letter and p.sha256 is not null and i.id is null
      union all select 4, case when f.code = 'batch-cancelled' then 'cancelled' else 'held' end,
          case when f.code in ('moved-untold', 'moved-unseen') then 'lms-conflict' else coalesce(f.hold, f.code) end,
          f.about, f.since, f.code
        where f.code is not null and (f.hold is not null or i.state is distinct from 'uncertain')
      union all select 5, i.state, coalesce(i.reason_code, case when i.shift_reason is not null then 'send-window' end),
        coalesce(i.reason_detail, i.shift_reason), i.changed_at, null where i.id is not null
      union all select 6, 'rendered', null, null, p.rendered_at, null where p.sha256 is not null
      union all select 7, 'patched', null, null, r.patched_at, null where r.patched_at is not null
      union all select 8, 'awarded', r.last_error_code, r.last_error, c.awarded_at, null where c.id is not null
      union all select 9, d.outcome, d.reason_code, d.reason_detail, d.decided_at, null where d.outcome <> 'met'
      union all select 10, 'pending', d.reason_code, d.reason_detail, coalesce(d.decided_at, g.pulled_at), null
      order by rank limit 1
    ) s;
  `);
}
