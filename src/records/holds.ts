import type { HeldReason } from '../domain/failure.ts';
import type { Db } from './rows.ts';

/** Opens a hold for a person; an open one of the same student group stays as it is. Detail without personal data. */
export async function hold(
  db: Db,
  input: {
    id: string;
    studentGroupId: string;
    certificateId: string | null;
    stage: string;
    code: HeldReason;
    detail: string;
  },
  at: Date,
): Promise<void> {
  await db('hold')
    .insert({
      id: input.id,
      student_group_id: input.studentGroupId,
      certificate_id: input.certificateId,
      stage: input.stage,
      code: input.code,
      detail: input.detail.slice(0, 2000),
      held_at: at,
    })
    .onConflict(db.raw('(student_group_id) where released_at is null'))
    .ignore();
}

export interface OpenHold {
  stage: string;
  code: HeldReason;
  detail: string;
}

export async function selectOpenHold(db: Db, studentGroupId: string): Promise<OpenHold | null> {
  return (
    (await db('hold')
      .where({ student_group_id: studentGroupId })
      .whereNull('released_at')
      .first('stage', 'code', 'detail')) ?? null
  );
}

/** Ends the open hold of a student group, of one code or of any; true when there was one. */
export async function releaseHold(
  db: Db,
  studentGroupId: string,
  by: string,
  at: Date,
  code?: HeldReason,
): Promise<boolean> {
  const released = await db('hold')
    .where({ student_group_id: studentGroupId, ...(code === undefined ? {} : { code }) })
    .whereNull('released_at')
    .update({ released_at: at, released_by: by });
  return released > 0;
}

/**
 * Ends the open hold of a certificate whose cause a new version has answered: holds of the stages that make one, and those
 * for a reason that was tried anew.
 */
export async function releaseHoldOfMaking(
  trx: Db,
  studentGroupId: string,
  tried: { stages: readonly string[]; codes: readonly HeldReason[] },
  by: string,
  at: Date,
): Promise<void> {
  await trx('hold')
    .where({ student_group_id: studentGroupId })
    .whereNull('released_at')
    .where((answered) => answered.whereIn('stage', tried.stages).orWhereIn('code', tried.codes))
    .update({ released_at: at, released_by: by });
}

/** A new evaluation answers whatever held a student group before it had a certificate. */
export async function releaseHoldBeforeAward(db: Db, studentGroupId: string, at: Date): Promise<void> {
  await db('hold')
    .where({ student_group_id: studentGroupId })
    .whereNull('released_at')
    .whereNull('certificate_id')
    .update({ released_at: at, released_by: 'evaluate' });
}
