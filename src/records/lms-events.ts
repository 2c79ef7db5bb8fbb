import type { Db } from './rows.ts';

export interface LmsEvent {
  id: string;
  type: string;
  studentGroupId: string | null;
  releaseId: string | null;
}

/** Stores a verified webhook; false when its id was seen before (a repeat has no second effect). */
export async function insertLmsEvent(db: Db, event: LmsEvent, receivedAt: Date): Promise<boolean> {
  const rows = await db('lms_event')
    .insert({
      id: event.id,
      type: event.type,
      student_group_id: event.studentGroupId,
      release_id: event.releaseId,
      received_at: receivedAt,
    })
    .onConflict('id')
    .ignore()
    .returning('id');
  return rows.length > 0;
}

/** Marks an event as dealt with. */
export async function settleLmsEvent(db: Db, id: string, at: Date): Promise<void> {
  await db('lms_event').where({ id }).whereNull('settled_at').update({ settled_at: at });
}

export async function selectLmsEvent(db: Db, id: string): Promise<LmsEvent | null> {
  const row = await db('lms_event').where({ id }).first('id', 'type', 'student_group_id', 'release_id');
  if (!row) return null;
  return { id: row.id, type: row.type, studentGroupId: row.student_group_id, releaseId: row.release_id };
}
