import type { Knex } from 'knex';

/** Whether letters may leave at all, for all workers together. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- One row. While set_at is not null no letter leaves, but for the one of whoever holds the probe.
    create table send_brake (
      one boolean primary key default true check (one),
      unknown_in_row integer not null default 0,
      set_at timestamptz,
      detail text,                -- the last outcome that was unknown, in words
      probe uuid,                 -- who may try one letter
      probes integer not null default 0,
      probe_after timestamptz,    -- when the next one may try; it also ends a try whose worker died
      check (set_at is null or probe_after is not null)
    );
    insert into send_brake default values;

    -- Whether a call may begin: 'go', 'full' (too many without an outcome) or 'stopped'. The lock makes one caller wait for
    -- the other, so that none overlooks a call that begins at the same moment. It ends with the transaction.
    create function room_to_send(most integer, mine uuid) returns text language plpgsql volatile as $$
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
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function room_to_send; drop table send_brake');
}
