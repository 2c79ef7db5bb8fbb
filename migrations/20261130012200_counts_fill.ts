import type { Knex } from 'knex';

/** Long on large tables, so each page commits by itself; a second run goes on. */
export const config = { transaction: false };

const PAGE = 1000;

/** Counts the batches that exist already. */
export async function up(knex: Knex): Promise<void> {
  for (let after = ''; ; ) {
    const ids: string[] = await knex('find_entry')
      .where('student_group_id', '>', after)
      .orderBy('student_group_id')
      .limit(PAGE)
      .pluck('student_group_id');
    const last = ids.at(-1);
    if (last === undefined) break;
    await knex.raw('select find_fill(?::text[])', [ids]);
    after = last;
  }
  await knex.raw(
    `insert into batch_count_change (batch_id, place, n, changed_at)
     select id, '', 0, settled_at from batch where settled_at is not null`,
  );
  await knex.raw('select fold_counts()');
}
