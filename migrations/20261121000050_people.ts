import type { Knex } from 'knex';

/** What people do and how they are known: before the pipeline's tables, which refer to acts. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- For tables whose rows are history: neither code nor a hand in psql changes them.
    create function refuse_change() returns trigger language plpgsql as $$
      begin raise exception '% is append only', tg_table_name using errcode = 'integrity_constraint_violation'; end $$;

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

    create table api_token (
      id uuid primary key,
      name text not null,
      role text not null check (role in ('viewer', 'coordinator', 'admin')),
      hash text not null unique,
      created_at timestamptz not null,
      revoked_at timestamptz
    );

    create table lookup_limit (
      key varchar(255) primary key,
      points integer not null default 0,
      expire bigint
    );
  `);
}

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: acts of people are not dropped by a migration');
}
