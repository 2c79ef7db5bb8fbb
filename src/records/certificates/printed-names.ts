/** Like `normaliseName`: NFC, single spaces, trimmed; null for an empty text. */
const clean = (text: string) =>
  String.raw`nullif(btrim(regexp_replace(normalize(${text}, NFC), '[\t\n\v\f\r\u0085 \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g')), '')`;

/** What people said last; SQL null: nothing, or it was withdrawn. */
const spoken = (field: string) =>
  `(select value #>> '{}' from override where student_group_id = g.id and field = '${field}' order by sequence desc limit 1)`;

/** The coordinator's value, else the registration file's, else the LMS's. */
const currentName = (field: 'fullName' | 'latinName') => {
  const ofFile = field === 'latinName' ? `${spoken('fileLatinName')}, ` : '';
  return clean(`coalesce(${spoken(field)}, ${ofFile}g.snapshot #>> '{student,${field}}')`);
};

/**
 * SQL condition: the newest version of certificate `c` prints another name than the current one of student group `g`.
 * A Latin form added or removed since is not a contradiction. Another student in the group is handled elsewhere.
 */
export const PRINTS_FORMER_NAME = `
  (g.student_id = c.student_id and exists (
    select 1 from (select facts ->> 'holderName' as holder, facts ->> 'latinName' as latin from certificate_version
      where certificate_id = c.id order by version desc limit 1) as printed
    cross join lateral (select ${currentName('fullName')} as native, ${currentName('latinName')} as latin) as now
    where not coalesce(holder = now.latin and printed.latin is null, false)
      and (holder <> coalesce(now.native, '') or coalesce(printed.latin <> now.latin, false))))`;
