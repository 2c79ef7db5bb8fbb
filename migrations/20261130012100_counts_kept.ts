import type { Knex } from 'knex';

/** SQL: marks student groups that `from` selects as `id`; a standing that may have changed counts more than a changed item. */
const mark = (from: string) => `
        insert into find_due (student_group_id, names, first)
          select id, tg_nargs > 0, not exists (select from find_due where xid = pg_current_xact_id()) from ${from}
          on conflict (xid, student_group_id) do update set names = find_due.names or excluded.names, standing = true
            where excluded.names and not find_due.names or not find_due.standing;
        return null;`;
const KEY = 'release_id, state, reason_code, country, cert_template, needs_reissue';
const keyOf = (row: string) => KEY.replace(/\w+/g, (column) => `${row}.${column}`);

/** SQL: the parts of a statement that move student groups from bucket to bucket by `steps`; each bucket's size follows. */
const COUNTED = `
        counted as (
          insert into find_bucket as b (${KEY}, size)
          select ${KEY}, sum(step) from steps group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
          on conflict on constraint find_bucket_key do update set size = b.size + excluded.size
          returning *),
        totalled as (
          insert into find_total_change (state, reason_code, country, cert_template, needs_reissue, size)
          select state, reason_code, country, cert_template, needs_reissue, sum(step) from steps
            group by 1, 2, 3, 4, 5 having sum(step) <> 0)`;

