import type { Knex } from 'knex';

/** Sessions of the web console, and sign-ins by OpenID Connect. Only a hash of the session's id is stored, as of tokens. */
export const up = (knex: Knex) =>
  knex.schema.raw(`
    create table console_session (
      id uuid primary key,
      hash text not null unique,
      -- Signed in with this token: the session has its name and role, and ends when it is revoked.
      token_id uuid references api_token (id),
      -- Signed in by OpenID Connect: issuer and subject of the person there, with name and role as they were then.
      subject text,
      name text,
      role text check (role in ('viewer', 'coordinator', 'admin')),
      language text not null,
      created_at timestamptz not null,
      seen_at timestamptz not null,
      ended_at timestamptz,
      check (case when token_id is null then subject is not null and name is not null and role is not null
                  else subject is null and name is null and role is null end)
    );
    create index console_session_of_token on console_session (token_id) where ended_at is null;
    create index console_session_of_subject on console_session (subject) where ended_at is null;
    create index console_session_by_age on console_session (created_at);

    -- A sign-in by OpenID Connect that has begun; deleted when the person comes back, or after ten minutes.
    create table console_sign_in (
      state_hash text primary key,
      verifier text not null,
      nonce text not null,
      next text not null,
      -- A form that was sent without a session, to be shown again after the sign-in.
      interrupted jsonb,
      created_at timestamptz not null
    );

    -- People who may sign in by OpenID Connect although no claim gives them a role.
    create table console_person (
      id uuid primary key,
      email text not null,
      role text not null check (role in ('viewer', 'coordinator', 'admin')),
      invited_by text not null,
      invited_at timestamptz not null,
      subject text,
      ended_at timestamptz
    );
    create unique index console_person_email on console_person (email) where ended_at is null;
  `);

export const down = (knex: Knex) => knex.schema.raw('drop table console_person, console_sign_in, console_session');
