import { z } from 'zod';
import type { KnownGroup } from '../../domain/import/verdict.ts';
import { NO_OVERRIDES, Overrides } from '../../domain/student-group/override.ts';
import { StudentGroup } from '../../domain/student-group/student-group.ts';
import { type Db, parseRows } from '../rows.ts';

const KnownRow = z.object({
  snapshot: StudentGroup,
  email: z.string().nullable(),
  excludedThrough: z.string().nullable(),
  overrides: z.record(z.string(), z.unknown()).nullable(),
});

/** Keys of rows; each may name several student groups. E-mail addresses are normalised. */
export interface GroupKeys {
  studentGroupIds: readonly string[];
  studentIds: readonly string[];
  emails: readonly string[];
}

/** Everything that a row of a file is compared with; student groups that the LMS does not have any more are left out. */
export async function selectKnownGroups(db: Db, keys: GroupKeys): Promise<KnownGroup[]> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `with wanted as (
       select id from student_group where id = any(:studentGroupIds::text[])
       union select id from student_group where student_id = any(:studentIds::text[])
       union select id from student_group where email = any(:emails::text[])
       union select student_group_id from override where field = 'email' and value = any(:values::jsonb[])
     )
     select g.snapshot, g.email, said.overrides,
       (select other.id from student_group as other
        where (other.student_id, other.release_id) = (g.student_id, g.release_id) and other.id <> g.id
          and (select value from override where student_group_id = other.id and field = 'excluded'
            order by sequence desc limit 1) = 'true'
        order by other.id limit 1) as "excludedThrough"
     from wanted join student_group as g using (id)
     left join lateral (
       select jsonb_object_agg(field, value) filter (where value is not null) as overrides from (
         select distinct on (field) field, value from override where student_group_id = g.id
         order by field, sequence desc) as newest) as said on true
     where g.snapshot is not null and g.gone_at is null
     order by g.id`,
    {
      studentGroupIds: keys.studentGroupIds,
      studentIds: keys.studentIds,
      emails: keys.emails,
      values: keys.emails.map((email) => JSON.stringify(email)),
    },
  );
  return parseRows(KnownRow, rows).map(({ snapshot, email, excludedThrough, overrides }) => {
    const said = Overrides.parse({ ...NO_OVERRIDES, ...overrides, excludedThrough });
    return { studentGroup: snapshot, emails: [email, said.email].filter((one) => one !== null), overrides: said };
  });
}