/** From here on the transaction that changes a standing or an item keeps the counts (migration `counts`). */
export const up = (knex: Knex) =>
  knex.raw(`
    alter table find_due add column standing boolean not null default true; -- false: only items of batches have changed
    create or replace function find_mark_group() returns trigger language plpgsql as $$
      begin ${mark('(select new.id) as changed')}
      end $$;
    create or replace function find_mark_own() returns trigger language plpgsql as $$
      begin ${mark('(select new.student_group_id as id) as changed')}
      end $$;
    create or replace function find_mark_certificate() returns trigger language plpgsql as $$
      begin ${mark('(select student_group_id as id from certificate where id = new.certificate_id) as changed')}
      end $$;
    drop trigger find_due_update on personal_issue;
    create trigger find_due_update after update on personal_issue for each row
      when ((new.state, new.reason_code, new.shift_reason, new.send_after)
        is distinct from (old.state, old.reason_code, old.shift_reason, old.send_after))
      execute function find_mark_certificate();

    -- A new item waits for its evaluation; one that is written as judged is looked at before the commit.
    create function count_new_items() returns trigger language plpgsql as $$
      begin
        insert into item_apart (student_group_id, batch_id, place) select student_group_id, batch_id, 'pending' from added;
        insert into batch_count_change (batch_id, place, n) select batch_id, 'pending', count(*) from added group by batch_id;
        insert into find_due (student_group_id, names, standing, first)
          select student_group_id, false, false,
            row_number() over () = 1 and not exists (select from find_due where xid = pg_current_xact_id())
          from added where evaluated_at is not null or cancelled_at is not null or skipped_code is not null or would_be is not null
          group by student_group_id
          on conflict do nothing;
        return null;
      end $$;
    create trigger batch_item_counted_new after insert on batch_item referencing new table as added for each statement
      execute function count_new_items();
    create function count_changed_items() returns trigger language plpgsql as $$
      begin
        insert into find_due (student_group_id, names, standing, first)
          select student_group_id, false, false,
            row_number() over () = 1 and not exists (select from find_due where xid = pg_current_xact_id())
          from later as n join earlier as o using (batch_id, student_group_id)
          where (n.release_id, n.decision_id, n.evaluated_at is null, n.skipped_code, n.would_be, n.cancelled_at)
            is distinct from (o.release_id, o.decision_id, o.evaluated_at is null, o.skipped_code, o.would_be, o.cancelled_at)
          group by student_group_id
          on conflict do nothing;
        return null;
      end $$;
    create trigger batch_item_counted_change after update on batch_item referencing old table as earlier new table as later
      for each statement execute function count_changed_items();

    -- As find_buckets, with what items of the student group count as, and since when.
    create function find_standings(ids text[], named text[]) returns table (student_group_id text, release_id text, state text,
        reason_code text, country text, cert_template text, needs_reissue boolean, place text, since timestamptz)
      language plpgsql stable rows 5 set plan_cache_mode = force_generic_plan as $$
      begin
        if cardinality(ids) = 0 then return; end if;
        return query
          select s.student_group_id, coalesce(s.release_id, ''), s.state, coalesce(s.reason_code, ''),
            coalesce(c.country, s.country, f.country ->> 'code', ''),
            coalesce(c.cert_template, s.cert_template, f.cert_template, ''),
            case when b.id is not null and s.student_group_id <> all(named) then b.needs_reissue
              else coalesce((select bool_or(needs_reissue(own.id)) from certificate as own
                where own.student_group_id = s.student_group_id), false) end,
            find_place(s.state, c.no_letter, s.send_after), s.since
          from unnest(ids) as wanted(id)
          left join find_entry as e on e.student_group_id = wanted.id
          left join find_bucket as b on b.id = e.bucket_id
          cross join lateral (select * from standing where standing.student_group_id = wanted.id offset 0) as s
          left join certificate as c on c.student_group_id = s.student_group_id and c.release_id = s.release_id
          -- what a dry run found, of a student group that was never judged otherwise
          left join lateral (select d.country, d.cert_template from decision as d
            where d.student_group_id = s.student_group_id and d.dry_run and s.decision_id is null
            order by d.sequence desc limit 1) as f on true;
      end $$;
    create or replace function find_buckets(ids text[], named text[]) returns table (student_group_id text, release_id text,
        state text, reason_code text, country text, cert_template text, needs_reissue boolean)
      language sql stable rows 5 as $$
        select student_group_id, ${KEY} from find_standings(ids, named) $$;

    create function find_refresh(wanted text[], named text[], changed text[]) returns void language plpgsql volatile
      set plan_cache_mode = force_generic_plan as $$
      declare
        ids text[] := (select array_agg(distinct id order by id) from unnest(wanted) as w(id));
        were text[];
        sinces timestamptz[];
      begin
        insert into find_entry (student_group_id) select unnest(ids) on conflict do nothing;
        perform from find_entry where student_group_id = any(ids) order by student_group_id for update;
        with known as materialized (select * from find_entry where student_group_id = any(ids)),
        fresh as materialized (select * from find_standings(
          array(select student_group_id from known where place is null or student_group_id = any(changed)),
          coalesce(named, '{}'))),
        moved as (
          select f.*, e.bucket_id as was,
            b.id is null or (${keyOf('f')}) is distinct from (${keyOf('b')}) as is_elsewhere
          from fresh as f join known as e using (student_group_id)
          left join find_bucket as b on b.id = e.bucket_id
          where b.id is null or (${keyOf('f')}, f.place) is distinct from (${keyOf('b')}, e.place)),
        steps as (
          select ${KEY}, 1 as step from moved where is_elsewhere
          union all
          select ${keyOf('b')}, -1 from moved as m join find_bucket as b on b.id = m.was where is_elsewhere),
        ${COUNTED},
        stored as (
          update find_entry as e set bucket_id = coalesce(b.id, e.bucket_id), place = m.place
          from moved as m left join counted as b using (${KEY})
          where e.student_group_id = m.student_group_id)
        select array_agg(k.student_group_id), array_agg(k.place), array_agg(f.since) into ids, were, sinces
          from known as k left join fresh as f using (student_group_id);
        perform count_items(ids, were, sinces);
      end $$;
    create or replace function find_refresh(wanted text[], named text[]) returns void language plpgsql volatile as $$
      begin
        perform find_refresh(wanted, named, wanted);
      end $$;
    create or replace function find_refresh_due() returns trigger language plpgsql as $$
      declare
        ids text[];
        named text[];
        changed text[];
      begin
        with mine as (delete from find_due where xid = new.xid returning student_group_id, names, standing)
          select array_agg(student_group_id), array_agg(student_group_id) filter (where names),
            array_agg(student_group_id) filter (where standing) into ids, named, changed from mine;
        if ids is not null then perform find_refresh(ids, named, coalesce(changed, '{}')); end if;
        return null;
      end $$;

    create or replace function find_mark_batch() returns trigger language plpgsql as $$
      begin
        perform from find_entry where student_group_id in (select student_group_id from certificate where batch_id = new.id)
          order by student_group_id for update;
        with moved as materialized (
          select e.student_group_id, e.place, b.* from certificate as c
          join find_entry as e on e.student_group_id = c.student_group_id
          join find_bucket as b on b.id = e.bucket_id and b.release_id = c.release_id
          where c.batch_id = new.id and not c.no_letter and b.state in ('awarded', 'patched', 'rendered', 'waiting')),
        steps as (
          select release_id, 'cancelled' as state, 'batch-cancelled' as reason_code, country, cert_template, needs_reissue, 1 as step
            from moved
          union all
          select ${KEY}, -1 from moved),
        ${COUNTED},
        left_by as (
          select i.batch_id, m.place, count(*) as n from moved as m join batch_item as i using (student_group_id)
          where m.place is not null and not exists (select from item_apart as a
            where a.student_group_id = i.student_group_id and a.batch_id = i.batch_id)
          group by i.batch_id, m.place),
        written as (
          insert into batch_count_change (batch_id, place, n, changed_at)
          select batch_id, place, -n, null from left_by
          union all select batch_id, 'cancelled', sum(n), new.cancelled_at from left_by group by batch_id)
        update find_entry as e set bucket_id = b.id, place = case when e.place is not null then 'cancelled' end from moved as m
          join counted as b on (b.release_id, b.country, b.cert_template, b.needs_reissue)
            = (m.release_id, m.country, m.cert_template, m.needs_reissue)
          where e.student_group_id = m.student_group_id and b.state = 'cancelled' and b.reason_code = 'batch-cancelled';
        insert into find_due (student_group_id) select student_group_id from certificate where batch_id = new.id and no_letter
          on conflict (xid, student_group_id) do update set standing = true where not find_due.standing;
        -- Items of a former release, where the certificate is, have the state that it has there.
        insert into find_due (student_group_id, names, standing) select c.student_group_id, false, false from certificate as c
          join find_entry as e on e.student_group_id = c.student_group_id
          join find_bucket as b on b.id = e.bucket_id and b.release_id <> c.release_id
          where c.batch_id = new.id
          on conflict do nothing;
        return null;
      end $$;

    -- No transaction has moved a student group and not committed it.
    lock table find_entry in share row exclusive mode;
    insert into find_total select state, reason_code, country, cert_template, needs_reissue, sum(size) from find_bucket
      group by 1, 2, 3, 4, 5;
  `);
