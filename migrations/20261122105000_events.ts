import type { Knex } from 'knex';

/** One pull answers all events that wait for one subject: finding those must not read the thirty days of settled ones. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index lms_event_open_group on lms_event (student_group_id) where settled_at is null;
    create index lms_event_open_release on lms_event (release_id) where settled_at is null and type = 'release.closed';
    create index lms_event_open_since on lms_event (received_at) where settled_at is null;

    -- the second report, "certificate issued", where lms.yaml asks for it; the first one has columns of its own
    alter table lms_report
      add column issued_told_at timestamptz,
      add column issued_attempts integer not null default 0,
      add column issued_next_at timestamptz;
    create index personal_issue_gone on personal_issue (changed_at) where state in ('sent', 'delivered');

    alter table flag drop constraint flag_kind_check;
    alter table flag add constraint flag_kind_check check (kind in
      ('criteria-no-longer-met', 'student-merged', 'lms-template-differs', 'deleted-after-sent', 'lms-not-told-issued'));
  `);
}

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: what a person was told is not dropped by a migration');
}
