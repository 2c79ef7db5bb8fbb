import type { Knex } from 'knex';

/** What issuer.yaml declared for diplomas beside the name (signatories, city, licence), when rules were published. */
export const up = (knex: Knex) => knex.schema.raw('alter table rulebook add column issuer_prints jsonb');

export const down = (knex: Knex) => knex.schema.raw('alter table rulebook drop column issuer_prints');
