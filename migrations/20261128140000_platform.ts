import type { Knex } from 'knex';

/** General tables: limits of external services, access tokens, and the audit record. */
export const up = (knex: Knex) =>
  knex.raw(`
    -- For append-only tables: rows can be neither updated nor deleted, also not in psql.
    create function refuse_change() returns trigger language plpgsql as $$
      begin raise exception '% is append only', tg_table_name using errcode = 'integrity_constraint_violation'; end $$;

    -- Limits of rate and concurrency for calls to external services, shared by all workers; see src/platform/gate.ts.
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

    -- The columns that the library rate-limiter-flexible expects.
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

    -- The audit record: one row for each recorded action, with its actor ("act").
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
