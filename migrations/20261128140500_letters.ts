import type { Knex } from 'knex';

/** Letters, all attempts to send them, and whether sending is stopped. */
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
      delivered_at timestamptz,                  -- by the provider's word; null where it tells no time
      bounced_at timestamptz,
      delivery_asked_at timestamptz,             -- when the provider was last asked what became of it
      resolved_by uuid references act,           -- a person's answer to an unknown outcome
      foreign key (certificate_id, version) references diploma,
      check (state <> 'accepted' or track_id is not null),
      -- sent needs the provider's letter number, or a person who answers for it
      check (state not in ('sent', 'delivered') or letter is not null or resolved_by is not null),
      check (state not in ('refused', 'bounced') or reason_code is not null)
    );
    -- one letter under way per certificate, one first letter ever, one letter that announces a version
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
    -- A letter that came back for good is followed only by one to another address, whoever asks for it.
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
      -- when complete listings began that should have shown this attempt and did not: the evidence for "absent"
      unseen_in timestamptz[] not null default '{}'
    );
    -- no second post while the outcome of the first is open or unknown
    create unique index send_attempt_unresolved on send_attempt (personal_issue_id)
      where outcome is null or outcome in ('unknown', 'accepted', 'refused');

    -- One row, for all workers. While set_at is not null no letter leaves, but for the one of whoever holds the probe.
    create table send_brake (
      one boolean primary key default true check (one),
      unknown_in_row integer not null default 0,
      unknown_since timestamptz,  -- the first of the unknown outcomes in a row
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
    -- Only letters that became uncertain since the last known outcome count: those of earlier days wait for a person and say
    -- nothing of today's calls.
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
        return case when (select count(*) from personal_issue
                          where state = 'uncertain' and changed_at >= brake.unknown_since) < most then 'go' else 'stopped' end;
      end $$;
  `);
