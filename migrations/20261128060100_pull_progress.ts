import type { Knex } from 'knex';

/** What a pull has seen: so that paging that does not end is noticed, progress is shown, and what was left out is named. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table release_pull
      add column pass integer not null default 0,          -- goes up whenever a listing is read from its beginning
      add column pages integer not null default 0,         -- pages read, of all passes
      add column student_groups integer not null default 0, -- different ones of the release that stood on them
      add column left_out integer not null default 0,      -- different ones of other releases, which are no part of it
      add column idle integer not null default 0,          -- pages in a row that brought nothing
      add column release_fault text,                       -- why the LMS's answer about the release itself could not be used
      add column stopped text;                             -- why it ended before everything was read; null: it did not

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
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table release_pull_seen;
    alter table release_pull drop column pass, drop column pages, drop column student_groups, drop column left_out,
      drop column idle, drop column release_fault, drop column stopped;
  `);
}
