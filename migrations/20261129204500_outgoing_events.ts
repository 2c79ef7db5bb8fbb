import type { Knex } from 'knex';

/**
 * Events for other systems. The database writes them in the transaction that makes the change, so that none is lost and
 * none tells what did not happen; without an address nothing is written. They hold ids and codes only.
 */
export const up = (knex: Knex) =>
  knex.schema.raw(`
    create table subscriber (
      id integer generated always as identity primary key,
      url text not null unique,
      since timestamptz not null,
      ended_at timestamptz
    );
    create table outgoing_event (
      id uuid primary key default gen_random_uuid(),
      sequence bigint generated always as identity unique,
      type text not null,
      student_group_id text not null,
      certificate_id uuid,
      letter_id uuid,
      reason_code text,
      happened_at timestamptz not null default now()
    );
    create table outgoing_delivery (
      event_id uuid not null references outgoing_event on delete cascade,
      subscriber_id integer not null references subscriber,
      state text not null default 'waiting' check (state in ('waiting', 'delivered', 'given-up')),
      attempts integer not null default 0,
      -- While an attempt runs: when it counts as lost.
      next_at timestamptz,
      last_status integer,
      last_error text,
      ended_at timestamptz,
      primary key (event_id, subscriber_id),
      check ((state = 'waiting') = (next_at is not null))
    );
    create index outgoing_delivery_due on outgoing_delivery (next_at) where state = 'waiting';
    create index outgoing_delivery_given_up on outgoing_delivery (event_id) where state = 'given-up';
    create index outgoing_event_old on outgoing_event (happened_at);

    create function announce(what text, student_group text, certificate uuid, letter uuid, reason text) returns void
      language sql as $$
        with event as (
          insert into outgoing_event (type, student_group_id, certificate_id, letter_id, reason_code)
          select what, student_group, certificate, letter, reason
          where exists (select from subscriber where ended_at is null)
          returning id)
        insert into outgoing_delivery (event_id, subscriber_id, next_at)
        select event.id, s.id, now() from event, subscriber s where s.ended_at is null
      $$;

    create function announce_award() returns trigger language plpgsql as $$
      begin perform announce('certificate.issued', new.student_group_id, new.id, null, null); return null; end $$;
    create trigger certificate_announced after insert on certificate for each row execute function announce_award();

    create function announce_letter() returns trigger language plpgsql as $$
      begin
        perform announce('certificate.' || new.state, c.student_group_id, c.id, new.id, new.reason_code)
          from certificate c where c.id = new.certificate_id;
        return null;
      end $$;
    create trigger personal_issue_announced after update of state on personal_issue for each row
      when (new.state is distinct from old.state and new.state in ('sent', 'bounced'))
      execute function announce_letter();

    create function announce_validity() returns trigger language plpgsql as $$
      begin
        perform announce(case new.kind when 'revoke' then 'certificate.revoked' else 'certificate.reinstated' end,
            c.student_group_id, c.id, null, null)
          from certificate c where c.id = new.certificate_id;
        return null;
      end $$;
    create trigger validity_act_announced after insert on validity_act for each row execute function announce_validity();

    create function announce_hold() returns trigger language plpgsql as $$
      begin
        perform announce('student-group.held', new.student_group_id, new.certificate_id, null, new.code);
        return null;
      end $$;
    create trigger hold_announced after insert on hold for each row execute function announce_hold();

    create function announce_held_decision() returns trigger language plpgsql as $$
      begin
        perform announce('student-group.held', new.student_group_id, null, null, new.reason_code);
        return null;
      end $$;
    create trigger decision_announced after insert on decision for each row
      when (new.outcome = 'held' and not new.dry_run) execute function announce_held_decision();
  `);

export const down = (knex: Knex) =>
  knex.schema.raw(`
    drop trigger decision_announced on decision;
    drop trigger hold_announced on hold;
    drop trigger validity_act_announced on validity_act;
    drop trigger personal_issue_announced on personal_issue;
    drop trigger certificate_announced on certificate;
    drop function announce_held_decision(), announce_hold(), announce_validity(), announce_letter(), announce_award(),
      announce(text, text, uuid, uuid, text);
    drop table outgoing_delivery, outgoing_event, subscriber;
  `);
