import type { Knex } from 'knex';

/** Acts of a person on many student groups, certificates or flags, with one row and one result for each of them. */
export const up = (knex: Knex) =>
  knex.raw(`
    create table bulk_act (
      id uuid primary key,
      verb text not null check (verb in
        ('override', 'exclude', 'allow', 'retry', 'resend', 'reissue', 'revoke', 'reinstate', 'dismiss')),
      options jsonb not null,                    -- the fields of the request that only this verb has
      reason text not null,
      actor text not null,
      dry_run boolean not null,
      filter jsonb,                              -- how the rows were selected, without words of a search; null: by ids
      total integer not null default 0,
      idempotency_key text,
      request_hash text not null,
      needs_second_person boolean not null default false,
      confirmed_at timestamptz,
      confirmed_by text,                         -- the actor, as in the audit
      created_at timestamptz not null,
      paused_at timestamptz,
      cancelled_at timestamptz,
      finished_at timestamptz,
      counts jsonb,                              -- number of rows by result and reason; stored when no row can change any more
      -- why the last query to the LMS failed, and when it is repeated
      last_error_code text,
      last_error text,
      next_attempt_at timestamptz,
      unique (actor, idempotency_key),
      check ((confirmed_at is null) = (confirmed_by is null) and (confirmed_at is null or needs_second_person)),
      check (finished_at is null or cancelled_at is null)
    );
    create index bulk_act_created on bulk_act (created_at desc, id desc);
    create index bulk_act_open on bulk_act (id) where finished_at is null and cancelled_at is null;

    -- The selection is copied into rows when the bulk act starts; later changes of the filter's result do not matter.
    create table bulk_act_row (
      bulk_act_id uuid not null references bulk_act on delete cascade,
      position integer not null,
      subject text not null,                     -- id of the student group, certificate or flag; of unknown ones, the text given
      student_group_id text,
      certificate_id uuid,
      -- possible: a dry run did the act and rolled it back; null: not handled yet
      result text check (result in ('possible', 'done', 'refused', 'failed')),
      reason_code text,
      reason_detail text,
      state text,                                -- state of the subject after this row was handled
      former_act jsonb,                          -- of a refused row: {verb, actor, at} of the newest act on the subject
      tries integer not null default 0,
      due_at timestamptz,                        -- after a failed try: no new try before this time
      handled_at timestamptz,
      primary key (bulk_act_id, position),
      unique (bulk_act_id, subject),
      check ((result is null) = (handled_at is null)),
      check (result <> 'refused' or reason_code is not null)
    );
    create index bulk_act_row_result on bulk_act_row (bulk_act_id, result, position) include (reason_code);

    -- Each row is handled once.
    create function refuse_second_result() returns trigger language plpgsql as $$
      begin
        raise exception 'row % of bulk act % already has a result', old.position, old.bulk_act_id
          using errcode = 'integrity_constraint_violation';
      end $$;
    create trigger bulk_act_row_once before update on bulk_act_row for each row
      when (old.result is not null) execute function refuse_second_result();
    create function refuse_end_of_bulk_act() returns trigger language plpgsql as $$
      begin
        raise exception 'a bulk act that has ended stays as it is' using errcode = 'integrity_constraint_violation';
      end $$;
    create trigger bulk_act_ended before update of paused_at, cancelled_at, finished_at, confirmed_at on bulk_act for each row
      when ((old.cancelled_at is not null or old.finished_at is not null)
        and (old.paused_at, old.cancelled_at, old.finished_at, old.confirmed_at)
          is distinct from (new.paused_at, new.cancelled_at, new.finished_at, new.confirmed_at))
      execute function refuse_end_of_bulk_act();

    -- The bulk act of which an act is a part. The transaction of a row sets the variable, so that no act can forget the link.
    alter table act add column bulk_act_id uuid references bulk_act
      default nullif(current_setting('gramota.bulk_act', true), '')::uuid;
  `);
