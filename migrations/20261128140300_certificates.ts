import type { Knex } from 'knex';

/** Certificates with their immutable versions, reports to the LMS, holds, flags, revocations and requested versions. */
export const up = (knex: Knex) =>
  knex.raw(`
    -- Published templates are stored here, so that any host can draw a certificate that another host awarded.
    create table template (
      hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
      template_id text not null,
      definition jsonb not null,
      created_at timestamptz not null default now()
    );
    create table template_asset (
      sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
      bytes bytea not null
    );
    create trigger template_frozen before update on template for each row execute function refuse_change();

    create table number_series (
      prefix text primary key,                   -- as printed on the diploma
      key text not null unique,                  -- folded: prefixes of two releases must not look alike
      release_id text not null references release,
      last_number integer not null default 0 check (last_number >= 0)
    );

    create table certificate (
      id uuid primary key,
      student_id text not null,
      release_id text not null references release,
      programme_id text not null,
      student_group_id text not null references student_group,
      decision_id uuid not null references decision,
      batch_id uuid references batch,            -- the batch that controls it: awarded it, or resumed it last; null: none
      number text not null unique,
      code text not null unique check (code ~ '^[0-9A-HJKMNP-TV-Z]{25}$'),
      cert_template text not null,
      letter text not null,
      utm text,
      country text not null check (country ~ '^[A-Z]{2}$'),
      recipient text,                            -- the address at the evaluation; null only after erasure
      issue_date date not null,                  -- calendar date in the release's time zone
      awarded_at timestamptz not null,
      unique (student_id, release_id, programme_id),
      -- a student group that the LMS moved to another release may have one certificate in each release
      constraint certificate_membership unique (student_group_id, release_id)
    );
    create index certificate_release on certificate (release_id);
    create index certificate_awarded on certificate (programme_id, awarded_at);
    create index certificate_newest on certificate (awarded_at desc, id desc);
    create index certificate_batch on certificate (batch_id) where batch_id is not null;
    create index certificate_recipient on certificate (recipient);

    create table certificate_version (
      certificate_id uuid not null references certificate,
      version integer not null check (version > 0),
      facts jsonb,                               -- immutable; null only after erasure
      template_hash text not null references template,
      actor text not null,
      reason text,
      created_at timestamptz not null,
      primary key (certificate_id, version)
    );
    create index certificate_version_automatic on certificate_version (created_at) where version = 1 and actor = 'automatic';

    -- Nothing can change what was issued, also not in psql. Only erasure may set it to null.
    create function refuse_new_identity() returns trigger language plpgsql as $$
      begin
        if (new.id, new.student_id, new.release_id, new.programme_id, new.number, new.code, new.issue_date)
           is distinct from (old.id, old.student_id, old.release_id, old.programme_id, old.number, old.code, old.issue_date) then
          raise exception 'the identity of a certificate is frozen' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create function refuse_new_facts() returns trigger language plpgsql as $$
      begin
        if new.facts is not null and new.facts is distinct from old.facts or new.template_hash <> old.template_hash
           or new.certificate_id <> old.certificate_id or new.version <> old.version then
          raise exception 'the facts of a certificate are frozen' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger certificate_frozen before update on certificate for each row execute function refuse_new_identity();
    create trigger certificate_version_frozen before update on certificate_version for each row execute function refuse_new_facts();

    -- The search keys of a certificate; erasure deletes the row.
    create table certificate_search (
      certificate_id uuid primary key references certificate,
      words tsvector not null,                   -- the holder's native and Latin names of all versions, folded
      number_key text not null                   -- the number, folded, so that spelling does not matter
    );
    create index certificate_search_words on certificate_search using gin (words);
    create index certificate_search_number on certificate_search (number_key);

    create table lms_report (
      certificate_id uuid primary key references certificate,
      patched_at timestamptz,
      attempts integer not null default 0,
      last_error_code text,
      last_error text,
      next_attempt_at timestamptz,
      -- the second report, "certificate issued", if lms.yaml requires it
      issued_told_at timestamptz,
      issued_attempts integer not null default 0,
      issued_next_at timestamptz,
      constraint lms_report_error_named check ((last_error is null) = (last_error_code is null))
    );
    create index lms_report_untold on lms_report (certificate_id) where patched_at is null;

    -- Each open row stops a student group or one of its certificates, until a person or a change ends it.
    create table hold (
      id uuid primary key,
      student_group_id text not null references student_group,
      certificate_id uuid references certificate,
      stage text not null,
      code text not null,
      detail text not null,
      held_at timestamptz not null,
      released_at timestamptz,
      released_by text
    );
    -- At most one open hold for each certificate, and one for the student group itself (certificate_id null, indexed as
    -- the nil UUID).
    create unique index hold_open_of_certificate on hold
      (student_group_id, coalesce(certificate_id, '00000000-0000-0000-0000-000000000000')) where released_at is null;

    -- Each open row asks a person to check something; it stops nothing.
    create table flag (
      id uuid primary key,
      student_group_id text not null references student_group,
      certificate_id uuid references certificate,
      kind text not null check (kind in
        ('criteria-no-longer-met', 'student-merged', 'lms-template-differs', 'deleted-after-sent', 'lms-not-told-issued',
         'hours-differ', 'release-moved')),
      detail text not null,
      raised_at timestamptz not null,
      ended_at timestamptz,
      ended_by uuid references act,              -- the person's action that dismissed it; null: open, or its cause ended
      cleared_at timestamptz,                    -- when the cause ended, also of a dismissed flag
      check (ended_by is null or ended_at is not null)
    );
    create unique index flag_open on flag (student_group_id, kind) where ended_at is null;
    create index flag_open_newest on flag (raised_at, id) where ended_at is null;
    create index flag_latest on flag (student_group_id, kind, raised_at desc);

    create table validity_act (
      id uuid primary key,
      sequence bigint generated always as identity unique,
      certificate_id uuid not null references certificate,
      version integer not null,
      kind text not null check (kind in ('revoke', 'reinstate')),
      reason_class text not null,
      reason text not null,
      actor text not null,
      acted_at timestamptz not null
    );
    create index validity_act_certificate on validity_act (certificate_id, sequence desc);
    create trigger validity_act_frozen before update or delete on validity_act for each row execute function refuse_change();

    -- Requests of people for a new version; at most one open request for each certificate.
    create table reissue (
      id uuid primary key references act,
      certificate_id uuid not null references certificate,
      kind text not null check (kind in ('reissue', 'reinstate')),
      asked_at timestamptz not null,
      settled_at timestamptz,
      version integer,                           -- the version that was created for this request
      code text,                                 -- reason code if no version could be created
      detail text,
      foreign key (certificate_id, version) references certificate_version,
      check (case when settled_at is null then version is null and code is null
                  else (version is null) <> (code is null) end)
    );
    create unique index reissue_open on reissue (certificate_id) where settled_at is null;
    create index reissue_certificate on reissue (certificate_id, asked_at desc);
    create function refuse_second_settlement() returns trigger language plpgsql as $$
      begin
        if old.settled_at is not null or (new.id, new.certificate_id, new.kind, new.asked_at)
           is distinct from (old.id, old.certificate_id, old.kind, old.asked_at) then
          raise exception 'what was asked for, and what came of it, stays' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger reissue_settled before update on reissue for each row execute function refuse_second_settlement();
    create trigger reissue_kept before delete on reissue for each row execute function refuse_change();
  `);
