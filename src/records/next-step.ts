import { z } from 'zod';
import { type Db, parseRow, parseRows } from './rows.ts';

const Step = z.object({ queue: z.enum(['patch', 'render', 'send']), id: z.uuid() });
export type NextStep = z.infer<typeof Step>;

/**
 * What a certificate waits for, told by its facts alone: PATCH, then diploma and letter, then sending. Held, gone,
 * finished ones and those of a paused or cancelled batch wait for nothing.
 */
const STEPS = (db: Db) =>
  db
    .from('certificate as c')
    .join('student_group as g', 'g.id', 'c.student_group_id')
    .join('lms_report as r', 'r.certificate_id', 'c.id')
    .joinRaw('left join hold as h on h.student_group_id = g.id and h.released_at is null')
    .joinRaw('left join personal_issue as f on f.certificate_id = c.id and f.purpose = ?', ['first'])
    .joinRaw(`left join personal_issue as w on w.certificate_id = c.id and w.state = 'waiting'`)
    .joinRaw('left join diploma as d on d.certificate_id = c.id')
    .leftJoin('batch as b', 'b.id', 'c.batch_id')
    .whereNull('h.id')
    .whereNull('b.paused_at')
    .whereNull('b.cancelled_at')
    .whereNull('g.gone_at')
    .whereNull('g.invalid')
    .where((open) => open.whereNull('r.patched_at').orWhereNull('f.id').orWhereNotNull('w.id'))
    .select(
      db.raw(
        `case when r.patched_at is null then 'patch' when w.id is not null then 'send' else 'render' end as queue`,
      ),
      db.raw('case when r.patched_at is not null and w.id is not null then w.id else c.id end as id'),
    );

export async function selectNextStep(db: Db, certificateId: string): Promise<NextStep | null> {
  return parseRow(Step, await STEPS(db).where('c.id', certificateId).first());
}

/** Certificates whose next step should have been taken before an instant and was not: their job was lost. */
export async function selectOverdueSteps(db: Db, before: Date, limit: number): Promise<NextStep[]> {
  const rows = await STEPS(db)
    .whereRaw(
      `case when r.patched_at is null then coalesce(r.next_attempt_at, c.awarded_at)
            when w.id is not null then w.send_after
            else coalesce(d.rendered_at, r.patched_at) end < ?`,
      [before],
    )
    .limit(limit);
  return parseRows(Step, rows);
}

/** What the certificates in a batch's charge wait for and may do now; a letter before its time has its job already. */
export async function selectStepsOfBatch(db: Db, batchId: string, now: Date): Promise<NextStep[]> {
  const rows = await STEPS(db)
    .where('c.batch_id', batchId)
    .where((due) => due.whereNull('w.id').orWhere('w.send_after', '<=', now));
  return parseRows(Step, rows);
}
