import type { Knex } from 'knex';

/**
 * The facts of the pipeline, a table (or group of columns) per writer. What people see as "state" is derived from
 * them by the view `standing`; the constraints below carry the invariants, so that no code path can break them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- ingest ---------------------------------------------------------------------------------------------------
    create table lms_event (
      id text primary key,                       -- webhook-id: a repeat has no second effect
      type text not null,
      student_group_id text,
      release_id text,
      received_at timestamptz not null default now(),
      settled_at timestamptz
    );
    create index lms_event_received on lms_event (received_at);

    create table release (
      id text primary key,
      snapshot jsonb not null,
      pulled_at timestamptz not null
    );
    create table number_series (
      prefix text primary key,                   -- two releases with one prefix are a fault
      release_id text not null references release,
      last_number integer not null default 0 check (last_number >= 0)
    );

    create table student_group (
      id text primary key,
      release_id text,
      student_id text,
      snapshot jsonb,                            -- last valid one, canonical names
      email text,                                -- normalised, to find shared addresses
      etag text,
      invalid text,                              -- why the newest answer of the LMS does not fit, else null
      pulled_at timestamptz not null,
      gone_at timestamptz
    );
    create index student_group_release on student_group (release_id);
    create index student_group_email on student_group (email) where email is not null;

    -- evaluate -------------------------------------------------------------------------------------------------
    create table batch (
      id uuid primary key,
      release_id text,
      student_group_ids jsonb,
      countries jsonb,
      dry_run boolean not null,
      template text,
      note text,
      actor text not null,
      idempotency_key text,
      request_hash text not null,
      created_at timestamptz not null,
      started_at timestamptz,
      pull_cursor text,
      pulled_at timestamptz,
      paused_at timestamptz,
      cancelled_at timestamptz,
      check ((release_id is null) <> (student_group_ids is null)),
      unique (actor, idempotency_key)
    );
    create index batch_created on batch (created_at desc, id);

    create table decision (
      id uuid primary key,
      sequence bigint generated always as identity unique,
      student_group_id text not null references student_group,
      batch_id uuid references batch,
      dry_run boolean not null,
      programme_id text,
      rules_hash text not null,
      outcome text not null check (outcome in ('met', 'not-met', 'held', 'excluded')),
      reason_code text,
      reason_detail text,
      criteria jsonb not null,
      inputs jsonb not null,
      country jsonb not null,
      cert_template text,
      decided_at timestamptz not null,
      check (outcome = 'met' or reason_code is not null)
    );
    create index decision_latest on decision (student_group_id, sequence desc) where not dry_run;

    create table batch_item (
      batch_id uuid not null references batch on delete cascade,
      student_group_id text not null references student_group,
      decision_id uuid references decision,
      evaluated_at timestamptz,
      skipped_code text,
      skipped_detail text,
      would_be text,
      cancelled_at timestamptz,
      again_at timestamptz,                      -- a person asked for this item again: pull and evaluate anew
      primary key (batch_id, student_group_id)
    );
    create index batch_item_group on batch_item (student_group_id);
    create index batch_item_unevaluated on batch_item (batch_id, student_group_id) where evaluated_at is null;

    create table template (
      hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
      template_id text not null,
      definition jsonb not null,
      created_at timestamptz not null default now()
    );
    create table template_asset (
      sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
      bytes bytea not null
    );

    create table certificate (
      id uuid primary key,
      student_id text not null,
      release_id text not null references release,
      programme_id text not null,
      student_group_id text not null unique references student_group,
      decision_id uuid not null references decision,
      batch_id uuid references batch,            -- in charge: the batch that awarded it or took it up last; null: none
      number text not null unique,
      code text not null unique check (code ~ '^[0-9A-HJKMNP-TV-Z]{25}$'),
      cert_template text not null,
      letter text not null,
      utm text,
      country text not null check (country ~ '^[A-Z]{2}$'),
      recipient text,                            -- the address that was judged; null only once erased
      issue_date date not null,                  -- a civil date in the release's zone; no host's zone moves it
      awarded_at timestamptz not null,
      unique (student_id, release_id, programme_id)
    );
    create index certificate_release on certificate (release_id);
    create index certificate_awarded on certificate (programme_id, awarded_at);
    create index certificate_batch on certificate (batch_id) where batch_id is not null;

    create table certificate_version (
      certificate_id uuid not null references certificate,
      version integer not null check (version > 0),
      facts jsonb,                               -- frozen; null only once erased
      template_hash text not null references template,
      actor text not null,
      reason text,
      created_at timestamptz not null,
      primary key (certificate_id, version)
    );

    -- patch ----------------------------------------------------------------------------------------------------
    create table lms_report (
      certificate_id uuid primary key references certificate,
      patched_at timestamptz,
      attempts integer not null default 0,
      last_error text,
      next_attempt_at timestamptz
    );

    -- render ---------------------------------------------------------------------------------------------------
    create table artefact (
      sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
      bytes bytea not null,
      created_at timestamptz not null default now()
    );
    create table diploma (
      certificate_id uuid not null,
      version integer not null,
      sha256 text not null,
      bytes integer not null check (bytes > 0),
      rendered_at timestamptz not null,
      primary key (certificate_id, version),
      foreign key (certificate_id, version) references certificate_version
    );
    create index diploma_sha256 on diploma (sha256);

    -- send and track -------------------------------------------------------------------------------------------
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
      resolved_by uuid references act,           -- a person's answer to an unknown outcome
      foreign key (certificate_id, version) references diploma,
      check (state <> 'accepted' or track_id is not null),
      -- sent needs the provider's letter number, or a person who answers for it
      check (state not in ('sent', 'delivered') or letter is not null or resolved_by is not null),
      check (state not in ('refused', 'bounced') or reason_code is not null)
    );
    -- one letter under way per certificate, and one first letter ever
    create unique index personal_issue_open on personal_issue (certificate_id)
      where state in ('waiting', 'sending', 'accepted', 'uncertain');
    create unique index personal_issue_first on personal_issue (certificate_id) where purpose = 'first';
    create index personal_issue_watched on personal_issue (state, changed_at) where state in ('sending', 'accepted', 'uncertain');
    create index personal_issue_latest on personal_issue (certificate_id, created_at desc);

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

    -- people ---------------------------------------------------------------------------------------------------
    create table hold (
      id uuid primary key,
      student_group_id text not null references student_group,
      certificate_id uuid references certificate,
      stage text not null,
      code text not null,
      detail text not null,
      held_at timestamptz not null,
      released_at timestamptz,
      released_by text
    );
    create unique index hold_open on hold (student_group_id) where released_at is null;

    create table validity_act (
      id uuid primary key,
      sequence bigint generated always as identity unique,
      certificate_id uuid not null references certificate,
      version integer not null,
      kind text not null check (kind in ('revoke', 'reinstate')),
      reason_class text not null,
      reason text not null,
      actor text not null,
      acted_at timestamptz not null
    );
    create index validity_act_certificate on validity_act (certificate_id, sequence desc);

    -- Frozen means frozen: neither code nor a hand in psql changes what was issued. Erasure may only empty it.
    create function refuse_new_facts() returns trigger language plpgsql as $$
      begin
        if new.facts is not null and new.facts is distinct from old.facts or new.template_hash <> old.template_hash
           or new.certificate_id <> old.certificate_id or new.version <> old.version then
          raise exception 'the facts of a certificate are frozen' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create function refuse_step_back() returns trigger language plpgsql as $$
      begin
        if old.state in ('sent', 'delivered', 'bounced', 'refused', 'cancelled') and new.state <> old.state
           and not (old.state = 'sent' and new.state in ('delivered', 'bounced')) then
          raise exception 'a personal issue never goes back from % to %', old.state, new.state
            using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create function refuse_new_identity() returns trigger language plpgsql as $$
      begin
        if (new.id, new.student_id, new.release_id, new.programme_id, new.number, new.code, new.issue_date)
           is distinct from (old.id, old.student_id, old.release_id, old.programme_id, old.number, old.code, old.issue_date) then
          raise exception 'the identity of a certificate is frozen' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger certificate_frozen before update on certificate for each row execute function refuse_new_identity();
    create trigger certificate_version_frozen before update on certificate_version for each row execute function refuse_new_facts();
    create trigger artefact_frozen before update on artefact for each row execute function refuse_change();
    create trigger diploma_frozen before update on diploma for each row execute function refuse_change();
    create trigger template_frozen before update on template for each row execute function refuse_change();
    create trigger validity_act_frozen before update or delete on validity_act for each row execute function refuse_change();
    create trigger personal_issue_forward before update of state on personal_issue for each row execute function refuse_step_back();

    -- The state people see, derived from the facts and never stored.
    create view standing as
    select g.id as student_group_id,
           g.release_id,
           d.id as decision_id,
           d.cert_template,
           d.country ->> 'code' as country,
           coalesce(c.id, o.id) as certificate_id,
           i.id as personal_issue_id,
           s.state,
           s.reason_code,
           s.reason_detail,
           s.since,
           case when s.state = 'waiting' then i.send_after end as send_after
    from student_group g
    left join lateral (select * from decision where student_group_id = g.id and not dry_run order by sequence desc limit 1) d on true
    left join certificate c on c.student_group_id = g.id
    left join certificate o on d.reason_code = 'already-awarded' and o.student_id = g.student_id and o.release_id = g.release_id
      and o.programme_id = d.programme_id
    left join lms_report r on r.certificate_id = c.id
    left join lateral (select * from certificate_version where certificate_id = c.id order by version desc limit 1) v on true
    left join diploma p on p.certificate_id = c.id and p.version = v.version
    left join lateral (select * from personal_issue where certificate_id = c.id order by created_at desc limit 1) i on true
    left join lateral (select * from validity_act where certificate_id = c.id order by sequence desc limit 1) a on true
    left join hold h on h.student_group_id = g.id and h.released_at is null
    left join batch b on b.id = c.batch_id
    cross join lateral (
      select 1 as rank, 'revoked' as state, a.reason_class as reason_code, null as reason_detail, a.acted_at as since where a.kind = 'revoke'
      union all select 2, 'held', h.code, h.detail, h.held_at
        where h.code = 'outcome-unknown' and i.state in ('sending', 'accepted', 'uncertain')
      union all select 3, i.state, i.reason_code, i.reason_detail, i.changed_at
        where i.state in ('sending', 'accepted', 'sent', 'delivered', 'bounced', 'refused', 'cancelled')
      union all select 4, 'held', h.code, h.detail, h.held_at where h.id is not null
      union all select 5, 'held', 'lms-gone', 'the LMS no longer knows this student group', g.gone_at
        where g.gone_at is not null and i.state is distinct from 'uncertain'
      union all select 5, 'held', 'lms-invalid', g.invalid, g.pulled_at
        where g.invalid is not null and g.gone_at is null and i.state is distinct from 'uncertain'
      union all select 6, 'cancelled', 'batch-cancelled', 'its batch was cancelled first; a new batch over it goes on from here', b.cancelled_at
        where b.cancelled_at is not null and i.state is distinct from 'uncertain'
      union all select 7, i.state, coalesce(i.reason_code, case when i.shift_reason is not null then 'send-window' end),
        coalesce(i.reason_detail, i.shift_reason), i.changed_at where i.id is not null
      union all select 8, 'rendered', null, null, p.rendered_at where p.sha256 is not null
      union all select 9, 'patched', null, null, r.patched_at where r.patched_at is not null
      union all select 10, 'awarded', case when r.last_error is not null then 'lms-unavailable' end, r.last_error, c.awarded_at where c.id is not null
      union all select 11, d.outcome, d.reason_code, d.reason_detail, d.decided_at where d.outcome <> 'met'
      union all select 12, 'pending', d.reason_code, d.reason_detail, coalesce(d.decided_at, g.pulled_at)
      order by rank limit 1
    ) s;
  `);
}

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: issued certificates are not dropped by a migration');
}
