import type { Knex } from 'knex';

const changed = (...columns: string[]) =>
  `(${columns.map((name) => `new.${name}`).join(', ')}) is distinct from (${columns.map((name) => `old.${name}`).join(', ')})`;

/** Tables whose changes may change "needs reissue", as `find` marks them. */
const NAMES = [
  ['student_group', 'insert', 'group', 'true'],
  ['student_group', 'update', 'group', changed('release_id', 'student_id', 'snapshot', 'invalid', 'gone_at')],
  ['override', 'insert', 'own', 'true'],
  ['override', 'update', 'own', 'true'],
  ['certificate', 'insert', 'own', 'true'],
  ['certificate', 'update', 'own', 'true'],
  ['certificate_version', 'insert', 'certificate', 'true'],
  ['certificate_version', 'update', 'certificate', 'true'],
  ['reissue', 'update', 'certificate', changed('version')],
] as const;

const marked = NAMES.map(
  ([table, event, of, when]) => `
    drop trigger find_due_${event} on ${table};
    create trigger find_due_${event} after ${event} on ${table} for each row when (${when})
      execute function find_mark_${of}('names');`,
);

/** SQL: marks student groups that `from` selects as `id`. */
const mark = (from: string) => `
        insert into find_due (student_group_id, names, first)
          select id, tg_nargs > 0, not exists (select from find_due where xid = pg_current_xact_id()) from ${from}
          on conflict (xid, student_group_id) do update set names = true where excluded.names and not find_due.names;
        return null;`;

/**
 * A letter changes its state four times, and each time its student group's place in lists is found anew. "Needs reissue"
 * is then kept: it depends on names, overrides and versions only, and reads the frozen facts and the whole snapshot.
 * One deferred trigger a transaction does the work; before, each changed row fired one.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    alter table find_due
      add column names boolean not null default true,  -- whether "needs reissue" may have changed
      add column first boolean not null default true;  -- of its transaction; only this row fires the trigger

    create or replace function find_mark_group() returns trigger language plpgsql as $$
      begin ${mark('(select new.id) as changed')}
      end $$;
    create or replace function find_mark_own() returns trigger language plpgsql as $$
      begin ${mark('(select new.student_group_id as id) as changed')}
      end $$;
    create or replace function find_mark_certificate() returns trigger language plpgsql as $$
      begin ${mark('(select student_group_id as id from certificate where id = new.certificate_id) as changed')}
      end $$;
    ${marked.join('')}

    -- As find_buckets(ids), but "needs reissue" of a group that is not in named is the stored one.
    create function find_buckets(ids text[], named text[]) returns table (student_group_id text, release_id text, state text,
        reason_code text, country text, cert_template text, needs_reissue boolean)
      language plpgsql stable rows 100 set plan_cache_mode = force_generic_plan as $$
      begin
        return query
          select s.student_group_id, coalesce(s.release_id, ''), s.state, coalesce(s.reason_code, ''),
            coalesce(c.country, s.country, f.country ->> 'code', ''),
            coalesce(c.cert_template, s.cert_template, f.cert_template, ''),
            case when b.id is not null and s.student_group_id <> all(named) then b.needs_reissue
              else coalesce((select bool_or(needs_reissue(own.id)) from certificate as own
                where own.student_group_id = s.student_group_id), false) end
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
    create or replace function find_buckets(ids text[]) returns table (student_group_id text, release_id text, state text,
        reason_code text, country text, cert_template text, needs_reissue boolean)
      language sql stable rows 100 as $$ select * from find_buckets(ids, ids) $$;

    create function find_refresh(wanted text[], named text[]) returns void language plpgsql volatile
      set plan_cache_mode = force_generic_plan as $$
      declare
        ids text[] := (select array_agg(distinct id order by id) from unnest(wanted) as w(id));
      begin
        insert into find_entry (student_group_id) select unnest(ids) on conflict do nothing;
        perform from find_entry where student_group_id = any(ids) order by student_group_id for update;
        with fresh as materialized (select * from find_buckets(ids, coalesce(named, '{}'))),
        moved as (
          select f.*, e.bucket_id as was from fresh as f join find_entry as e using (student_group_id)
          left join find_bucket as b on b.id = e.bucket_id
          where b.id is null or (f.release_id, f.state, f.reason_code, f.country, f.cert_template, f.needs_reissue)
            is distinct from (b.release_id, b.state, b.reason_code, b.country, b.cert_template, b.needs_reissue)),
        steps as (
          select release_id, state, reason_code, country, cert_template, needs_reissue, 1 as step from moved
          union all
          select b.release_id, b.state, b.reason_code, b.country, b.cert_template, b.needs_reissue, -1
            from moved as m join find_bucket as b on b.id = m.was),
        counted as (
          insert into find_bucket as b (release_id, state, reason_code, country, cert_template, needs_reissue, size)
          select release_id, state, reason_code, country, cert_template, needs_reissue, sum(step)
            from steps group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
          on conflict on constraint find_bucket_key do update set size = b.size + excluded.size
          returning *)
        update find_entry as e set bucket_id = b.id
          from moved as m
          join counted as b using (release_id, state, reason_code, country, cert_template, needs_reissue)
          where e.student_group_id = m.student_group_id;
      end $$;
    create or replace function find_refresh(wanted text[]) returns void language plpgsql volatile as $$
      begin
        perform find_refresh(wanted, wanted);
      end $$;

    create or replace function find_refresh_due() returns trigger language plpgsql as $$
      declare
        ids text[];
        named text[];
      begin
        with mine as (delete from find_due where xid = new.xid returning student_group_id, names)
          select array_agg(student_group_id), array_agg(student_group_id) filter (where names) into ids, named from mine;
        if ids is not null then perform find_refresh(ids, named); end if;
        return null;
      end $$;
    drop trigger find_due_refresh on find_due;
    create constraint trigger find_due_refresh after insert on find_due deferrable initially deferred
      for each row when (new.first) execute function find_refresh_due();
  `);
