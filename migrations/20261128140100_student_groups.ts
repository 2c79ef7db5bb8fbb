import type { Knex } from 'knex';

/** The LMS's data about releases and student groups, and coordinators' overrides and flags for student groups. */
export const up = (knex: Knex) =>
  knex.raw(`
    create table lms_event (
      id text primary key,                       -- the webhook-id header: a repeated delivery has no effect
      type text not null,
      student_group_id text,
      release_id text,
      received_at timestamptz not null default now(),
      settled_at timestamptz
    );
    create index lms_event_received on lms_event (received_at);
    -- One pull settles all open events of a student group or release. Settled events are kept for 30 days; these partial
    -- indexes skip them.
    create index lms_event_open_group on lms_event (student_group_id) where settled_at is null;
    create index lms_event_open_release on lms_event (release_id) where settled_at is null and type = 'release.closed';
    create index lms_event_open_since on lms_event (received_at) where settled_at is null;

    create table release (
      id text primary key,
      snapshot jsonb not null,
      changed_at timestamptz not null,           -- when Gramota first received the data in snapshot
      pulled_at timestamptz not null
    );
    create table release_fault (
      release_id text primary key,
      detail text not null,                      -- which fields of the LMS's newest answer are invalid; without their values
      at timestamptz not null
    );

    create table student_group (
      id text primary key,
      release_id text,
      student_id text,
      snapshot jsonb,                            -- the last valid record, with canonical field names
      email text,                                -- normalised, to find shared addresses
      etag text,
      invalid text,                              -- why the LMS's newest answer is invalid; null: it is valid
      changed_at timestamptz,                    -- when Gramota first received the data in snapshot; null: no snapshot
      pulled_at timestamptz not null,
      gone_at timestamptz
    );
    create index student_group_of_release on student_group (release_id, id);
    create index student_group_student on student_group (student_id, release_id);
    create index student_group_email on student_group (email) where email is not null;
    create index student_group_unreadable on student_group (id) where gone_at is not null or invalid is not null;

    -- The newest row of each field is valid; a null value withdraws the override.
    create table override (
      sequence bigint generated always as identity primary key,
      student_group_id text not null references student_group,
      field text not null check (field in
        ('country', 'fullName', 'latinName', 'projectTitle', 'email', 'allowSharedEmail', 'certTemplate', 'excluded', 'allow')),
      value jsonb check (value <> 'null'::jsonb),  -- null: withdrawn, or a personal value that was erased
      actor text not null,
      reason text not null,
      act_id uuid not null references act,
      at timestamptz not null,
      unique (act_id, field)
    );
    create index override_latest on override (student_group_id, field, sequence desc);
    -- finds the student groups on the allow list and on the deny list
    create index override_list on override (field, student_group_id, sequence desc) where field in ('excluded', 'allow');
    -- finds the student groups whose address a coordinator set to a given one
    create index override_email on override (value) where field = 'email';

    create function refuse_new_override() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' or new.value is not null and new.value is distinct from old.value
           or to_jsonb(new) - 'value' is distinct from to_jsonb(old) - 'value' then
          raise exception 'override is append only; a value may only be emptied' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger override_frozen before update or delete on override for each row execute function refuse_new_override();
  `);
