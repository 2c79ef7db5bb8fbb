import type { Knex } from 'knex';

/** Which contents of templates and letters people have approved, and which certificates wait for that. */
export const up = (knex: Knex) =>
  knex.schema.raw(`
    create table approval (
      id uuid primary key,
      subject text not null,           -- certificate/<id>, or letter/<id>/<language>
      hash text not null check (hash ~ '^[0-9a-f]{64}$'), -- SHA-256 of the contents that the person looked at
      approved_by text not null,
      approved_at timestamptz not null,
      withdrawn_by text,
      withdrawn_at timestamptz,
      check ((withdrawn_by is null) = (withdrawn_at is null))
    );
    create unique index approval_of_person on approval (subject, hash, approved_by) where withdrawn_at is null;

    -- Of a hold 'not-approved': the contents that nobody has approved, each as subject@hash.
    alter table hold add column lacks text[];
    create index hold_not_approved on hold (certificate_id) where released_at is null and code = 'not-approved';
  `);

export const down = (knex: Knex) => knex.schema.raw('alter table hold drop column lacks; drop table approval');
