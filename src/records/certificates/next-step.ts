import { z } from 'zod';
import { type Db, parseRow, parseRows } from '../rows.ts';
import { IS_PARKED } from './obstacles.ts';

const Step = z.object({ queue: z.enum(['patch', 'render', 'send']), id: z.uuid() });
export type NextStep = z.infer<typeof Step>;

/**
 * The few certificates that still have steps to do. PostgreSQL computes this array first, so the rest of the query reads
 * only these certificates.
 */
const UNFINISHED = `c.id = any(array(
  select certificate_id from lms_report where patched_at is null
  union all select certificate_id from teacher_letter where state = 'waiting'
  union all select certificate_id from certificate_version as u where not exists
    (select 1 from teacher_letter where certificate_id = u.certificate_id and version = u.version)
    and not exists (select 1 from certificate as o join diploma as p on p.certificate_id = o.id
      where o.no_letter and o.id = u.certificate_id and p.version = u.version)))`;

/**
 * The next step of a certificate, from its facts alone: PATCH, then diploma and letter of its newest version, then
 * sending; where others send the letter, the diploma is the last step. A certificate that is parked or finished has none. The same obstacles park all three steps; that render and
 * send wait for the PATCH makes no difference here, since PATCH comes first.
 */
const STEPS = (db: Db) =>
  db
    .from('certificate as c')
    .join('lms_report as r', 'r.certificate_id', 'c.id')
    .joinRaw(
      `cross join lateral (select version, created_at from certificate_version where certificate_id = c.id
         order by version desc limit 1) v
       left join lateral (select id from teacher_letter where certificate_id = c.id and version = v.version limit 1) f on true
       left join teacher_letter as w on w.certificate_id = c.id and w.state = 'waiting'
       left join diploma as d on d.certificate_id = c.id and d.version = v.version`,
    )
    .whereRaw(`not ${IS_PARKED('patch')}`)
    .where((open) =>
      open
        .whereNull('r.patched_at')
        .orWhereNotNull('w.id')
        .orWhereRaw('f.id is null and not (c.no_letter and d.version is not null)'),
    )
    .select(
      db.raw(
        `case when r.patched_at is null then 'patch' when w.id is not null then 'send' else 'render' end as queue`,
      ),
      db.raw('case when r.patched_at is not null and w.id is not null then w.id else c.id end as id'),
    );

export async function selectNextStep(db: Db, certificateId: string): Promise<NextStep | null> {
  return parseRow(Step, await STEPS(db).where('c.id', certificateId).first());
}

/** Like `selectNextStep`, for many certificates; those without a next step are omitted. */
export async function selectNextSteps(
  db: Db,
  certificateIds: readonly string[],
): Promise<(NextStep & { certificateId: string })[]> {
  const rows = await STEPS(db).whereIn('c.id', certificateIds).select('c.id as certificateId');
  return parseRows(Step.extend({ certificateId: z.uuid() }), rows);
}

/** Certificates whose next step is overdue since before a given time, because their job was lost. */
export async function selectOverdueSteps(db: Db, before: Date, limit: number): Promise<NextStep[]> {
  const rows = await STEPS(db)
    .whereRaw(UNFINISHED)
    .whereRaw(
      `case when r.patched_at is null then coalesce(r.next_attempt_at, c.awarded_at)
            when w.id is not null then w.send_after
            else coalesce(d.rendered_at, greatest(r.patched_at, v.created_at)) end < ?`,
      [before],
    )
    .limit(limit);
  return parseRows(Step, rows);
}

/** Next steps of the certificates that a batch controls; a letter that is not due yet already has its job. */
export async function selectStepsOfBatch(db: Db, batchId: string, now: Date): Promise<NextStep[]> {
  const rows = await STEPS(db)
    .where('c.batch_id', batchId)
    .where((due) => due.whereNull('w.id').orWhere('w.send_after', '<=', now));
  return parseRows(Step, rows);
}
