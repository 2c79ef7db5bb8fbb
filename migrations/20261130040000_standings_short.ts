import type { Knex } from 'knex';

const COLUMNS = `student_group_id text, release_id text, state text, reason_code text, country text, cert_template text,
        needs_reissue boolean`;

/**
 * Each step of a certificate finds its student group's place in lists anew, and reads for it the view `standing`, whose plan
 * of some 150 nodes costs more to start than to run. Of nearly all student groups the place follows from a few rows: nothing
 * that the view shows as an obstacle can be there, and a certificate exists or nobody was judged. The view is read for all
 * others. `find_buckets` reads nothing but the view; tests compare both.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    alter function find_standings(text[], text[]) rename to find_standings_closely;
    create or replace function find_buckets(ids text[], named text[]) returns table (${COLUMNS})
      language sql stable rows 5 as $$
        select student_group_id, release_id, state, reason_code, country, cert_template, needs_reissue
          from find_standings_closely(ids, named) $$;

    -- Short: the certificate of its present release has no obstacle that the view could show, or nobody has judged the student
    -- group. A condition too many costs time, one too few makes a wrong list.
    create function find_standings(ids text[], named text[]) returns table (${COLUMNS}, place text, since timestamptz)
      language plpgsql stable rows 5 set plan_cache_mode = force_generic_plan as $$
      begin
        return query
          with plain as (
            select g.id, g.release_id, g.pulled_at, c.id as certificate_id, c.country, c.cert_template, c.no_letter, c.awarded_at,
              b.needs_reissue
            from unnest(ids) as wanted (id)
            cross join lateral (select * from student_group where student_group.id = wanted.id offset 0) as g
            left join lateral (select k.needs_reissue from find_entry as e join find_bucket as k on k.id = e.bucket_id
              where e.student_group_id = g.id offset 0) as b on true
            left join lateral (select * from certificate where certificate.student_group_id = g.id
              and certificate.release_id = g.release_id offset 0) as c on true
            where g.gone_at is null and g.invalid is null
              -- Selected, not asked by "exists", which the planner may answer by a scan of the whole table.
              and (select id from hold where hold.student_group_id = g.id and released_at is null limit 1) is null
              and case when c.id is null
                then (select id from decision where decision.student_group_id = g.id and dry_run limit 1) is null
                  and (select id from decision where decision.student_group_id = g.id and not dry_run limit 1) is null
                else (select id from validity_act where certificate_id = c.id limit 1) is null
                  and (c.batch_id is null or (select cancelled_at is null from batch where batch.id = c.batch_id)) end),
          short (id, release_id, state, reason_code, country, cert_template, needs_reissue, place, since) as materialized (
          select p.id, coalesce(p.release_id, ''), s.state, coalesce(s.reason_code, ''), coalesce(p.country, ''),
            coalesce(p.cert_template, ''),
            case when p.needs_reissue is not null and p.id <> all(named) then p.needs_reissue
              else coalesce((select bool_or(needs_reissue(own.id)) from certificate as own
                where own.student_group_id = p.id), false) end,
            find_place(s.state, p.no_letter, l.send_after), s.since
          from plain as p
          left join lateral (select version from certificate_version where certificate_id = p.certificate_id
            order by version desc limit 1) as v on true
          left join lateral (select * from teacher_letter where certificate_id = p.certificate_id and version = v.version
            order by created_at desc limit 1) as l on true
          left join lateral (select rendered_at from diploma where l.id is null and certificate_id = p.certificate_id
            and version = v.version offset 0) as d on true
          left join lateral (select patched_at, last_error_code from lms_report where l.id is null
            and certificate_id = p.certificate_id offset 0) as r on true
          cross join lateral (select
            case when p.certificate_id is null then 'pending'
              when l.id is not null then l.state
              when d.rendered_at is not null then 'rendered'
              when r.patched_at is not null then 'patched'
              else 'awarded' end as state,
            case when l.state in ('waiting', 'uncertain') and l.shift_reason is not null then coalesce(l.reason_code, 'send-window')
              when l.id is not null then l.reason_code
              when d.rendered_at is null and r.patched_at is null then r.last_error_code end as reason_code,
            case when p.certificate_id is null then p.pulled_at
              else coalesce(l.changed_at, d.rendered_at, r.patched_at, p.awarded_at) end as since offset 0) as s)
          select * from short
          union all
          select * from find_standings_closely(array(select unnest(ids) except select id from short), named);
      end $$;
  `);

export const down = (knex: Knex) =>
  knex.raw(`
    drop function find_standings(text[], text[]);
    alter function find_standings_closely(text[], text[]) rename to find_standings;
    create or replace function find_buckets(ids text[], named text[]) returns table (${COLUMNS})
      language sql stable rows 5 as $$
        select student_group_id, release_id, state, reason_code, country, cert_template, needs_reissue
          from find_standings(ids, named) $$;
  `);
