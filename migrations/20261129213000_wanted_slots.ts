import type { Knex } from 'knex';

/** A worker that gets no slot of a rate limiter asks for one; see src/platform/gate-slots.ts. */
export const up = (knex: Knex) =>
  knex.raw(`
    alter table gate_slot
      -- The process that waits for this slot; until then no other one takes it.
      add column wanted_by uuid,
      add column wanted_until timestamptz not null default '-infinity'`);
