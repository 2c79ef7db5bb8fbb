import { z } from 'zod';
import { PERSONAL_OVERRIDES } from '../../domain/student-group/override.ts';
import { type Db, parseRows } from '../rows.ts';

/** What belongs to one student id. */
export interface PersonScope {
  /** Student groups that the LMS gives to this student now. */
  own: string[];
  /** Student groups that the LMS gives to another student by now, but whose certificate was awarded to this one. */
  shared: string[];
  certificates: PersonCertificate[];
}

const PersonCertificate = z
  .object({
    id: z.uuid(),
    number: z.string(),
    release_id: z.string(),
    student_group_id: z.string(),
    versions: z.number().int(),
    letters: z.number().int(),
    revoke: z.boolean(),
    erased: z.boolean(),
  })
  .transform((row) => ({
    id: row.id,
    number: row.number,
    releaseId: row.release_id,
    studentGroupId: row.student_group_id,
    versions: row.versions,
    letters: row.letters,
    /** Nobody has it yet: no letter has left, and others do not send it either. */
    unsent: row.revoke,
    erased: row.erased,
  }));
export type PersonCertificate = z.infer<typeof PersonCertificate>;

export async function selectPersonScope(db: Db, studentId: string): Promise<PersonScope> {
  const own: string[] = await db('student_group').where({ student_id: studentId }).orderBy('id').pluck('id');
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select c.id, c.number, c.release_id, c.student_group_id,
       (select count(*) from certificate_version where certificate_id = c.id)::int as versions,
       (select count(*) from personal_issue where certificate_id = c.id)::int as letters,
       (select facts is null from certificate_version where certificate_id = c.id order by version desc limit 1) as erased,
       not exists (select from teacher_letter where certificate_id = c.id and state not in ('waiting', 'cancelled'))
         and not (c.no_letter and exists (select from diploma where certificate_id = c.id))
         and coalesce((select kind from validity_act where certificate_id = c.id order by sequence desc limit 1), '') <> 'revoke' as revoke
     from certificate as c where c.student_id = ? or c.student_group_id = any(?) order by c.number`,
    [studentId, own],
  );
  const certificates = parseRows(PersonCertificate, rows);
  const groups = new Set(certificates.map(({ studentGroupId }) => studentGroupId));
  return { own, shared: [...groups].filter((id) => !own.includes(id)).sort(), certificates };
}

/** SQL: the texts of a snapshot that name a person. */
const textsOf = (student: string, project: string) => `
  (${student} ->> 'id'), (${student} ->> 'fullName'), (${student} ->> 'latinName'), (${student} ->> 'email'),
  (${student} ->> 'phone'), (${project} ->> 'title'), (${project} ->> 'url')`;

/** Shorter texts occur in other people's texts by chance. */
const SHORTEST = 4;

/** Every name, address, title and id of the person that any row has, so that free texts can be searched for them. */
export async function selectKnownTexts(db: Db, studentId: string, scope: PersonScope): Promise<string[]> {
  const groups = [...scope.own, ...scope.shared];
  const { rows } = await db.raw<{ rows: { said: string }[] }>(
    `select distinct said from (
       select said from student_group as g cross join lateral (values
         ${textsOf("g.snapshot -> 'student'", "g.snapshot -> 'project'")}, (g.email)) as t(said) where g.id = any(:own)
       union select said from decision as d cross join lateral (values
         ${textsOf("d.inputs #> '{studentGroup,student}'", "d.inputs #> '{studentGroup,project}'")}) as t(said)
         where d.student_group_id = any(:own)
       union select value #>> '{}' from override where student_group_id = any(:groups) and field = any(:fields)
       union select said from certificate_version as v cross join lateral (values (v.facts ->> 'holderName'),
         (v.facts ->> 'latinName'), (v.facts #>> '{project,title}'), (v.facts #>> '{project,url}')) as t(said)
         where v.certificate_id = any(:certificates)
       union select recipient from certificate where id = any(:certificates)
       union select recipient from teacher_letter where certificate_id = any(:certificates)) as known
     where length(said) >= ${SHORTEST}`,
    {
      own: scope.own,
      groups,
      fields: [...PERSONAL_OVERRIDES],
      certificates: scope.certificates.map(({ id }) => id),
    },
  );
  return [...new Set([studentId, ...rows.map(({ said }) => said)])];
}

/** What a person's student groups have besides certificates. */
export async function selectSizes(
  db: Db,
  groups: readonly string[],
): Promise<{ overrides: number; importRows: number }> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select (select count(*) from override where student_group_id = any(:groups))::int as overrides,
       (select count(*) from import_row where student_group_id = any(:groups))::int as "importRows"`,
    { groups },
  );
  return z.object({ overrides: z.int(), importRows: z.int() }).parse(rows[0]);
}

/** So that no step and no act changes them meanwhile. */
export async function lockCertificates(trx: Db, ids: readonly string[]): Promise<void> {
  await trx('certificate').whereIn('id', ids).orderBy('id').forUpdate().select('id');
}

/** Whether a letter of one of them is at this moment handed to the provider. */
export async function selectOpenCalls(db: Db, certificates: readonly string[]): Promise<boolean> {
  const open = db('personal_issue').whereIn('certificate_id', certificates).where({ state: 'sending' });
  return (await open.first('id')) !== undefined;
}
