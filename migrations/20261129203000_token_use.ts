import type { Knex } from 'knex';

/** Tokens expire and note their last use; a session knows the invitation whose role it has. */
export const up = (knex: Knex) =>
  knex.schema.raw(`
    alter table api_token
      add column expires_at timestamptz,
      -- Written at most once a minute.
      add column last_used_at timestamptz;
    -- Signed in by this invitation: the session has its role, and ends with it.
    alter table console_session add column person_id uuid references console_person (id);
    update console_session s set person_id = p.id from console_person p
      where p.subject = s.subject and p.ended_at is null and s.ended_at is null;
  `);

export const down = (knex: Knex) =>
  knex.schema.raw(`
    alter table console_session drop column person_id;
    alter table api_token drop column last_used_at, drop column expires_at;
  `);
