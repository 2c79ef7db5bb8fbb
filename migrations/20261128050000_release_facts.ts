import type { Knex } from 'knex';

/** Numbers are printed as the LMS writes them and found by a folded form; why a release cannot be used is kept. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Letters and digits of the number alone, in upper case: how it is found, and what must be unique.
    alter table certificate add column number_key text;
    -- As the LMS wrote it first; "prefix" is its folded form from now on.
    alter table number_series add column printed text;
    update number_series set printed = prefix;
    create table release_fault (
      release_id text primary key,
      detail text not null,                      -- where its newest answer does not fit; no value of it
      at timestamptz not null
    );
    alter table flag drop constraint flag_kind_check;
    alter table flag add constraint flag_kind_check check (kind in
      ('criteria-no-longer-met', 'student-merged', 'lms-template-differs', 'deleted-after-sent', 'lms-not-told-issued',
       'hours-differ'));
    alter table certificate disable trigger certificate_frozen;
  `);
  await fold(knex, 'certificate', 'id', 'number', 'number_key');
  await fold(knex, 'number_series', 'prefix', 'prefix', 'prefix');
  await knex.raw(`
    alter table certificate enable trigger certificate_frozen;
    alter table certificate alter column number_key set not null;
    alter table certificate add constraint certificate_folded_number unique (number_key);
    create or replace function refuse_new_identity() returns trigger language plpgsql as $$
      begin
        if (new.id, new.student_id, new.release_id, new.programme_id, new.number, new.number_key, new.code, new.issue_date)
           is distinct from
           (old.id, old.student_id, old.release_id, old.programme_id, old.number, old.number_key, old.code, old.issue_date) then
          raise exception 'the identity of a certificate is frozen' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
  `);
}

const PAGE = 5000;

/** What stood there was NFKC and upper case already: what is no letter and no digit goes. */
async function fold(knex: Knex, table: string, key: string, from: string, to: string): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const page: Record<string, string>[] = await knex(table)
      .modify((query) => void (after !== null && query.where(key, '>', after)))
      .orderBy(key)
      .limit(PAGE)
      .select(key, from);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last[key] ?? null;
    const rows = page.map((row) => ({ key: row[key], folded: row[from]?.replace(/[^\p{L}\p{N}\p{M}]+/gu, '') }));
    await knex.raw(
      `update ?? as t set ?? = r.folded from jsonb_to_recordset(?::jsonb) as r (key text, folded text)
       where t.??::text = r.key`,
      [table, to, JSON.stringify(rows), key],
    );
  }
}

export async function down(): Promise<void> {
  throw new Error('restore a backup instead: numbers that were printed are not folded away by a migration');
}
