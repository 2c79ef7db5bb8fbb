import type { Db } from '../rows.ts';
import type { PersonScope } from './person-scope.ts';

/** The tables with rows of a person, and how the rows are found: by student groups `g`, certificates `c` or letters of these. */
const LETTERS = 'select id from personal_issue where certificate_id = any(:c::uuid[])';
export const PERSONAL_ROWS: Readonly<Record<string, string>> = {
  student_group: 'id = any(:own)',
  find_words: 'student_group_id = any(:own)',
  find_word: `(word, student_group_id) in (
    select unnest(tsvector_to_array(words)), student_group_id from find_words where student_group_id = any(:own))`,
  override: 'student_group_id = any(:g)',
  decision: 'student_group_id = any(:own)',
  batch_item: 'student_group_id = any(:g)',
  import_row: 'student_group_id = any(:g)',
  hold: 'student_group_id = any(:g)',
  flag: 'student_group_id = any(:g)',
  bulk_act_row: 'student_group_id = any(:g) or certificate_id = any(:c::uuid[])',
  certificate: 'id = any(:c::uuid[])',
  certificate_version: 'certificate_id = any(:c::uuid[])',
  certificate_search: 'certificate_id = any(:c::uuid[])',
  lms_report: 'certificate_id = any(:c::uuid[])',
  diploma: 'certificate_id = any(:c::uuid[])',
  diploma_credential: 'certificate_id = any(:c::uuid[])',
  unrecorded_file: 'certificate_id = any(:c::uuid[])',
  credential_revocation: 'certificate_id = any(:c::uuid[])',
  validity_act: 'certificate_id = any(:c::uuid[])',
  reissue: 'certificate_id = any(:c::uuid[])',
  personal_issue: 'certificate_id = any(:c::uuid[])',
  send_attempt: `personal_issue_id in (${LETTERS})`,
  act: `subject = any(:g) or subject = any(:c) or subject in (select id::text from (${LETTERS}) as l)
    or subject in (select id::text from flag where student_group_id = any(:g))`,
};

/** Every row that is stored of a person, by table, with the names of its columns. */
export async function selectPersonRows(
  db: Db,
  { own, shared, certificates }: PersonScope,
): Promise<Record<string, unknown[]>> {
  const bound = { own, g: [...own, ...shared], c: certificates.map(({ id }) => id) };
  const found: Record<string, unknown[]> = {};
  for (const [table, where] of Object.entries(PERSONAL_ROWS)) {
    const { rows } = await db.raw<{ rows: { row: unknown }[] }>(
      `select to_jsonb(t) as row from ${table} as t where ${where}`,
      bound,
    );
    found[table] = rows.map(({ row }) => row);
  }
  return found;
}
