import type { Knex } from 'knex';

/**
 * Calls of several letters begin with one statement: how many of them may begin now. `room_to_send` stays for workers of
 * the version before.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    -- How many calls to the mail provider may begin; 0: too many have no outcome; -1: sending is stopped, and 'mine' is
    -- not the probe that may try now. The lock serializes the callers until each one's transaction ends, so that all open
    -- calls are counted. Only letters that became uncertain since the last known outcome are counted: older ones wait for
    -- a person and do not show whether the provider answers now.
    create function room_for_letters(most integer, mine uuid) returns integer language plpgsql volatile as $$
      declare
        brake record;
      begin
        perform pg_advisory_xact_lock(hashtextextended('send_brake', 0));
        -- One statement, so that a call that ends meanwhile is counted either as open or as unknown.
        select *, (select count(*) from personal_issue where state = 'sending') as open into brake from send_brake;
        if brake.set_at is null then return greatest(most - 1 - brake.unknown_in_row - brake.open, 0); end if;
        if brake.probe is distinct from mine or mine is null or brake.open > 0 then return -1; end if;
        return case when (select count(*) from personal_issue
                          where state = 'uncertain' and changed_at >= brake.unknown_since) < most then 1 else -1 end;
      end $$;
  `);

export const down = (knex: Knex) => knex.raw('drop function room_for_letters(integer, uuid)');
