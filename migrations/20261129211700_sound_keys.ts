import type { Knex } from 'knex';

/**
 * `find_words.words` also has keys by which a name is found in another usual transliteration
 * (src/domain/text/sound-keys.ts). The upkeep adds them to the names that are there already.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    alter table find_words add column has_keys boolean not null default false;
    create index find_words_without_keys on find_words (student_group_id) where not has_keys;
  `);
