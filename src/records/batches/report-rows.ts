import { z } from 'zod';
import { CERTIFICATE_STATES } from '../../domain/certificate/certificate-state.ts';
import { type Db, parseRows } from '../rows.ts';
import { REASON, shownReason } from '../student-groups/standing.ts';

const State = z.enum(CERTIFICATE_STATES);
const ReportRow = z
  .object({
    student_group_id: z.string(),
    state: State,
    country: z.string().nullable(),
    cert_template: z.string().nullable(),
    ...REASON,
    next_at: z.date().nullable(),
    no_letter: z.boolean(),
  })
  .transform((row) => ({
    studentGroupId: row.student_group_id,
    state: row.state,
    country: row.country,
    template: row.cert_template,
    reason: shownReason(row),
    nextAt: row.next_at,
    /** Others send its letters. */
    noLetter: row.no_letter,
  }));
export type ReportRow = z.infer<typeof ReportRow>;

/**
 * State of every student group of a release, also of those moved away with a certificate; `nextAt` is when a letter
 * or another LMS attempt is due.
 */
export async function selectReportRows(db: Db, releaseId: string): Promise<ReportRow[]> {
  const rows = await db
    .from('membership_standing as s')
    .leftJoin('certificate as c', 'c.id', 's.certificate_id')
    .leftJoin('lms_report as r', 'r.certificate_id', 'c.id')
    .where('s.release_id', releaseId)
    .whereRaw(
      `s.student_group_id in (select id from student_group where release_id = :releaseId
         union all select student_group_id from certificate where release_id = :releaseId)`,
      { releaseId },
    )
    .orderBy('s.student_group_id')
    .select('s.student_group_id', 's.state', 's.reason_code', 's.reason_detail', 's.obstacle')
    .select(db.raw('coalesce(c.no_letter, false) as no_letter'))
    .select(
      db.raw('coalesce(c.country, s.country) as country, coalesce(c.cert_template, s.cert_template) as cert_template'),
    )
    .select(db.raw(`coalesce(s.send_after, case when s.state = 'awarded' then r.next_attempt_at end) as next_at`));
  return parseRows(ReportRow, rows);
}

const Series = z
  .object({ prefix: z.string(), last_number: z.number().int() })
  .transform((row) => ({ prefix: row.prefix, lastNumber: row.last_number }));
const IssuedNumber = z
  .object({ number: z.string(), student_group_id: z.string(), state: State })
  .transform((row) => ({ number: row.number, studentGroupId: row.student_group_id, state: row.state }));
export type IssuedNumber = z.infer<typeof IssuedNumber>;

/** All number series of a release, and all assigned numbers in order. */
export async function selectNumbers(
  db: Db,
  releaseId: string,
): Promise<{ series: z.infer<typeof Series>[]; issued: IssuedNumber[] }> {
  const series = await db('number_series').where({ release_id: releaseId }).orderBy('prefix');
  const issued = await db
    .from('certificate as c')
    .joinRaw('join membership_standing as s on s.student_group_id = c.student_group_id and s.release_id = c.release_id')
    .where('c.release_id', releaseId)
    .orderByRaw('length(c.number), c.number')
    .select('c.number', 'c.student_group_id', 's.state');
  return { series: parseRows(Series, series), issued: parseRows(IssuedNumber, issued) };
}

const Moved = z
  .object({ student_group_id: z.string(), number: z.string(), release_id: z.string(), release_now: z.string() })
  .transform((row) => ({
    studentGroupId: row.student_group_id,
    number: row.number,
    /** The release of the certificate. */
    from: row.release_id,
    /** The current release of the student group in the LMS. */
    to: row.release_now,
  }));
/** A student group that the LMS moved to another release after its award; the certificate stays in its release. */
export type Moved = z.infer<typeof Moved>;

/** Student groups moved from or to a release. */
export async function selectMoved(db: Db, releaseId: string): Promise<Moved[]> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select c.student_group_id, c.number, c.release_id, g.release_id as release_now
     from certificate as c join student_group as g on g.id = c.student_group_id and g.release_id <> c.release_id
     where c.release_id = :releaseId
     union all
     select c.student_group_id, c.number, c.release_id, g.release_id
     from student_group as g join certificate as c on c.student_group_id = g.id and c.release_id <> g.release_id
     where g.release_id = :releaseId
     order by 1, 2`,
    { releaseId },
  );
  return parseRows(Moved, rows);
}

/** Whether a release was ever pulled. */
export async function isReleaseKnown(db: Db, releaseId: string): Promise<boolean> {
  return (await db('release').where({ id: releaseId }).first('id')) !== undefined;
}

/** Whether a release, or a student group of it, was ever pulled: the LMS may never have told a usable release. */
export async function isReleaseSeen(db: Db, releaseId: string): Promise<boolean> {
  if (await isReleaseKnown(db, releaseId)) return true;
  return (await db('student_group').where({ release_id: releaseId }).first('id')) !== undefined;
}

/** Number of certificates of a release. */
export async function countCertificates(db: Db, releaseId: string): Promise<number> {
  const [row] = await db('certificate').where({ release_id: releaseId }).count({ n: '*' });
  return Number(row?.['n']);
}
