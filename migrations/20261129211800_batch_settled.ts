import type { Knex } from 'knex';

/**
 * When the last item of a batch that is over reached its state, so that it is not computed again by every process:
 * `settled_at` holds for the items as `settled_version` tells them (`selectLastChange`).
 */
export const up = (knex: Knex) =>
  knex.raw('alter table batch add column settled_version text, add column settled_at timestamptz');
