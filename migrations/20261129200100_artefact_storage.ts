import type { Knex } from 'knex';

/**
 * Diplomas are compressed already, so PostgreSQL must not try again at each insert: it costs more than storing them.
 * Existing rows stay as they are.
 */
export const up = (knex: Knex) => knex.raw('alter table artefact alter column bytes set storage external');
