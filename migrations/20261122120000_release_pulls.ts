import type { Knex } from 'knex';

/** How far each pull of a release has come, so that a killed one goes on; and look-ups that stay as cheap as tables grow. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table release_pull (
      id uuid primary key,
      release_id text not null,
      cause text not null check (cause in ('batch', 'event', 'schedule', 'person')),
      batch_id uuid unique references batch on delete cascade,
      updated_since timestamptz,                 -- by the LMS's clock; null: the whole release is read
      -- pages; for a whole release: what changed while they were read, and what was known but not on them; evaluations
      step text not null default 'pages' check (step in ('pages', 'again', 'unseen', 'evaluate')),
      cursor text,                               -- where the step goes on; null: from its beginning
      unreadable integer not null default 0,     -- records without an id that the step has met
      lms_since timestamptz,                     -- what changes from here on is the next pull's; by the LMS's clock
      requested_at timestamptz not null,
      begun_at timestamptz,
      finished_at timestamptz,
      check ((cause = 'batch') = (batch_id is not null))
    );
    create unique index release_pull_open on release_pull (release_id, cause) where finished_at is null and batch_id is null;
    create index release_pull_latest on release_pull (release_id, requested_at desc);

    alter table release add column changed_at timestamptz; -- when it was last told otherwise than before; null: not since this column

    -- when the LMS first told what the snapshot says; null: before this column
    alter table student_group add column changed_at timestamptz;

    create index student_group_of_release on student_group (release_id, id);
    drop index student_group_release;
    create index student_group_student on student_group (student_id, release_id);
    create index certificate_version_automatic on certificate_version (created_at) where version = 1 and actor = 'automatic';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index certificate_version_automatic;
    drop index student_group_student;
    create index student_group_release on student_group (release_id);
    drop index student_group_of_release;
    alter table student_group drop column changed_at;
    alter table release drop column changed_at;
    drop table release_pull;
  `);
}
