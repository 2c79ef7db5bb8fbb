import type { Knex } from 'knex';

/** Credentials that hold no more, versions that persons asked for, and words by which certificates are found. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A row: the bit of that version's place in its status list is set, for ever. The lists are derived from these rows.
    create table credential_revocation (
      certificate_id uuid not null,
      version integer not null,
      revoked_at timestamptz not null,
      reason_class text not null check (reason_class in ('revoked', 'superseded')),
      primary key (certificate_id, version),
      foreign key (certificate_id, version) references certificate_version
    );
    create trigger credential_revocation_frozen before update or delete on credential_revocation
      for each row execute function refuse_change();
    -- What was revoked before there were such rows.
    insert into credential_revocation (certificate_id, version, revoked_at, reason_class)
    select v.certificate_id, v.version, a.acted_at, 'revoked'
    from (select distinct on (certificate_id) * from validity_act order by certificate_id, sequence desc) as a
    join certificate_version as v on v.certificate_id = a.certificate_id
    where a.kind = 'revoke';

    -- A new version that a person asked for: one at a time of a certificate.
    create table reissue (
      id uuid primary key references act,
      certificate_id uuid not null references certificate,
      kind text not null check (kind in ('reissue', 'reinstate')),
      asked_at timestamptz not null,
      settled_at timestamptz,
      version integer,                           -- the version that was frozen for it
      code text,                                 -- why none could be
      detail text,
      foreign key (certificate_id, version) references certificate_version,
      check (case when settled_at is null then version is null and code is null
                  else (version is null) <> (code is null) end)
    );
    create unique index reissue_open on reissue (certificate_id) where settled_at is null;
    create index reissue_certificate on reissue (certificate_id, asked_at desc);
    create function refuse_second_settlement() returns trigger language plpgsql as $$
      begin
        if old.settled_at is not null or (new.id, new.certificate_id, new.kind, new.asked_at)
           is distinct from (old.id, old.certificate_id, old.kind, old.asked_at) then
          raise exception 'what was asked for, and what came of it, stays' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger reissue_settled before update on reissue for each row execute function refuse_second_settlement();
    create trigger reissue_kept before delete on reissue for each row execute function refuse_change();

    -- What is revoked is mailed to nobody, and a version has one letter that announces it.
    create function refuse_letter_of_revoked() returns trigger language plpgsql as $$
      begin
        if (select kind from validity_act where certificate_id = new.certificate_id order by sequence desc limit 1) = 'revoke' then
          raise exception 'the certificate is revoked' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger personal_issue_valid before insert on personal_issue for each row execute function refuse_letter_of_revoked();
    create unique index personal_issue_reissue on personal_issue (certificate_id, version) where purpose = 'reissue';

    -- Folded words of the holder's names, native and Latin, of every version; the row goes with an erasure.
    create table certificate_search (
      certificate_id uuid primary key references certificate,
      words tsvector not null
    );
    create index certificate_search_words on certificate_search using gin (words);
    create index certificate_newest on certificate (awarded_at desc, id desc);
    create index certificate_recipient on certificate (recipient);
    create index personal_issue_state on personal_issue (state, certificate_id);
    create index lms_report_untold on lms_report (certificate_id) where patched_at is null;
    create index student_group_unreadable on student_group (id) where gone_at is not null or invalid is not null;

    -- As before, but for the letter (what counts is the newest of the newest version) and for whom another group's
    -- certificate is.
    create or replace view standing as
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
    -- The decision names the group it was awarded for: students may have been merged since. Former and erased ones do not.
    left join certificate o on d.reason_code = 'already-awarded'
      and o.student_group_id = coalesce(
        d.inputs #>> '{circumstances,awardedTo,studentGroupId}',
        (select student_group_id from certificate where student_id = g.student_id and release_id = g.release_id
          and programme_id = d.programme_id))
    left join lms_report r on r.certificate_id = c.id
    left join lateral (select * from certificate_version where certificate_id = c.id order by version desc limit 1) v on true
    left join diploma p on p.certificate_id = c.id and p.version = v.version
    left join lateral (select * from personal_issue where certificate_id = c.id and version = v.version
      order by created_at desc limit 1) i on true
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
  await fillSearch(knex);
}

/** Names of what was awarded before; folded as they were when this migration was written. */
async function fillSearch(knex: Knex): Promise<void> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await knex.raw<{ rows: { id: string; names: (string | null)[] }[] }>(
      `select certificate_id as id, array_agg(facts ->> 'holderName') || array_agg(facts ->> 'latinName') as names
       from certificate_version where certificate_id > ? and facts is not null
       group by certificate_id order by certificate_id limit 1000`,
      [after],
    );
    const last = rows.at(-1);
    if (!last) return;
    const filled = rows.map(({ id, names }) => ({
      certificate_id: id,
      words: knex.raw('array_to_tsvector(?::text[])', [fold(names.filter((name) => name !== null).join(' '))]),
    }));
    await knex('certificate_search').insert(filled);
    after = last.id;
  }
}

const fold = (names: string) => [
  ...new Set(
    names
      .normalize('NFKD')
      .replace(/[\p{M}\p{Lm}'’‘ʼʻ`´]/gu, '')
      .toLowerCase()
      .replace(/[әғқңөұүһіҳҷəı]/gu, (letter) => 'агкноуухихчei'.charAt('әғқңөұүһіҳҷəı'.indexOf(letter)))
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean),
  ),
];

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: revocations are not dropped by a migration');
}
