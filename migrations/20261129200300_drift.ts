import type { Knex } from 'knex';

/** How many differences there were between LMS, Gramota and provider, once a day and kind; without personal data. */
export const up = (knex: Knex) =>
  knex.schema.raw(`
    create table drift (
      day date not null,
      kind text not null,
      count integer not null check (count >= 0),
      primary key (day, kind)
    );
  `);

export const down = (knex: Knex) => knex.schema.raw('drop table drift');
