import type { Knex } from 'knex';

/** The audit list of one act on many. */
export const up = (knex: Knex) =>
  knex.raw(`create index act_of_bulk on act (bulk_act_id, acted_at desc, id desc) where bulk_act_id is not null`);
