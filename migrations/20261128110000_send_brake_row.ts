import type { Knex } from 'knex';

/**
 * Only letters that became uncertain since the last known outcome keep the next one from being tried. Those of earlier days,
 * which wait for a person, say nothing of today's calls: ten of them would have kept the sending stopped for ever.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table send_brake add column unknown_since timestamptz; -- the first of the unknown outcomes in a row
    update send_brake set unknown_since = set_at - interval '1 hour' where unknown_in_row > 0;
    create or replace function room_to_send(most integer, mine uuid) returns text language plpgsql volatile as $$
      declare
        brake send_brake;
        open bigint;
      begin
        perform pg_advisory_xact_lock(hashtextextended('send_brake', 0));
        select * into brake from send_brake;
        select count(*) into open from personal_issue where state = 'sending';
        if brake.set_at is null then
          return case when brake.unknown_in_row + open < most - 1 then 'go' else 'full' end;
        end if;
        if brake.probe is distinct from mine or mine is null or open > 0 then return 'stopped'; end if;
        return case when (select count(*) from personal_issue
                          where state = 'uncertain' and changed_at >= brake.unknown_since) < most then 'go' else 'stopped' end;
      end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    create or replace function room_to_send(most integer, mine uuid) returns text language plpgsql volatile as $$
      declare
        brake send_brake;
        open bigint;
      begin
        perform pg_advisory_xact_lock(hashtextextended('send_brake', 0));
        select * into brake from send_brake;
        select count(*) into open from personal_issue where state = 'sending';
        if brake.set_at is null then
          return case when brake.unknown_in_row + open < most - 1 then 'go' else 'full' end;
        end if;
        if brake.probe is distinct from mine or mine is null or open > 0 then return 'stopped'; end if;
        return case when (select count(*) from personal_issue where state = 'uncertain') < most then 'go' else 'stopped' end;
      end $$;
    alter table send_brake drop column unknown_since;
  `);
}
