import type { Knex } from 'knex';

/** Batches, the progress of their pulls, and decisions with all data to replay them. */
export const up = (knex: Knex) =>
  knex.raw(`
    create table batch (
      id uuid primary key,
      release_id text,
      student_group_ids jsonb,
      countries jsonb,
      dry_run boolean not null,
      template text,
      note text,
      actor text not null,
      idempotency_key text,
      request_hash text not null,
      created_at timestamptz not null,
      started_at timestamptz,
      pulled_at timestamptz,
      paused_at timestamptz,
      cancelled_at timestamptz,
      -- why the LMS is asked again; next_attempt_at also names the one job that does it
      last_error_code text,
      last_error text,
      next_attempt_at timestamptz,
      check ((release_id is null) <> (student_group_ids is null)),
      unique (actor, idempotency_key)
    );
    create index batch_created on batch (created_at desc, id);

    -- How far each pull of a release has come, so that one whose worker was killed goes on where it was.
    create table release_pull (
      id uuid primary key,
      release_id text not null,
      cause text not null check (cause in ('batch', 'event', 'schedule', 'person')),
      batch_id uuid unique references batch on delete cascade,
      updated_since timestamptz,                 -- by the LMS's clock; null: the whole release is read
      -- pages; for a whole release: what changed while they were read, and what was known but not on them; evaluations
      step text not null default 'pages' check (step in ('pages', 'again', 'unseen', 'evaluate')),
      cursor text,                               -- where the step goes on; null: from its beginning
      pass integer not null default 0,           -- goes up whenever a listing is read from its beginning
      pages integer not null default 0,          -- pages read, of all passes
      student_groups integer not null default 0, -- different ones of the release that stood on them
      left_out integer not null default 0,       -- different ones of other releases, which are no part of it
      unreadable integer not null default 0,     -- records without an id that the step has met
      idle integer not null default 0,           -- pages in a row that brought nothing
      release_fault text,                        -- why the LMS's answer about the release itself could not be used
      stopped text,                              -- why it ended before everything was read; null: it did not
      lms_since timestamptz,                     -- what changes from here on is the next pull's; by the LMS's clock
      requested_at timestamptz not null,
      begun_at timestamptz,
      finished_at timestamptz,
      check ((cause = 'batch') = (batch_id is not null))
    );
    create unique index release_pull_open on release_pull (release_id, cause) where finished_at is null and batch_id is null;
    create index release_pull_latest on release_pull (release_id, requested_at desc);

    -- Student groups that stood on a pull's pages; after its end only those that were left out, the first hundred.
    create table release_pull_seen (
      pull_id uuid not null references release_pull on delete cascade,
      id text not null,
      left_out_release text,                     -- the release it is of, where that is another one
      pass integer not null,
      version timestamptz,                       -- the LMS's updatedAt; null where it could not be read
      primary key (pull_id, id)
    );
    create index release_pull_left_out on release_pull_seen (pull_id, id) where left_out_release is not null;

    -- What decisions were made by, each stored once under its hash.
    create table release_snapshot (
      hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
      snapshot jsonb not null,
      created_at timestamptz not null default now()
    );
    create table rulebook (
      hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
      criteria text not null,                    -- criteria.yaml and countries.yaml as they were read
      countries text not null,
      issuer_name jsonb not null,
      templates jsonb not null,                  -- id → {language, hash}
      created_at timestamptz not null default now()
    );
    create trigger release_snapshot_frozen before update or delete on release_snapshot for each row execute function refuse_change();
    create trigger rulebook_frozen before update or delete on rulebook for each row execute function refuse_change();

    create table decision (
      id uuid primary key,
      sequence bigint generated always as identity unique,
      student_group_id text not null references student_group,
      batch_id uuid references batch,
      dry_run boolean not null,
      programme_id text,
      rules_hash text not null,
      outcome text not null check (outcome in ('met', 'not-met', 'held', 'excluded')),
      reason_code text,
      reason_detail text,
      criteria jsonb not null,
      inputs jsonb,                              -- null only once erased
      country jsonb not null,
      cert_template text,
      decided_at timestamptz not null,
      check (outcome = 'met' or reason_code is not null)
    );
    create index decision_latest on decision (student_group_id, sequence desc) where not dry_run;

    -- A decision is history; erasure may empty what it knew of a person.
    create function refuse_new_decision() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE'
           or to_jsonb(new) - '{inputs,criteria,country,reason_detail}'::text[]
              is distinct from to_jsonb(old) - '{inputs,criteria,country,reason_detail}'::text[]
           or new.reason_detail is not null and new.reason_detail is distinct from old.reason_detail
           or new.inputs is not null and new.inputs is distinct from old.inputs
           or new.criteria is distinct from old.criteria and new.criteria <> '[]'
           or new.country is distinct from old.country and not new.country <@ old.country then
          raise exception 'decision is append only; erasure may only empty it' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger decision_frozen before update or delete on decision for each row execute function refuse_new_decision();

    create table batch_item (
      batch_id uuid not null references batch on delete cascade,
      student_group_id text not null references student_group,
      release_id text,                           -- that the batch judged it in; null: not judged yet
      decision_id uuid references decision,
      evaluated_at timestamptz,
      skipped_code text,
      skipped_detail text,
      would_be text,
      cancelled_at timestamptz,
      again_at timestamptz,                      -- a person asked for this item again: pull and evaluate anew
      primary key (batch_id, student_group_id)
    );
    create index batch_item_group on batch_item (student_group_id);
    create index batch_item_unevaluated on batch_item (batch_id, student_group_id) where evaluated_at is null;
  `);
