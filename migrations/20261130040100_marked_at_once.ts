import type { Knex } from 'knex';

/** SQL: marks student groups that `from` selects as `id`, once a statement, as the functions of rows do (migration `counts_kept`). */
const mark = (from: string) => `
        insert into find_due (student_group_id, names, first)
          select id, tg_nargs > 0,
            row_number() over () = 1 and not exists (select from find_due where xid = pg_current_xact_id())
          from (${from}) as changed group by id
          on conflict (xid, student_group_id) do update set names = find_due.names or excluded.names, standing = true
            where excluded.names and not find_due.names or not find_due.standing;
        return null;`;

/** Tables that get rows with nearly every certificate, and how their rows name the student group; `names` as before. */
const ADDED = [
  ['student_group', 'groups', "'names'"],
  ['decision', 'own', ''],
  ['certificate', 'own', "'names'"],
  ['certificate_version', 'certificates', "'names'"],
  ['lms_report', 'certificates', ''],
  ['diploma', 'certificates', ''],
  ['personal_issue', 'certificates', ''],
] as const;
/** Tables whose rows change with every certificate, and the columns that make a state. */
const CHANGED = [
  ['lms_report', 'certificate_id', ['patched_at', 'last_error_code']],
  ['personal_issue', 'id', ['state', 'reason_code', 'shift_reason', 'send_after']],
] as const;
const of = (row: string, columns: readonly string[]) => columns.map((name) => `${row}.${name}`).join(', ');
const differ = (columns: readonly string[], now: string, was: string) =>
  `(${of(now, columns)}) is distinct from (${of(was, columns)})`;

/**
 * A stage handles up to fifty certificates in one statement; each row fired a trigger of its own to mark its student group,
 * and each sent letter looked for subscribers of events.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    create function find_mark_added_groups() returns trigger language plpgsql as $$
      begin ${mark('select id from added')}
      end $$;
    create function find_mark_added_own() returns trigger language plpgsql as $$
      begin ${mark('select student_group_id as id from added')}
      end $$;
    create function find_mark_added_certificates() returns trigger language plpgsql as $$
      begin ${mark('select c.student_group_id as id from added join certificate as c on c.id = added.certificate_id')}
      end $$;
    ${ADDED.map(
      ([table, kind, names]) => `
    drop trigger find_due_insert on ${table};
    create trigger find_due_insert after insert on ${table} referencing new table as added for each statement
      execute function find_mark_added_${kind}(${names});`,
    ).join('')}
    ${CHANGED.map(
      ([table, key, columns]) => `
    create function find_mark_changed_${table}() returns trigger language plpgsql as $$
      begin ${mark(`select c.student_group_id as id from later join earlier using (${key})
            join certificate as c on c.id = later.certificate_id where ${differ(columns, 'later', 'earlier')}`)}
      end $$;
    drop trigger find_due_update on ${table};
    create trigger find_due_update after update on ${table} referencing old table as earlier new table as later
      for each statement execute function find_mark_changed_${table}();`,
    ).join('')}

    create or replace function announce_letter() returns trigger language plpgsql as $$
      begin
        if exists (select from subscriber where ended_at is null) then
          perform announce('certificate.' || new.state, c.student_group_id, c.id, new.id, new.reason_code)
            from certificate c where c.id = new.certificate_id;
        end if;
        return null;
      end $$;
  `);

export const down = (knex: Knex) =>
  knex.raw(`
    ${ADDED.map(
      ([table, kind, names]) => `
    drop trigger find_due_insert on ${table};
    create trigger find_due_insert after insert on ${table} for each row
      execute function find_mark_${kind === 'groups' ? 'group' : kind === 'own' ? 'own' : 'certificate'}(${names});`,
    ).join('')}
    ${CHANGED.map(
      ([table, , columns]) => `
    drop trigger find_due_update on ${table};
    create trigger find_due_update after update on ${table} for each row when (${differ(columns, 'new', 'old')})
      execute function find_mark_certificate();
    drop function find_mark_changed_${table}();`,
    ).join('')}
    drop function find_mark_added_groups();
    drop function find_mark_added_own();
    drop function find_mark_added_certificates();
    create or replace function announce_letter() returns trigger language plpgsql as $$
      begin
        perform announce('certificate.' || new.state, c.student_group_id, c.id, new.id, new.reason_code)
          from certificate c where c.id = new.certificate_id;
        return null;
      end $$;
  `);
