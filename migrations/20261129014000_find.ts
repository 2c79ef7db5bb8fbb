import type { Knex } from 'knex';

/** SQL: NFC, single spaces, trimmed; null for an empty text. As `normaliseName` does. */
const clean = (text: string) =>
  String.raw`nullif(btrim(regexp_replace(normalize(${text}, NFC), '[\t\n\v\f\r\u0085 \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g')), '')`;
const nameNow = (field: 'fullName' | 'latinName') =>
  clean(`coalesce((select value #>> '{}' from override where student_group_id = g.id and field = '${field}'
    order by sequence desc limit 1), g.snapshot #>> '{student,${field}}')`);

/** Marks the row's own student group as changed, or the one of its certificate. */
const mark = (table: string, event: string, of: 'group' | 'own' | 'certificate', when = 'true') => `
  create trigger find_due_${event.split(' ')[0]} after ${event} on ${table} for each row when (${when})
    execute function find_mark_${of}();`;
const changed = (...columns: string[]) =>
  `(${columns.map((name) => `new.${name}`).join(', ')}) is distinct from (${columns.map((name) => `old.${name}`).join(', ')})`;

/**
 * What lists and searches of student groups read. The standing is derived by views and cannot have an index; here every
 * student group lies in one bucket: the combination of release, state, reason, country, template and "needs reissue". A
 * filter picks buckets, whose sizes are known, and reads only rows that match. Triggers keep it in the transaction that
 * changes the facts.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    -- '' means none. Rows are never deleted: cursors name them.
    create table find_bucket (
      id bigint generated always as identity primary key,
      release_id text not null,
      state text not null,
      reason_code text not null,
      country text not null,
      cert_template text not null,
      needs_reissue boolean not null,
      size integer not null,                     -- the number of its student groups
      constraint find_bucket_key unique (release_id, state, reason_code, country, cert_template, needs_reissue)
    );
    create table find_entry (
      student_group_id text primary key references student_group,
      bucket_id bigint references find_bucket    -- null only inside find_refresh
    );
    create index find_entry_bucket on find_entry (bucket_id, student_group_id);

    -- Names of a student group, as the LMS and coordinators ever wrote them, folded by src/domain/text/search-words.ts.
    -- words is null until they are folded: rows of this migration; the upkeep does it.
    create table find_words (
      student_group_id text primary key references student_group,
      words tsvector
    );
    create index find_words_words on find_words using gin (words) with (fastupdate = off);
    create index find_words_unfolded on find_words (student_group_id) where words is null;

    -- Student groups that the current transaction has changed. Its last act empties it, so no row is ever committed.
    create unlogged table find_due (
      xid xid8 not null default pg_current_xact_id(),
      student_group_id text not null,
      primary key (xid, student_group_id)
    );

    -- Whether a printed value was overridden after the newest version was frozen, or the LMS has another name since. A
    -- reinstated version prints the same facts as before, and a Latin form added or removed since is no contradiction.
    create function needs_reissue(certificate uuid) returns boolean language plpgsql stable
      set plan_cache_mode = force_generic_plan as $$
      begin
        return exists (
          select from certificate as c
          join lateral (select max(created_at) as frozen_at from certificate_version as f where f.certificate_id = c.id
            and not exists (select from reissue where certificate_id = c.id and version = f.version and kind = 'reinstate')) as v on true
          cross join lateral (select distinct field from override where student_group_id = c.student_group_id
            and field not in ('email', 'allowSharedEmail', 'excluded', 'allow')) as printed
          where c.id = certificate
            and (select value from override as o where o.student_group_id = c.student_group_id and o.field = printed.field
                   order by sequence desc limit 1)
                is distinct from
                (select value from override as o where o.student_group_id = c.student_group_id and o.field = printed.field
                   and o.at <= v.frozen_at order by sequence desc limit 1)
        ) or exists (
          select from certificate as c join student_group as g on g.id = c.student_group_id
          cross join lateral (select facts ->> 'holderName' as holder, facts ->> 'latinName' as latin from certificate_version
            where certificate_id = c.id order by version desc limit 1) as printed
          cross join lateral (select ${nameNow('fullName')} as native, ${nameNow('latinName')} as latin) as now
          where c.id = certificate and g.student_id = c.student_id
            and not coalesce(holder = now.latin and printed.latin is null, false)
            and (holder <> coalesce(now.native, '') or coalesce(printed.latin <> now.latin, false)));
      end $$;

    -- The bucket of each of these student groups as the facts are now.
    create function find_buckets(ids text[]) returns table (student_group_id text, release_id text, state text,
        reason_code text, country text, cert_template text, needs_reissue boolean)
      language plpgsql stable rows 100 set plan_cache_mode = force_generic_plan as $$
      begin
        return query
          select s.student_group_id, coalesce(s.release_id, ''), s.state, coalesce(s.reason_code, ''),
            coalesce(c.country, s.country, f.country ->> 'code', ''),
            coalesce(c.cert_template, s.cert_template, f.cert_template, ''),
            coalesce((select bool_or(needs_reissue(own.id)) from certificate as own where own.student_group_id = s.student_group_id), false)
          from unnest(ids) as wanted(id)
          cross join lateral (select * from standing where standing.student_group_id = wanted.id offset 0) as s
          left join certificate as c on c.student_group_id = s.student_group_id and c.release_id = s.release_id
          -- what a dry run found, of a student group that was never judged otherwise
          left join lateral (select d.country, d.cert_template from decision as d
            where d.student_group_id = s.student_group_id and d.dry_run and s.decision_id is null
            order by d.sequence desc limit 1) as f on true;
      end $$;
    create index decision_foreseen on decision (student_group_id, sequence desc) where dry_run;

    -- Puts these student groups into the buckets where they belong now. Rows are locked in one order everywhere, so that
    -- two transactions cannot deadlock; the second sees what the first committed, because each statement has a new snapshot.
    create function find_refresh(wanted text[]) returns void language plpgsql volatile as $$
      declare
        ids text[] := (select array_agg(distinct id order by id) from unnest(wanted) as w(id));
      begin
        insert into find_entry (student_group_id) select unnest(ids) on conflict do nothing;
        perform from find_entry where student_group_id = any(ids) order by student_group_id for update;
        with fresh as materialized (select * from find_buckets(ids)),
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

    -- Deferred: once, when the transaction is about to commit, after all its changes.
    create function find_refresh_due() returns trigger language plpgsql as $$
      declare
        ids text[];
      begin
        if not exists (select from find_due where xid = new.xid) then return null; end if;
        with mine as (delete from find_due where xid = new.xid returning student_group_id)
          select array_agg(student_group_id) into ids from mine;
        perform find_refresh(ids);
        return null;
      end $$;
    create constraint trigger find_due_refresh after insert on find_due deferrable initially deferred
      for each row execute function find_refresh_due();

    create function find_mark_group() returns trigger language plpgsql as $$
      begin
        insert into find_due (student_group_id) values (new.id) on conflict do nothing;
        return null;
      end $$;
    create function find_mark_own() returns trigger language plpgsql as $$
      begin
        insert into find_due (student_group_id) values (new.student_group_id) on conflict do nothing;
        return null;
      end $$;
    create function find_mark_certificate() returns trigger language plpgsql as $$
      begin
        insert into find_due (student_group_id) select student_group_id from certificate where id = new.certificate_id
          on conflict do nothing;
        return null;
      end $$;
    create function find_mark_batch() returns trigger language plpgsql as $$
      begin
        insert into find_due (student_group_id) select student_group_id from certificate where batch_id = new.id
          on conflict do nothing;
        return null;
      end $$;

    -- Every fact that the views "standing" and "obstacles", or needs_reissue, make a state of.
    ${mark('student_group', 'insert', 'group')}
    ${mark('student_group', 'update', 'group', changed('release_id', 'student_id', 'snapshot', 'invalid', 'gone_at'))}
    ${mark('decision', 'insert', 'own')}
    ${mark('decision', 'update', 'own')}
    ${mark('override', 'insert', 'own')}
    ${mark('override', 'update', 'own')}
    ${mark('hold', 'insert', 'own')}
    ${mark('hold', 'update', 'own')}
    ${mark('certificate', 'insert', 'own')}
    ${mark('certificate', 'update', 'own')}
    ${mark('certificate_version', 'insert', 'certificate')}
    ${mark('certificate_version', 'update', 'certificate')}
    ${mark('lms_report', 'insert', 'certificate')}
    ${mark('lms_report', 'update', 'certificate', changed('patched_at', 'last_error_code'))}
    ${mark('diploma', 'insert', 'certificate')}
    ${mark('reissue', 'update', 'certificate', changed('version'))}
    ${mark('personal_issue', 'insert', 'certificate')}
    ${mark('personal_issue', 'update', 'certificate', changed('state', 'reason_code', 'shift_reason'))}
    ${mark('validity_act', 'insert', 'certificate')}
    create trigger find_due_cancelled after update on batch for each row
      when (new.cancelled_at is distinct from old.cancelled_at) execute function find_mark_batch();
  `);
