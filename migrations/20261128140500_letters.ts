import type { Knex } from 'knex';

/** Letters ("personal issues"), all attempts to send them, and whether sending is stopped. */
export const up = (knex: Knex) =>
  knex.raw(`
    create table personal_issue (
      id uuid primary key,
      certificate_id uuid not null references certificate,
      version integer not null,
      purpose text not null check (purpose in ('first', 'resend', 'reissue')),
      state text not null check (state in ('waiting', 'sending', 'accepted', 'sent', 'delivered', 'bounced', 'refused', 'uncertain', 'cancelled')),
      recipient text not null,
      due_at timestamptz not null,
      send_after timestamptz not null,
      shift_reason text,
      claim uuid,
      track_id text unique,
      letter text,
      provider_issue_id text,
      reason_code text,
      reason_detail text,
      created_at timestamptz not null,
      changed_at timestamptz not null,
      accepted_at timestamptz,
      sent_at timestamptz,
      delivered_at timestamptz,                  -- as reported by the provider; null: it reported no time
      bounced_at timestamptz,
      delivery_asked_at timestamptz,             -- when its delivery status was last queried
      resolved_by uuid references act,           -- the action by which a person settled an unknown outcome
      foreign key (certificate_id, version) references diploma,
      check (state <> 'accepted' or track_id is not null),
      -- "sent" needs the provider's letter number, or a person's action that settled the outcome
      check (state not in ('sent', 'delivered') or letter is not null or resolved_by is not null),
      check (state not in ('refused', 'bounced') or reason_code is not null)
    );
    -- for each certificate: at most one unfinished letter, and one first letter; for each version: one "reissue" letter
    create unique index personal_issue_open on personal_issue (certificate_id)
      where state in ('waiting', 'sending', 'accepted', 'uncertain');
    create unique index personal_issue_first on personal_issue (certificate_id) where purpose = 'first';
    create unique index personal_issue_reissue on personal_issue (certificate_id, version) where purpose = 'reissue';
    create index personal_issue_latest on personal_issue (certificate_id, created_at desc);
    create index personal_issue_state on personal_issue (state, certificate_id);
    create index personal_issue_watched on personal_issue (state, changed_at) where state in ('sending', 'accepted', 'uncertain');
    create index personal_issue_gone on personal_issue (changed_at) where state in ('sent', 'delivered');
    create index personal_issue_delivery on personal_issue (provider_issue_id, sent_at)
      where state = 'sent' and letter is not null and provider_issue_id is not null;
    create index personal_issue_dead_address on personal_issue (certificate_id, recipient)
      where state = 'bounced' and reason_code = 'hard-bounce';

    create function refuse_step_back() returns trigger language plpgsql as $$
      begin
        if old.state in ('sent', 'delivered', 'bounced', 'refused', 'cancelled') and new.state <> old.state
           and not (old.state = 'sent' and new.state in ('delivered', 'bounced')) then
          raise exception 'a personal issue never goes back from % to %', old.state, new.state
            using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    -- After a hard bounce the certificate's letters must go to another address, also if a person requests the letter.
    create function refuse_dead_address() returns trigger language plpgsql as $$
      begin
        if exists (select 1 from personal_issue as b where b.certificate_id = new.certificate_id and b.id <> new.id
            and b.state = 'bounced' and b.reason_code = 'hard-bounce' and b.recipient = new.recipient) then
          raise exception 'a letter of this certificate to this address came back for good'
            using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create function refuse_letter_of_revoked() returns trigger language plpgsql as $$
      begin
        if (select kind from validity_act where certificate_id = new.certificate_id order by sequence desc limit 1) = 'revoke' then
          raise exception 'the certificate is revoked' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger personal_issue_forward before update of state on personal_issue for each row execute function refuse_step_back();
    create trigger personal_issue_address before insert or update of recipient on personal_issue
      for each row execute function refuse_dead_address();
    create trigger personal_issue_valid before insert on personal_issue for each row execute function refuse_letter_of_revoked();

    create table send_attempt (
      request_id uuid primary key,
      personal_issue_id uuid not null references personal_issue,
      started_at timestamptz not null,
      deadline timestamptz not null,
      outcome text check (outcome in ('accepted', 'refused', 'limited', 'unknown', 'absent')),
      detail text,
      ended_at timestamptz,
      -- start times of the provider's complete listings that should contain this attempt and do not: proof of "absent"
      unseen_in timestamptz[] not null default '{}'
    );
    -- no second call for a letter while an earlier one is open, unknown, accepted or refused
    create unique index send_attempt_unresolved on send_attempt (personal_issue_id)
      where outcome is null or outcome in ('unknown', 'accepted', 'refused');

    -- One row, shared by all workers. While set_at is not null no letter is sent, except by the worker with the probe: it
    -- may send one letter to find out whether the provider answers again.
    create table send_brake (
      one boolean primary key default true check (one),
      unknown_in_row integer not null default 0,
      unknown_since timestamptz,  -- time of the first of the consecutive unknown outcomes
      set_at timestamptz,
      detail text,                -- description of the last unknown outcome
      probe uuid,                 -- id of the worker's current probe; null: none
      probes integer not null default 0,
      probe_after timestamptz,    -- when the next probe may begin, also if the last probe's worker died
      check (set_at is null or probe_after is not null)
    );
    insert into send_brake default values;

    -- Whether a call to the mail provider may begin: 'go', 'full' (too many calls without an outcome) or 'stopped'.
    -- The lock serializes the callers until each one's transaction ends, so that all open calls are counted.
    -- Only letters that became uncertain since the last known outcome are counted: older ones wait for a person and do not
    -- show whether the provider answers now.
    create function room_to_send(most integer, mine uuid) returns text language plpgsql volatile as $$
      declare
        brake record;
      begin
        perform pg_advisory_xact_lock(hashtextextended('send_brake', 0));
        -- One statement, so that a call that ends meanwhile is counted either as open or as unknown.
        select *, (select count(*) from personal_issue where state = 'sending') as open into brake from send_brake;
        if brake.set_at is null then
          return case when brake.unknown_in_row + brake.open < most - 1 then 'go' else 'full' end;
        end if;
        if brake.probe is distinct from mine or mine is null or brake.open > 0 then return 'stopped'; end if;
        return case when (select count(*) from personal_issue
                          where state = 'uncertain' and changed_at >= brake.unknown_since) < most then 'go' else 'stopped' end;
      end $$;
  `);
