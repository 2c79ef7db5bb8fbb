import type { Knex } from 'knex';

/**
 * Counts that answer in the same time however much there is to count: of a batch by state, and of all student groups by what
 * lists are narrowed to. Each transaction adds the differences that it makes as new rows of a "…_change" table, so nobody
 * waits for a counter that another transaction has changed; now and then they are folded into few rows. A count is the sum of
 * both tables.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    -- What items count as that have the state of their student group. Null: not known yet (rows of former versions, until
    -- find_fill), so that none of them is counted but those in item_apart.
    alter table find_entry add column place text;
    -- A state. Of a waiting letter with its time, for the last one due; a drawn diploma is final where others send the letter.
    create function find_place(state text, no_letter boolean, due timestamptz) returns text language sql stable as $$
      select case when state = 'waiting' and due is not null
          then 'waiting ' || to_char(date_bin('15 minutes', due, 'epoch') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')
        when state = 'rendered' and no_letter then 'rendered no-letter'
        else state end $$;

    -- Items that count as something else than their student group; written only with its row of find_entry locked, or with
    -- the item itself.
    create table item_apart (
      student_group_id text not null,
      batch_id uuid not null,
      place text not null,
      primary key (student_group_id, batch_id)
    );
    create table batch_count (
      batch_id uuid not null,
      place text not null,                       -- '': the row with the time
      n integer not null,
      changed_at timestamptz,                    -- when an item came to its state last
      primary key (batch_id, place)
    );
    create table batch_count_change (
      batch_id uuid not null,
      place text not null,
      n integer not null,
      changed_at timestamptz
    );
    create index batch_count_change_of on batch_count_change (batch_id);

    -- find_bucket without releases, of which there are ever more.
    create table find_total (
      state text not null,
      reason_code text not null,
      country text not null,
      cert_template text not null,
      needs_reissue boolean not null,
      size integer not null,
      primary key (state, reason_code, country, cert_template, needs_reissue)
    );
    create table find_total_change (
      state text not null,
      reason_code text not null,
      country text not null,
      cert_template text not null,
      needs_reissue boolean not null,
      size integer not null
    );
    create view find_totals as select * from find_total union all select * from find_total_change;

    -- Lists by state, by reason, or of those that need a reissue find their buckets among those of ever more releases.
    create index find_bucket_state on find_bucket (state, release_id, reason_code, country, cert_template, needs_reissue);
    create index find_bucket_reason on find_bucket (reason_code, release_id, state, country, cert_template, needs_reissue);
    create index find_bucket_reissue on find_bucket (release_id, state, reason_code, country, cert_template) where needs_reissue;

    -- Folds what was counted since. One transaction at a time does it; another one goes on without.
    create function fold_counts() returns void language plpgsql volatile as $$
      declare
        touched uuid[];
      begin
        if not pg_try_advisory_xact_lock(hashtextextended('fold_counts', 0)) then return; end if;
        with taken as (delete from batch_count_change returning *),
        sums as (
          select batch_id, place, sum(n) as n, null::timestamptz as changed_at from taken where place <> '' group by 1, 2
          union all select batch_id, '', 0, max(changed_at) from taken group by 1),
        folded as (
          insert into batch_count as c (batch_id, place, n, changed_at) select * from sums order by 1, 2
          on conflict (batch_id, place) do update set n = c.n + excluded.n,
            changed_at = greatest(c.changed_at, excluded.changed_at)
          returning batch_id)
        select array_agg(distinct batch_id) into touched from folded;
        delete from batch_count where batch_id = any(touched) and n = 0 and place <> '';
        with taken as (delete from find_total_change returning *)
        insert into find_total as t
          select state, reason_code, country, cert_template, needs_reissue, sum(size) from taken
            group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
          on conflict (state, reason_code, country, cert_template, needs_reissue) do update set size = t.size + excluded.size;
      end $$;

    -- The place of an item by the view: it stands in a former release, or turned out to be awarded elsewhere. A function of its
    -- own, because the plan of the view costs more to start than all the rest.
    create function item_place_seen(item batch_item) returns table (place text, since timestamptz) language plpgsql stable
      rows 1 set plan_cache_mode = force_generic_plan as $$
      begin
        return query
          select case when s.certificate_id is null and not own.dry_run and own.outcome <> 'met' then own.outcome
              else find_place(s.state, c.no_letter, s.send_after) end, s.since
          from membership_standing as s
          left join decision as own on own.id = item.decision_id
          left join certificate as c on c.id = s.certificate_id
          where s.student_group_id = item.student_group_id
            and case when s.is_present then not exists (select from certificate as f
                where f.student_group_id = item.student_group_id and f.release_id = item.release_id
                  and f.release_id is distinct from s.release_id)
              else s.release_id = item.release_id end;
      end $$;

    -- Counts the items of these student groups, whose rows of find_entry are locked and hold their places as they are now, with
    -- the places where they were (null: not counted yet) and since when they stand as they do.
    create function count_items(ids text[], were text[], sinces timestamptz[]) returns void language plpgsql volatile
      set plan_cache_mode = force_generic_plan as $$
      begin
        with item as materialized (
          select i.batch_id, i.student_group_id, a.place as apart, coalesce(a.place, g.was) as was,
            nullif(case when parent.dry_run then coalesce(i.would_be, 'pending')
              when i.cancelled_at is not null then 'cancelled'
              when i.skipped_code is not null then 'excluded'
              when i.evaluated_at is null then 'pending'
              when k.release_id is distinct from coalesce(i.release_id, '')
                or c.id is null and own.is_refusal and k.reason_code = 'already-awarded' and k.state <> own.outcome
                then (select s.place from item_place_seen(i) as s)
              when c.id is null and own.is_refusal then own.outcome end, e.place) as now_apart,
            e.place as of_group, greatest(g.since, i.evaluated_at, i.cancelled_at) as at
          from unnest(ids, were, sinces) as g (id, was, since)
          cross join lateral (select * from find_entry where student_group_id = g.id offset 0) as e
          cross join lateral (select * from find_bucket where id = e.bucket_id offset 0) as k
          cross join lateral (select * from batch_item where student_group_id = g.id offset 0) as i
          cross join lateral (select dry_run from batch where id = i.batch_id offset 0) as parent
          left join lateral (select place from item_apart where student_group_id = g.id and batch_id = i.batch_id
            offset 0) as a on true
          left join lateral (select id from certificate where student_group_id = g.id and release_id = i.release_id
            offset 0) as c on true
          left join lateral (select outcome, not dry_run and outcome <> 'met' as is_refusal from decision
            where id = i.decision_id and c.id is null offset 0) as own on true),
        changed as materialized (select *, coalesce(now_apart, of_group) as place from item
          where was is distinct from coalesce(now_apart, of_group) or apart is distinct from now_apart),
        written as (
          insert into batch_count_change (batch_id, place, n, changed_at)
          select batch_id, place, sum(n), max(at) from (
            select batch_id, place, 1 as n, at from changed where was is distinct from place
            union all select batch_id, was, -1, null from changed where was <> place) as steps
          group by batch_id, place),
        joined as (delete from item_apart as a using changed as i
          where a.student_group_id = i.student_group_id and a.batch_id = i.batch_id and i.now_apart is null)
        insert into item_apart (student_group_id, batch_id, place)
          select student_group_id, batch_id, now_apart from changed where now_apart is not null
          on conflict (student_group_id, batch_id) do update set place = excluded.place;
        if random() < 0.02 then perform fold_counts(); end if;
      end $$;

    -- The places of student groups of former versions, without the view for each: their buckets hold their states.
    create function find_fill(ids text[]) returns void language plpgsql volatile as $$
      declare
        filled text[];
        sinces timestamptz[];
      begin
        perform from find_entry where student_group_id = any(ids) and place is null order by student_group_id for update;
        with known as materialized (
          select e.student_group_id, find_place(b.state, c.no_letter, l.due) as place, l.changed_at
          from find_entry as e join find_bucket as b on b.id = e.bucket_id
          left join lateral (select id, no_letter from certificate where student_group_id = e.student_group_id
            and release_id = b.release_id offset 0) as c on true
          left join lateral (select max(changed_at) as changed_at, max(send_after) filter (where state = 'waiting') as due
            from teacher_letter where certificate_id = c.id offset 0) as l on true
          where e.student_group_id = any(ids) and e.place is null),
        stored as (update find_entry as e set place = k.place from known as k where e.student_group_id = k.student_group_id)
        select array_agg(student_group_id), array_agg(changed_at) into filled, sinces from known;
        if filled is not null then
          perform count_items(filled, array_fill(null::text, array[cardinality(filled)]), sinces);
        end if;
      end $$;
  `);
