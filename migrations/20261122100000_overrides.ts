import type { Knex } from 'knex';

/** What coordinators say of single student groups, and what a person should look at although it stops nothing. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- the newest row of a field counts; a null value withdraws it
    create table override (
      sequence bigint generated always as identity primary key,
      student_group_id text not null references student_group,
      field text not null check (field in
        ('country', 'fullName', 'latinName', 'email', 'allowSharedEmail', 'certTemplate', 'excluded', 'allow')),
      value jsonb check (value <> 'null'::jsonb),  -- null also where it was personal and is erased
      actor text not null,
      reason text not null,
      act_id uuid not null references act,
      at timestamptz not null,
      unique (act_id, field)
    );
    create index override_latest on override (student_group_id, field, sequence desc);
    -- who is on the allow or the deny list
    create index override_list on override (field, student_group_id, sequence desc) where field in ('excluded', 'allow');
    -- who was given this address by a coordinator
    create index override_email on override (value) where field = 'email';

    create function refuse_new_override() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' or new.value is not null and new.value is distinct from old.value
           or to_jsonb(new) - 'value' is distinct from to_jsonb(old) - 'value' then
          raise exception 'override is append only; a value may only be emptied' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger override_frozen before update or delete on override for each row execute function refuse_new_override();

    create table flag (
      id uuid primary key,
      student_group_id text not null references student_group,
      certificate_id uuid references certificate,
      kind text not null check (kind in
        ('criteria-no-longer-met', 'student-merged', 'lms-template-differs', 'deleted-after-sent')),
      detail text not null,
      raised_at timestamptz not null,
      ended_at timestamptz,
      ended_by uuid references act,                -- a person's act; null where the cause went away by itself
      cleared_at timestamptz,                      -- when the cause went away, also of a dismissed one
      check (ended_by is null or ended_at is not null)
    );
    create unique index flag_open on flag (student_group_id, kind) where ended_at is null;
    create index flag_open_newest on flag (raised_at, id) where ended_at is null;
    create index flag_latest on flag (student_group_id, kind, raised_at desc);
  `);
}

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: what people decided is not dropped by a migration');
}
