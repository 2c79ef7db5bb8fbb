import type { Db } from '../rows.ts';

export interface LmsEvent {
  id: string;
  type: string;
  studentGroupId: string | null;
  releaseId: string | null;
}

/** Subject of an event: the queue that pulls it, and its id in the LMS. Many events of one subject need one pull. */
export interface EventSubject {
  queue: 'pull' | 'pull-release';
  id: string;
}

const OF_STUDENT_GROUPS = ['student-group.updated', 'student-group.completed', 'student-group.deleted'];
const OF_RELEASES = ['release.closed'];

/** The subject to pull for an event; null for a type of event that is only stored. */
export function subjectOf(event: LmsEvent): EventSubject | null {
  if (OF_STUDENT_GROUPS.includes(event.type) && event.studentGroupId)
    return { queue: 'pull', id: event.studentGroupId };
  if (OF_RELEASES.includes(event.type) && event.releaseId) return { queue: 'pull-release', id: event.releaseId };
  return null;
}

/**
 * Stores a verified webhook; false when its id is known (a repeated webhook has no second effect). The caller
 * enqueues the pull of its subject in the same transaction; an event without subject is settled at once.
 *
 * Webhooks share a lock until their transactions end, and `selectOpenEvents` waits for it. So no event can be
 * committed unnoticed while a running pull reads the list of events to settle.
 */
export async function insertLmsEvent(trx: Db, event: LmsEvent, receivedAt: Date): Promise<boolean> {
  const subject = subjectOf(event);
  if (subject) await trx.raw('select pg_advisory_xact_lock_shared(hashtextextended(?, 0))', [lockName(subject)]);
  const rows = await trx('lms_event')
    .insert({
      id: event.id,
      type: event.type,
      student_group_id: event.studentGroupId,
      release_id: event.releaseId,
      received_at: receivedAt,
      settled_at: subject ? null : receivedAt,
    })
    .onConflict('id')
    .ignore()
    .returning('id');
  return rows.length > 0;
}

/** Ids of a subject's events that wait for a pull: all that were stored before this call. */
export async function selectOpenEvents(db: Db, subject: EventSubject): Promise<string[]> {
  return db.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [lockName(subject)]);
    const open = trx('lms_event').whereNull('settled_at');
    if (subject.queue === 'pull') open.where({ student_group_id: subject.id }).whereIn('type', OF_STUDENT_GROUPS);
    else open.where({ release_id: subject.id }).whereRaw(`type = 'release.closed'`);
    return open.pluck('id');
  });
}

function lockName({ queue, id }: EventSubject): string {
  return `lms-event:${queue}:${id}`;
}

export async function settleLmsEvents(db: Db, ids: readonly string[], at: Date): Promise<void> {
  await db('lms_event')
    .whereRaw('id = any(?::text[])', [[...ids]])
    .whereNull('settled_at')
    .update({ settled_at: at });
}

/** Subjects with an event that has been waiting since before a given time. */
export async function selectOverdueSubjects(db: Db, before: Date, limit: number): Promise<EventSubject[]> {
  const rows: { type: string; student_group_id: string | null; release_id: string | null }[] = await db('lms_event')
    .whereNull('settled_at')
    .where('received_at', '<', before)
    .distinct('type', 'student_group_id', 'release_id')
    .limit(limit);
  const found = rows.flatMap(
    (row) =>
      subjectOf({ id: '', type: row.type, studentGroupId: row.student_group_id, releaseId: row.release_id }) ?? [],
  );
  return [...new Map(found.map((subject) => [lockName(subject), subject])).values()];
}

/**
 * Deletes settled events received before a given time, in portions; returns their number. Open events are never
 * deleted.
 */
export async function forgetLmsEvents(db: Db, before: Date): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const portion = db('lms_event').where('received_at', '<', before).whereNotNull('settled_at').limit(PORTION);
    const deleted = await db('lms_event').whereIn('id', portion.select('id')).delete();
    forgotten += deleted;
    if (deleted < PORTION) return forgotten;
  }
}
const PORTION = 5000;
