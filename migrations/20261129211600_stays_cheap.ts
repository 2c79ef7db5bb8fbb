import type { Knex } from 'knex';

/**
 * Costs that grew with the number of earlier certificates. A sweep of the tracker read all attempts ever made once for
 * each open letter, and once more for known trackers. The lists of student groups read all their entries in each
 * transaction with up to some ten thousand of them, because the planner expected 100 student groups and not a few.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    create index send_attempt_latest on send_attempt (personal_issue_id, started_at desc);
    create index send_attempt_started on send_attempt (started_at);
    alter function find_buckets(text[]) rows 5;
    alter function find_buckets(text[], text[]) rows 5;
  `);

export const down = (knex: Knex) =>
  knex.raw(`
    drop index send_attempt_latest, send_attempt_started;
    alter function find_buckets(text[]) rows 100;
    alter function find_buckets(text[], text[]) rows 100;
  `);
