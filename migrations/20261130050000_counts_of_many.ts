import type { Knex } from 'knex';

/**
 * A connection keeps the plan of its first change of items. Made for one item, it was a loop in a loop over all changed items:
 * to cancel a batch of 10,000 took 12 s instead of 0.7 s. A difference of two sets has no such plan.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    create or replace function count_changed_items() returns trigger language plpgsql as $$
      begin
        insert into find_due (student_group_id, names, standing, first)
          select student_group_id, false, false,
            row_number() over () = 1 and not exists (select from find_due where xid = pg_current_xact_id())
          from (
            select batch_id, student_group_id, release_id, decision_id, evaluated_at is null, skipped_code, would_be, cancelled_at
              from later
            except select batch_id, student_group_id, release_id, decision_id, evaluated_at is null, skipped_code, would_be,
              cancelled_at from earlier) as changed
          group by student_group_id
          on conflict do nothing;
        return null;
      end $$;
  `);
