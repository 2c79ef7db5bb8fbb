import type { Knex } from 'knex';

/** Who refuses our credentials now, as the processes that call them learn it; the console tells people. */
export const up = (knex: Knex) =>
  knex.schema.raw(`
    create table credential_refusal (
      party text primary key check (party in ('lms', 'mail')),
      since timestamptz not null
    );
  `);

export const down = (knex: Knex) => knex.schema.raw('drop table credential_refusal');
