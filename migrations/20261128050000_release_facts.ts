import type { Knex } from 'knex';

/** Prefixes of numbers stay as the LMS writes them and are told apart by a folded form; why a release cannot be used is kept. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What the prefix is told apart by; null only for what a host of the former version adds meanwhile.
    alter table number_series add column key text unique;
    create table release_fault (
      release_id text primary key,
      detail text not null,                      -- where its newest answer does not fit; no value of it
      at timestamptz not null
    );
    alter table flag drop constraint flag_kind_check;
    alter table flag add constraint flag_kind_check check (kind in
      ('criteria-no-longer-met', 'student-merged', 'lms-template-differs', 'deleted-after-sent', 'lms-not-told-issued',
       'hours-differ'));
  `);
}

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: what a person was told is not dropped by a migration');
}
