import type { Knex } from 'knex';

/** What keeps a step or a batch waiting for the LMS: one that cannot be reached, or an answer that cannot be read. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table lms_report add column last_error_code text;
    update lms_report set last_error_code = 'lms-unavailable' where last_error is not null;
    alter table lms_report add constraint lms_report_error_named check ((last_error is null) = (last_error_code is null));

    -- of the pull; the next attempt also names the one job that makes it
    alter table batch
      add column last_error_code text,
      add column last_error text,
      add column next_attempt_at timestamptz;
  `);
  await tellCode(knex);
}

/** The derived state told one code for both. Only that word of the view is changed, whatever else was added to it. */
async function tellCode(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { name: string; definition: string }[] }>(
    `select viewname as name, definition from pg_views
     where schemaname = current_schema() and strpos(definition, '''lms-unavailable''::text') > 0`,
  );
  if (rows.length === 0) throw new Error('no view tells of an LMS that is away');
  for (const { name, definition } of rows) {
    await knex.raw(
      `create or replace view ${name} as ${definition.replaceAll(`'lms-unavailable'::text`, 'r.last_error_code')}`.replaceAll(
        '?',
        '\\?',
      ),
    );
  }
}

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: what a coordinator was told is not dropped by a migration');
}
