import type { Knex } from 'knex';

/** A batch far above the usual size of its programme waits for a second coordinator before anything is judged. */
export const up = (knex: Knex) =>
  knex.raw(`
    alter table batch
      add column second_person jsonb,                -- why it needs one: {programme, above, count}; null: it needs none
      add column second_person_at timestamptz,       -- since when it waits
      add column confirmed_at timestamptz,
      add column confirmed_by text,                  -- the actor, as in the audit
      add constraint batch_second_person check (
        (second_person is null) = (second_person_at is null)
        and (confirmed_at is null) = (confirmed_by is null)
        and (confirmed_at is null or second_person is not null));
    create index batch_unconfirmed on batch (id) where second_person_at is not null and confirmed_at is null;
  `);
