import type { Knex } from 'knex';

/**
 * An item that counts as something by itself, such as what a dry run foretold, has no row in item_apart while its student
 * group happens to stand at the same place: it must not go along when a cancelled batch moves the student group.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    create function find_mark_items_of_others() returns trigger language plpgsql as $$
      begin
        insert into find_due (student_group_id, names, standing)
          select distinct i.student_group_id, false, false from certificate as c
          join batch_item as i on i.student_group_id = c.student_group_id and i.batch_id <> new.id
          where c.batch_id = new.id
          on conflict do nothing;
        return null;
      end $$;
    create trigger find_due_items_of_others after update on batch for each row
      when (new.cancelled_at is distinct from old.cancelled_at) execute function find_mark_items_of_others();
  `);
