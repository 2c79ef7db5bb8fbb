import type { Knex } from 'knex';

/** Long on large tables, so each page commits by itself; a second run goes on. */
export const config = { transaction: false };

const PAGE = 1000;

/** Puts the student groups that exist already into their buckets; their names are folded by the upkeep. */
export async function up(knex: Knex): Promise<void> {
  for (let after = ''; ; ) {
    const ids: string[] = await knex('student_group').where('id', '>', after).orderBy('id').limit(PAGE).pluck('id');
    const last = ids.at(-1);
    if (last === undefined) return;
    await knex.transaction(async (trx) => {
      await trx.raw('select find_refresh(?::text[])', [ids]);
      await trx.raw('insert into find_words (student_group_id) select unnest(?::text[]) on conflict do nothing', [ids]);
    });
    after = last;
  }
}
