import type { Knex } from 'knex';

/** After refused calls a rate limiter is slower for a time; see src/platform/gate-slots.ts. */
export const up = (knex: Knex) =>
  knex.raw(`
    alter table gate_rate
      -- Added to interval_us at slowed_at, less with time; see INTERVAL_US in src/platform/gate-slots.ts.
      add column slow_us integer not null default 0,
      add column slowed_at timestamptz not null default clock_timestamp()`);
