import type { Knex } from 'knex';

/** What a batch found out about each student group when it judged it: the report of a dry run counts these. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table batch_item
      add column class text check (class in ('new', 'already-issued', 'held', 'not-met', 'excluded', 'written-again')),
      add column cause text,          -- a reason code, the first unmet criterion, or the state of the certificate
      -- Only of a dry run, and only of those who would get a certificate or a letter:
      add column country text,        -- ISO 3166-1 alpha-2
      add column zone text,           -- IANA zone of the recipient
      add column letter_due timestamptz, -- not before this time; null: at once
      add column name_length integer, -- characters of the printed name
      add column script text;         -- script of the printed name
    create index batch_item_class on batch_item (batch_id, class, cause, student_group_id);
    create index batch_of_release on batch (release_id, created_at desc) where release_id is not null;
  `);
}
