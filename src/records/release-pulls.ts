import { z } from 'zod';
import { type Db, parseRow } from './rows.ts';

const PullStep = z.enum(['pages', 'again', 'unseen', 'evaluate']);

const ReleasePull = z
  .object({
    id: z.uuid(),
    release_id: z.string(),
    cause: z.enum(['batch', 'event', 'schedule', 'person']),
    updated_since: z.date().nullable(),
    step: PullStep,
    cursor: z.string().nullable(),
    unreadable: z.number().int(),
    lms_since: z.date().nullable(),
    begun_at: z.date().nullable(),
    finished_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    releaseId: row.release_id,
    cause: row.cause,
    /** Null: the whole release is read. */
    updatedSince: row.updated_since,
    step: row.step,
    /** Where the step goes on: the LMS's cursor, or the last student group's id. */
    cursor: row.cursor,
    /** Records without an id that the step has met so far. */
    unreadable: row.unreadable,
    /** What changes in the LMS from this instant of its clock on is the next pull's to read. */
    lmsSince: row.lms_since,
    begunAt: row.begun_at,
    finishedAt: row.finished_at,
  }));
export type ReleasePull = z.infer<typeof ReleasePull>;
export type PullProgress = Pick<ReleasePull, 'step' | 'cursor' | 'unreadable' | 'lmsSince'>;

export interface NewPull {
  id: string;
  releaseId: string;
  cause: ReleasePull['cause'];
  batchId: string | null;
  updatedSince: Date | null;
}

/**
 * Asks for a pull, or returns the one that serves the same purpose: that of the batch, else the release's open one of
 * this cause.
 */
export async function insertOrReturnPull(trx: Db, pull: NewPull, at: Date): Promise<ReleasePull> {
  const { batchId, releaseId, cause } = pull;
  await trx('release_pull')
    .insert({
      id: pull.id,
      release_id: releaseId,
      cause,
      batch_id: batchId,
      updated_since: pull.updatedSince,
      requested_at: at,
    })
    .onConflict()
    .ignore();
  const open = trx('release_pull');
  if (batchId !== null) open.where({ batch_id: batchId });
  else open.where({ release_id: releaseId, cause }).whereNull('finished_at');
  return ReleasePull.parse(await open.first());
}

export async function selectPull(db: Db, id: string): Promise<ReleasePull | null> {
  return parseRow(ReleasePull, await db('release_pull').where({ id }).first());
}

/** Records when a pull first asked the LMS; a later beginning of the same pull changes nothing. */
export async function recordPullBegun(trx: Db, id: string, at: Date): Promise<ReleasePull> {
  await trx('release_pull').where({ id }).whereNull('begun_at').update({ begun_at: at });
  return ReleasePull.parse(await trx('release_pull').where({ id }).first());
}

/** Moves a pull from where it stood; false when it does not stand there any more, because another worker drives it too. */
export async function recordPullProgress(trx: Db, pull: ReleasePull, to: PullProgress): Promise<boolean> {
  const moved = await trx('release_pull')
    .where({ id: pull.id, step: pull.step })
    .whereRaw('cursor is not distinct from ?::text', [pull.cursor])
    .whereNull('finished_at')
    .update({ step: to.step, cursor: to.cursor, unreadable: to.unreadable, lms_since: to.lmsSince });
  return moved > 0;
}

export async function recordPullFinished(trx: Db, id: string, at: Date): Promise<void> {
  await trx('release_pull').where({ id }).whereNull('finished_at').update({ finished_at: at });
}

/**
 * Pulls that were asked for before an instant and have not ended, by the id that their job has; those for events aside,
 * which wait open themselves, and those of cancelled batches.
 */
export async function selectOpenPulls(db: Db, before: Date): Promise<{ kind: 'batch' | 'release'; id: string }[]> {
  const rows: { id: string; batch_id: string | null }[] = await db('release_pull as p')
    .leftJoin('batch as b', 'b.id', 'p.batch_id')
    .whereNull('p.finished_at')
    .whereNot('p.cause', 'event')
    .whereNull('b.cancelled_at')
    .where('p.requested_at', '<', before)
    .select('p.id', 'p.batch_id');
  return rows.map(({ id, batch_id }) =>
    batch_id === null ? { kind: 'release' as const, id } : { kind: 'batch' as const, id: batch_id },
  );
}

/** A release that should be read again, and since when; null: all of it. */
export interface DuePull {
  releaseId: string;
  updatedSince: Date | null;
}

const DueRow = z
  .object({ release_id: z.string(), updated_since: z.date().nullable() })
  .transform((row): DuePull => ({ releaseId: row.release_id, updatedSince: row.updated_since }));

/** A release lives while it is open, and for some time after its end, its last batch and its last award. */
export const ALIVE = `
  (coalesce(r.snapshot ->> 'closed', 'false') = 'false' and r.snapshot ->> 'endsOn' is null
   or r.snapshot ->> 'endsOn' >= to_char(:aliveSince::timestamptz at time zone 'UTC', 'YYYY-MM-DD')
   or exists (select 1 from batch as b where b.release_id = r.id and b.created_at >= :aliveSince)
   or exists (select 1 from certificate as c where c.release_id = r.id and c.awarded_at >= :aliveSince))`;

/**
 * Releases that live and were not asked about since `changesBefore`: what has changed since their last pull began; or
 * everything, where they were last read as a whole before `wholeBefore`.
 */
export async function selectDuePulls(
  db: Db,
  limits: { aliveSince: Date; changesBefore: Date; wholeBefore: Date },
): Promise<DuePull[]> {
  const { rows } = await db.raw(
    `select r.id as release_id,
            case when known.whole_at >= :wholeBefore then known.lms_since end as updated_since
     from release as r
     cross join lateral (
       select max(p.requested_at) as asked_at,
              max(p.begun_at) filter (where p.updated_since is null and p.finished_at is not null) as whole_at,
              max(p.lms_since) filter (where p.finished_at is not null) as lms_since
       from release_pull as p where p.release_id = r.id) as known
     where ${ALIVE} and (known.asked_at is null or known.asked_at < :changesBefore)
     order by r.id`,
    { ...limits },
  );
  return DueRow.array().parse(rows);
}

/** Forgets pulls that ended before an instant, but for the newest of each release, which tells where to go on. */
export async function forgetPulls(db: Db, before: Date): Promise<void> {
  await db('release_pull as p')
    .where('p.finished_at', '<', before)
    .whereExists(
      db('release_pull as n')
        .select(db.raw('1'))
        .whereRaw('n.release_id = p.release_id and n.requested_at > p.requested_at')
        .whereNotNull('n.finished_at'),
    )
    .delete();
}

/** When the LMS was last asked about a release, by its last finished pull; null when it never was. */
export async function selectLastPulledAt(db: Db, releaseId: string): Promise<Date | null> {
  const row = await db('release_pull')
    .where({ release_id: releaseId })
    .whereNotNull('finished_at')
    .max({ at: 'begun_at' })
    .first();
  return row?.['at'] ?? null;
}
