import type { Knex } from 'knex';

/** What a decision was made of, kept so that it can be made again: releases and rules by hash, each stored once. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table release_snapshot (
      hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
      snapshot jsonb not null,
      created_at timestamptz not null default now()
    );
    create table rulebook (
      hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
      criteria text not null,                    -- criteria.yaml and countries.yaml as they were read
      countries text not null,
      issuer_name jsonb not null,
      templates jsonb not null,                  -- id → {language, hash}
      created_at timestamptz not null default now()
    );
    create trigger release_snapshot_frozen before update or delete on release_snapshot for each row execute function refuse_change();
    create trigger rulebook_frozen before update or delete on rulebook for each row execute function refuse_change();

    -- A decision is history; of what it knew of a person, erasure may empty it.
    alter table decision alter column inputs drop not null;
    create function refuse_new_decision() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE'
           or to_jsonb(new) - '{inputs,criteria,country,reason_detail}'::text[]
              is distinct from to_jsonb(old) - '{inputs,criteria,country,reason_detail}'::text[]
           or new.reason_detail is not null and new.reason_detail is distinct from old.reason_detail
           or new.inputs is not null and new.inputs is distinct from old.inputs
           or new.criteria is distinct from old.criteria and new.criteria <> '[]'
           or new.country is distinct from old.country and not new.country <@ old.country then
          raise exception 'decision is append only; erasure may only empty it' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger decision_frozen before update or delete on decision for each row execute function refuse_new_decision();
  `);
}

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: what decisions were made of is not dropped by a migration');
}
