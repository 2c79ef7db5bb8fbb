import type { Knex } from 'knex';

/** Certificates with their frozen versions, the reports to the LMS, and what needs or records a person's action. */
export const up = (knex: Knex) =>
  knex.raw(`
    -- Templates as they were published, so that any host draws what another one awarded.
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
      prefix text primary key,                   -- as it is printed
      key text not null unique,                  -- folded: two releases whose prefixes read alike are a fault
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
      batch_id uuid references batch,            -- in charge: the batch that awarded it or took it up last; null: none
      number text not null unique,
      code text not null unique check (code ~ '^[0-9A-HJKMNP-TV-Z]{25}$'),
      cert_template text not null,
      letter text not null,
      utm text,
      country text not null check (country ~ '^[A-Z]{2}$'),
      recipient text,                            -- the address that was judged; null only once erased
      issue_date date not null,                  -- a civil date in the release's zone; no host's zone moves it
      awarded_at timestamptz not null,
      unique (student_id, release_id, programme_id),
      -- a student group that the LMS moves to another release may have a certificate in each
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
      facts jsonb,                               -- frozen; null only once erased
      template_hash text not null references template,
      actor text not null,
      reason text,
      created_at timestamptz not null,
      primary key (certificate_id, version)
    );
    create index certificate_version_automatic on certificate_version (created_at) where version = 1 and actor = 'automatic';

    -- Frozen means frozen: neither code nor a person in psql changes what was issued. Erasure may only empty it.
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

    -- What a certificate is found by; erasure deletes the row.
    create table certificate_search (
      certificate_id uuid primary key references certificate,
      words tsvector not null,                   -- folded, of the holder's native and Latin names of every version
      number_key text not null                   -- the number, folded: found however it is typed
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
      -- the second report, "certificate issued", where lms.yaml asks for it
      issued_told_at timestamptz,
      issued_attempts integer not null default 0,
      issued_next_at timestamptz,
      constraint lms_report_error_named check ((last_error is null) = (last_error_code is null))
    );
    create index lms_report_untold on lms_report (certificate_id) where patched_at is null;

    -- What stops a student group until a person or a change ends it.
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
    -- Certificates of one student group are held apart; what has none yet is held under the nil id.
    create unique index hold_open_of_certificate on hold
      (student_group_id, coalesce(certificate_id, '00000000-0000-0000-0000-000000000000')) where released_at is null;

    -- What a person should look at although it stops nothing.
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
      ended_by uuid references act,              -- a person's act; null where the cause went away by itself
      cleared_at timestamptz,                    -- when the cause went away, also of a dismissed one
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

    -- A new version that a person asked for: one at a time of a certificate.
    create table reissue (
      id uuid primary key references act,
      certificate_id uuid not null references certificate,
      kind text not null check (kind in ('reissue', 'reinstate')),
      asked_at timestamptz not null,
      settled_at timestamptz,
      version integer,                           -- the version that was frozen for it
      code text,                                 -- why none could be
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
