import type { Knex } from 'knex';

/** SQL: NFC, single spaces, trimmed; null for an empty text. As `normaliseName` does. */
const clean = (text: string) =>
  String.raw`nullif(btrim(regexp_replace(normalize(${text}, NFC), '[\t\n\v\f\r\u0085 \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g')), '')`;
/** What people said last of student group `g`. */
const spoken = (field: string) =>
  `(select value #>> '{}' from override where student_group_id = g.id and field = '${field}' order by sequence desc limit 1)`;

/** Files with registrations and exceptions, and the values of registrations beside the overrides. */
export const up = (knex: Knex) =>
  knex.raw(`
    create table import (
      id uuid primary key,
      sequence bigint generated always as identity unique,
      form text not null,
      kind text not null check (kind in ('registration', 'exceptions')),
      file_sha256 text not null check (file_sha256 ~ '^[0-9a-f]{64}$'),
      actor text not null,
      created_at timestamptz not null,
      heading_row integer not null,
      unused_headings jsonb not null,
      counts jsonb not null,                     -- rows by verdict; kept when the rows are deleted
      applied_by text,
      apply_reason text,
      apply_act_id uuid references act,
      apply_started_at timestamptz,
      apply_finished_at timestamptz,
      forgotten_at timestamptz,                  -- its rows were deleted
      check ((applied_by is null) = (apply_started_at is null) and (apply_act_id is null) = (apply_started_at is null)),
      check (apply_finished_at is null or apply_started_at is not null)
    );
    -- the same file is applied once, even by two people at the same moment
    create unique index import_applied_once on import (form, file_sha256) where apply_started_at is not null;
    create index import_kept on import (created_at) where forgotten_at is null;

    create table import_row (
      import_id uuid not null references import,
      row integer not null check (row > 0),
      verdict text not null check (verdict in ('found', 'same', 'unknown', 'twice', 'conflict', 'fault')),
      student_group_id text references student_group,
      "values" jsonb not null,                   -- as they would be stored, each with its cell
      changes jsonb not null,                    -- as the coordinator reviews them
      problems jsonb not null,
      result text check (result in ('applied', 'changed', 'refused')),
      detail text,                               -- why it was not applied
      settled_at timestamptz,
      primary key (import_id, row),
      check ((result is null) = (settled_at is null))
    );
    -- the rows that still have to be applied, in order
    create index import_row_open on import_row (import_id, row) where settled_at is null and verdict in ('found', 'same');

    alter table override drop constraint override_field_check;
    alter table override add constraint override_field_check check (field in
      ('country', 'fullName', 'latinName', 'projectTitle', 'email', 'allowSharedEmail', 'certTemplate', 'issueDate', 'excluded',
       'allow', 'fileCountry', 'fileLatinName')) not valid;
    alter table override validate constraint override_field_check;

    -- As before; and whether a registration file gives another country, or a Latin name that is not printed, and no override
    -- counts more.
    create or replace function needs_reissue(certificate uuid) returns boolean language plpgsql stable
      set plan_cache_mode = force_generic_plan as $$
      begin
        return exists (
          select from certificate as c
          join lateral (select max(created_at) as frozen_at from certificate_version as f where f.certificate_id = c.id
            and not exists (select from reissue where certificate_id = c.id and version = f.version and kind = 'reinstate')) as v on true
          cross join lateral (select distinct field from override where student_group_id = c.student_group_id
            and field not in ('email', 'allowSharedEmail', 'excluded', 'allow', 'fileCountry', 'fileLatinName')) as printed
          where c.id = certificate
            and (select value from override as o where o.student_group_id = c.student_group_id and o.field = printed.field
                   order by sequence desc limit 1)
                is distinct from
                (select value from override as o where o.student_group_id = c.student_group_id and o.field = printed.field
                   and o.at <= v.frozen_at order by sequence desc limit 1)
        ) or exists (
          select from certificate as c join student_group as g on g.id = c.student_group_id
          cross join lateral (select facts ->> 'holderName' as holder, facts ->> 'latinName' as latin, facts ->> 'country' as country
            from certificate_version where certificate_id = c.id order by version desc limit 1) as printed
          cross join lateral (select ${spoken('country')} as country, ${spoken('latinName')} as latin) as said
          cross join lateral (select ${spoken('fileCountry')} as country, ${clean(spoken('fileLatinName'))} as latin) as file
          cross join lateral (select ${clean(`coalesce(${spoken('fullName')}, g.snapshot #>> '{student,fullName}')`)} as native,
            ${clean(`coalesce(said.latin, file.latin, g.snapshot #>> '{student,latinName}')`)} as latin) as now
          where c.id = certificate and g.student_id = c.student_id
            and (not coalesce(holder = now.latin and printed.latin is null, false)
                and (holder <> coalesce(now.native, '') or coalesce(printed.latin <> now.latin, false))
              or said.country is null and file.country <> printed.country
              or said.latin is null and file.latin is distinct from printed.latin and file.latin <> holder));
      end $$;
  `);
