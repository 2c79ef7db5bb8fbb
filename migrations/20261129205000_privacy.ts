import type { Knex } from 'knex';

/**
 * Erasure of a person's data, and of data whose time has ended. What was frozen may be emptied inside a confirmed erasure and
 * nowhere else; nothing can be replaced. Erased persons do not come back with a later pull.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    create table erasure (
      id uuid primary key,
      ground text not null check (ground in ('person-asked', 'consent-withdrawn', 'ordered', 'retention-ended')),
      student_hash text check (student_hash ~ '^[0-9a-f]{64}$'), -- person_hash of the student id; null: a run of the retention job
      shown jsonb not null,                      -- what the person saw who confirmed it: ids and counts, no personal data
      asked_by text not null,
      asked_at timestamptz not null,
      confirmed_by text,
      confirmed_at timestamptz,
      receipt jsonb,                             -- number of rows emptied or deleted, by table; null: not done
      files text[] not null default '{}',        -- SHA-256 of files that are still to be deleted from the artefact store
      finished_at timestamptz,                   -- all files are deleted
      check ((confirmed_at is null) = (confirmed_by is null)),
      check (receipt is null or confirmed_at is not null),
      check (finished_at is null or receipt is not null and files = '{}')
    );
    create index erasure_open on erasure (confirmed_at) where receipt is not null and finished_at is null;
    create function refuse_second_erasure() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and old.receipt is not null -- one that found nothing leaves no receipt
           or tg_op = 'UPDATE' and old.receipt is not null
              and to_jsonb(new) - '{files,finished_at}'::text[] is distinct from to_jsonb(old) - '{files,finished_at}'::text[] then
          raise exception 'the receipt of an erasure stays' using errcode = 'integrity_constraint_violation';
        end if;
        return coalesce(new, old);
      end $$;
    create trigger erasure_kept before update or delete on erasure for each row execute function refuse_second_erasure();

    -- Student ids are hashed with this key, so that the hashes say nothing to someone who has only them.
    create table privacy_key (
      one boolean primary key default true check (one),
      key text not null
    );
    insert into privacy_key (key) values (gen_random_uuid()::text || gen_random_uuid()::text);
    create function person_hash(student text) returns text language sql stable as $$
      select encode(sha256(convert_to((select key from privacy_key) || ':' || student, 'UTF8')), 'hex') $$;

    create table erased_person (
      student_hash text primary key check (student_hash ~ '^[0-9a-f]{64}$'),
      erasure_id uuid not null references erasure,
      erased_at timestamptz not null,
      readmitted_at timestamptz,                 -- since then the LMS's data of this person are stored again
      readmitted_by text,
      check ((readmitted_at is null) = (readmitted_by is null))
    );
    create function is_erased_person(student text) returns boolean language sql stable as $$
      select exists (select from erased_person where student_hash = person_hash(student) and readmitted_at is null) $$;

    -- Whether the transaction carries out a confirmed erasure: it names it, and the erasure has no receipt yet.
    create function erasing() returns boolean language plpgsql stable as $$
      begin
        return exists (select from erasure where id = nullif(current_setting('gramota.erasure', true), '')::uuid
          and confirmed_at is not null and receipt is null);
      end $$;

    -- One row for each day (UTC) on which the retention job ran, with the number of rows it deleted or emptied.
    create table retention_run (
      day date primary key,
      begun_at timestamptz not null,
      counts jsonb                               -- null: it did not come to its end
    );

    -- Whatever the LMS says of an erased person is not stored: only the id of the student group and its release.
    alter table student_group add column erased_at timestamptz;
    create function keep_erased() returns trigger language plpgsql as $$
      begin
        if tg_op = 'UPDATE' then new.erased_at := coalesce(new.erased_at, old.erased_at); end if;
        if new.erased_at is null and new.student_id is not null
           and (tg_op = 'INSERT' or new.student_id is distinct from old.student_id) and is_erased_person(new.student_id) then
          new.erased_at := clock_timestamp();
        end if;
        if new.erased_at is not null then
          new.student_id := null;
          new.snapshot := null;
          new.email := null;
          new.etag := null;
          new.invalid := null;
          new.changed_at := null;
          new.gone_at := null;
        end if;
        return new;
      end $$;
    create trigger student_group_erased before insert or update on student_group for each row
      when (new.student_id is not null or new.erased_at is not null) execute function keep_erased();

    create function keep_words_erased() returns trigger language plpgsql as $$
      begin
        if exists (select from student_group where id = new.student_group_id and erased_at is not null) then new.words := ''; end if;
        return new;
      end $$;
    create trigger find_words_erased before insert or update on find_words for each row execute function keep_words_erased();

    create function refuse_override_of_erased() returns trigger language plpgsql as $$
      begin
        if exists (select from student_group where id = new.student_group_id and erased_at is not null) then
          raise exception 'the student group is erased' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger override_of_erased before insert on override for each row execute function refuse_override_of_erased();

    -- The frozen tables. Each function: what an erasure may empty, and that nothing else changes.
    create or replace function refuse_new_override() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' or not erasing() or new.value is not null and new.value is distinct from old.value
           or new.reason not in (old.reason, 'erased')
           or to_jsonb(new) - '{value,reason}'::text[] is distinct from to_jsonb(old) - '{value,reason}'::text[] then
          raise exception 'override is append only; only an erasure may empty a value' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;

    create or replace function refuse_new_decision() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' or not erasing()
           or to_jsonb(new) - '{inputs,criteria,country,reason_detail}'::text[]
              is distinct from to_jsonb(old) - '{inputs,criteria,country,reason_detail}'::text[]
           or new.reason_detail is not null and new.reason_detail is distinct from old.reason_detail
           or new.inputs is not null and new.inputs is distinct from old.inputs
           or new.criteria is distinct from old.criteria and new.criteria <> '[]'
           or new.country is distinct from old.country and not new.country <@ old.country then
          raise exception 'decision is append only; only an erasure may empty it' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;

    create or replace function refuse_new_facts() returns trigger language plpgsql as $$
      begin
        if new.facts is distinct from old.facts and (new.facts is not null or not erasing())
           or new.template_hash <> old.template_hash
           or new.certificate_id <> old.certificate_id or new.version <> old.version then
          raise exception 'the facts of a certificate are frozen' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;

    -- The issue date may follow the newest version. The student's id may become the certificate's own, when it is erased.
    create or replace function refuse_new_identity() returns trigger language plpgsql as $$
      begin
        if (new.id, new.release_id, new.programme_id, new.number, new.code)
           is distinct from (old.id, old.release_id, old.programme_id, old.number, old.code)
           or new.student_id <> old.student_id and not (erasing() and new.student_id = 'erased:' || new.id)
           or new.issue_date is distinct from old.issue_date
              and to_char(new.issue_date, 'YYYY-MM-DD') is distinct from (select facts ->> 'issueDate' from certificate_version
                where certificate_id = new.id order by version desc limit 1) then
          raise exception 'the identity of a certificate is frozen' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;

    create function refuse_new_act() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' or not erasing() or new.reason is not null and new.reason is distinct from old.reason
           or new.detail is not null and new.detail is distinct from old.detail
           or to_jsonb(new) - '{reason,detail}'::text[] is distinct from to_jsonb(old) - '{reason,detail}'::text[] then
          raise exception 'act is append only; only an erasure may empty its texts' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    drop trigger act_frozen on act;
    create trigger act_frozen before update or delete on act for each row execute function refuse_new_act();

    create function refuse_new_validity_act() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' or not erasing() or new.reason not in (old.reason, 'erased')
           or to_jsonb(new) - 'reason' is distinct from to_jsonb(old) - 'reason' then
          raise exception 'validity_act is append only; only an erasure may empty its reason' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    drop trigger validity_act_frozen on validity_act;
    create trigger validity_act_frozen before update or delete on validity_act for each row execute function refuse_new_validity_act();

    create or replace function refuse_second_settlement() returns trigger language plpgsql as $$
      begin
        if old.settled_at is not null and not (erasing() and (new.detail is null or new.detail in (old.detail, 'erased'))
             and to_jsonb(new) - 'detail' = to_jsonb(old) - 'detail')
           or (new.id, new.certificate_id, new.kind, new.asked_at)
           is distinct from (old.id, old.certificate_id, old.kind, old.asked_at) then
          raise exception 'what was asked for, and what came of it, stays' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;

    create or replace function refuse_second_result() returns trigger language plpgsql as $$
      begin
        if erasing() and to_jsonb(new) - '{subject,reason_detail}'::text[] = to_jsonb(old) - '{subject,reason_detail}'::text[]
           and new.subject in (old.subject, 'erased:' || old.position) and (new.reason_detail is null or new.reason_detail = old.reason_detail) then
          return new;
        end if;
        raise exception 'row % of bulk act % already has a result', old.position, old.bulk_act_id
          using errcode = 'integrity_constraint_violation';
      end $$;

    -- Only the files of erased certificates can be deleted, and files that no certificate has.
    create function refuse_loss_of_diploma() returns trigger language plpgsql as $$
      begin
        if exists (select from diploma as d join certificate_version as v using (certificate_id, version)
                   where d.sha256 = old.sha256 and v.facts is not null)
           or exists (select from diploma_credential as d join certificate_version as v using (certificate_id, version)
                   where old.sha256 in (d.json_sha256, d.jwt_sha256) and v.facts is not null) then
          raise exception 'a certificate needs this file' using errcode = 'integrity_constraint_violation';
        end if;
        return old;
      end $$;
    create trigger artefact_kept before delete on artefact for each row execute function refuse_loss_of_diploma();
  `);
