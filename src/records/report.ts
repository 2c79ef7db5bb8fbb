import { z } from 'zod';
import { CERTIFICATE_STATES } from '../domain/certificate-state.ts';
import { type Db, parseRows } from './rows.ts';

const State = z.enum(CERTIFICATE_STATES);
const ReportRow = z
  .object({
    student_group_id: z.string(),
    state: State,
    country: z.string().nullable(),
    cert_template: z.string().nullable(),
    reason_code: z.string().nullable(),
    reason_detail: z.string().nullable(),
    next_at: z.date().nullable(),
  })
  .transform((row) => ({
    studentGroupId: row.student_group_id,
    state: row.state,
    country: row.country,
    template: row.cert_template,
    reason: row.reason_code === null ? null : { code: row.reason_code, detail: row.reason_detail ?? '' },
    nextAt: row.next_at,
  }));
export type ReportRow = z.infer<typeof ReportRow>;

/** Where every student group of a release stands; `nextAt` is when a letter or another try at the LMS is due. */
export async function selectReportRows(db: Db, releaseId: string): Promise<ReportRow[]> {
  const rows = await db
    .from('standing as s')
    .leftJoin('certificate as c', 'c.id', 's.certificate_id')
    .leftJoin('lms_report as r', 'r.certificate_id', 'c.id')
    .whereRaw('coalesce(c.release_id, s.release_id) = ?', [releaseId])
    .orderBy('s.student_group_id')
    .select('s.student_group_id', 's.state', 's.reason_code', 's.reason_detail')
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

/** Every series of numbers that a release has drawn from, and every number that was drawn, in order. */
export async function selectNumbers(
  db: Db,
  releaseId: string,
): Promise<{ series: z.infer<typeof Series>[]; issued: IssuedNumber[] }> {
  const series = await db('number_series').where({ release_id: releaseId }).orderBy('prefix');
  const issued = await db
    .from('certificate as c')
    .join('standing as s', 's.student_group_id', 'c.student_group_id')
    .where('c.release_id', releaseId)
    .orderByRaw('length(c.number), c.number')
    .select('c.number', 'c.student_group_id', 's.state');
  return { series: parseRows(Series, series), issued: parseRows(IssuedNumber, issued) };
}

/** How many student groups stand where, over all releases. */
export async function selectStateCounts(db: Db): Promise<{ state: string; count: number }[]> {
  const rows = await db.from('standing').groupBy('state').select('state').count({ n: '*' });
  return rows.map((row) => ({ state: String(row['state']), count: Number(row['n']) }));
}

/** Whether a release was ever pulled. */
export async function isReleaseKnown(db: Db, releaseId: string): Promise<boolean> {
  return (await db('release').where({ id: releaseId }).first('id')) !== undefined;
}
