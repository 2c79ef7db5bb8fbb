import type { Knex } from 'knex';

/** A person's word allows the moves of certificates that there were when it was said, and not those of later ones. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create or replace function is_left_behind(certificate uuid, membership text) returns boolean language sql stable as $$
      select (select patched_at from lms_report where certificate_id = certificate) is null
        or not coalesce((select value @> '["release.moved"]'
               and at > (select c.awarded_at from certificate as c where c.id = certificate)
             from override where student_group_id = membership and field = 'allow' order by sequence desc limit 1), false)
          and not exists (select 1 from personal_issue where certificate_id = certificate
            and (state <> 'waiting' or purpose <> 'first')) $$;
  `);
}

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: letters that wait for a word would leave without it');
}
