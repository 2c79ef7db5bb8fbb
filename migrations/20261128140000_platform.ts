import type { Knex } from 'knex';

/** General tables: limits of external services, access tokens, and the audit record. */
export const up = (knex: Knex) =>
  knex.raw(`
    -- For tables whose rows are history: neither code nor a person in psql changes them.
    create function refuse_change() returns trigger language plpgsql as $$
      begin raise exception '% is append only', tg_table_name using errcode = 'integrity_constraint_violation'; end $$;

    -- Rate and concurrency of outside services, shared by all workers; see src/platform/gate.ts.
    create table gate_rate (
      name text primary key,
      interval_us integer not null constraint gate_rate_interval_positive check (interval_us > 0),
      next_at timestamptz not null default clock_timestamp()
    );
    create table gate_slot (
      name text,
      slot_group text,
      slot integer,
      holder uuid,
      leased_until timestamptz not null default '-infinity',
      primary key (name, slot_group, slot)
    );

    -- Columns as rate-limiter-flexible expects them.
    create table lookup_limit (
      key varchar(255) primary key,
      points integer not null default 0,
      expire bigint
    );

    create table api_token (
      id uuid primary key,
      name text not null,
      role text not null check (role in ('viewer', 'coordinator', 'admin')),
      hash text not null unique,
      created_at timestamptz not null,
      revoked_at timestamptz
    );

    create table act (
      id uuid primary key,
      actor text not null,
      verb text not null,
      subject text not null,
      reason text,
      detail jsonb,
      acted_at timestamptz not null
    );
    create index act_subject on act (subject, acted_at desc);
    create trigger act_frozen before update or delete on act for each row execute function refuse_change();
  `);
