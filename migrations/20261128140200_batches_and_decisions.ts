import type { Knex } from 'knex';

/** Batches, the progress of pulls, and decisions with all data that is needed to replay them. */
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
      -- why the last query to the LMS failed; next_attempt_at is the time of the retry, and identifies its job
      last_error_code text,
      last_error text,
      next_attempt_at timestamptz,
      check ((release_id is null) <> (student_group_ids is null)),
      unique (actor, idempotency_key)
    );
    create index batch_created on batch (created_at desc, id);

    -- The progress of each pull of a release: after its worker was killed, a pull continues from here.
    create table release_pull (
      id uuid primary key,
      release_id text not null,
      cause text not null check (cause in ('batch', 'event', 'schedule', 'person')),
      batch_id uuid unique references batch on delete cascade,
      updated_since timestamptz,                 -- only changes since this time are read (LMS's clock); null: the whole release
      -- Steps in order. pages: read all pages. Only for a whole release: again: read what changed since the pull began;
      -- unseen: query by id the known student groups that were on no page. evaluate: enqueue the evaluations.
      step text not null default 'pages' check (step in ('pages', 'again', 'unseen', 'evaluate')),
      cursor text,                               -- where the step continues; null: from its beginning
      pass integer not null default 0,           -- incremented whenever a listing is read from its beginning
      pages integer not null default 0,          -- number of pages read, in all passes
      student_groups integer not null default 0, -- number of the release's student groups on these pages
      left_out integer not null default 0,       -- number of student groups of other releases; the pull ignores them
      unreadable integer not null default 0,     -- number of records without an id in this step
      idle integer not null default 0,           -- number of pages in a row with nothing new
      release_fault text,                        -- why the LMS's answer about the release was invalid; null: valid
      stopped text,                              -- why the pull ended early; null: not ended early
      lms_since timestamptz,                     -- the next pull reads changes since this time (LMS's clock)
      requested_at timestamptz not null,
      begun_at timestamptz,
      finished_at timestamptz,
      check ((cause = 'batch') = (batch_id is not null))
    );
    create unique index release_pull_open on release_pull (release_id, cause) where finished_at is null and batch_id is null;
    create index release_pull_latest on release_pull (release_id, requested_at desc);

    -- Student groups on a pull's pages. After the pull ends, only the first hundred groups of other releases are kept.
    create table release_pull_seen (
      pull_id uuid not null references release_pull on delete cascade,
      id text not null,
      left_out_release text,                     -- its release, if not the pull's; else null
      pass integer not null,
      version timestamptz,                       -- the LMS's updatedAt; null: unreadable
      primary key (pull_id, id)
    );
    create index release_pull_left_out on release_pull_seen (pull_id, id) where left_out_release is not null;

    -- The release data and the rules that decisions used. Each content is stored once, by its hash.
    create table release_snapshot (
      hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
      snapshot jsonb not null,
      created_at timestamptz not null default now()
    );
    create table rulebook (
      hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
      criteria text not null,                    -- the text of criteria.yaml
      countries text not null,                   -- the text of countries.yaml
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
      inputs jsonb,                              -- null only after erasure
      country jsonb not null,
      cert_template text,
      decided_at timestamptz not null,
      check (outcome = 'met' or reason_code is not null)
    );
    create index decision_latest on decision (student_group_id, sequence desc) where not dry_run;

    -- Decisions are append-only; only erasure may empty their personal data.
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
      release_id text,                           -- the student group's release when the batch evaluated it; null: not yet
      decision_id uuid references decision,
      evaluated_at timestamptz,
      skipped_code text,
      skipped_detail text,
      would_be text,
      cancelled_at timestamptz,
      again_at timestamptz,                      -- when a person requested a new pull and evaluation of this item
      primary key (batch_id, student_group_id)
    );
    create index batch_item_group on batch_item (student_group_id);
    create index batch_item_unevaluated on batch_item (batch_id, student_group_id) where evaluated_at is null;
  `);
