import type { Knex } from 'knex';

/** Prefixes of numbers stay as the LMS writes them and are told apart by a folded form; why a release cannot be used is kept. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Letters and digits in upper case; null only for what a host of the former version adds meanwhile.
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
  // As many rows as there are releases. What stood there is NFKC and upper case already.
  const taken = new Set<string>();
  for (const { prefix } of await knex('number_series').orderBy('prefix').select('prefix')) {
    const key = String(prefix).replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
    if (key === '' || taken.has(key)) continue;
    taken.add(key);
    await knex('number_series').where({ prefix }).update({ key });
  }
}

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: what a person was told is not dropped by a migration');
}
