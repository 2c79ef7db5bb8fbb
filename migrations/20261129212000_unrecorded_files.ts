import type { Knex } from 'knex';

/**
 * Files that a worker is about to store, until they are recorded. If the worker dies in between, an erasure finds them here,
 * and the upkeep deletes what nobody recorded.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    create table unrecorded_file (
      certificate_id uuid not null,
      version integer not null,
      sha256s text[] not null,                   -- names of the files in the artefact store
      begun_at timestamptz not null,             -- when the newest of them was about to be stored
      primary key (certificate_id, version),
      foreign key (certificate_id, version) references certificate_version
    );
    create index unrecorded_file_begun on unrecorded_file (begun_at);
  `);
