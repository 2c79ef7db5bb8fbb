import { z } from 'zod';
import { type Db, parseRow } from '../rows.ts';

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
    pass: z.number().int(),
    pages: z.number().int(),
    student_groups: z.number().int(),
    left_out: z.number().int(),
    idle: z.number().int(),
    release_fault: z.string().nullable(),
    stopped: z.string().nullable(),
    lms_since: z.date().nullable(),
    begun_at: z.date().nullable(),
    finished_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    releaseId: row.release_id,
    cause: row.cause,
    /** Start of the requested changes; null: the whole release is read. */
    updatedSince: row.updated_since,
    step: row.step,
    /** Position of the step: the LMS's cursor, or the last student group's id. */
    cursor: row.cursor,
    /** Records without an id in this step so far. */
    unreadable: row.unreadable,
    /** Increases whenever a listing is read from its start. */
    pass: row.pass,
    /** Pages read in all passes. */
    pages: row.pages,
    /** Distinct student groups of the release on these pages. */
    studentGroups: row.student_groups,
    /** Distinct student groups of other releases on these pages; not part of the pull. */
    leftOut: row.left_out,
    /** Pages in a row without news. */
    idle: row.idle,
    /** Why the LMS's answer about the release was unusable. */
    releaseFault: row.release_fault,
    /** Why it ended early; null: it read everything. */
    stopped: row.stopped,
    /** Start of the next pull's changes, by the LMS's clock. */
    lmsSince: row.lms_since,
    begunAt: row.begun_at,
    finishedAt: row.finished_at,
  }));
export type ReleasePull = z.infer<typeof ReleasePull>;
export type PullProgress = Pick<ReleasePull, 'step' | 'cursor' | 'unreadable' | 'lmsSince' | 'pass' | 'pages'>;

export interface NewPull {
  id: string;
  releaseId: string;
  cause: ReleasePull['cause'];
  batchId: string | null;
  updatedSince: Date | null;
}

/**
 * Creates a pull, or returns the existing one for the same purpose: the batch's, else the release's open one with
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

/** The pull of a batch over a release; null when there is none yet. */
export async function selectPullOfBatch(db: Db, batchId: string): Promise<ReleasePull | null> {
  return parseRow(ReleasePull, await db('release_pull').where({ batch_id: batchId }).first());
}

/** Records the first query of a pull, and whether the release was usable the last time. */
export async function recordPullBegun(
  trx: Db,
  id: string,
  releaseFault: string | null,
  at: Date,
): Promise<ReleasePull> {
  await trx('release_pull')
    .where({ id })
    .update({ begun_at: trx.raw('coalesce(begun_at, ?)', [at]), release_fault: releaseFault });
  return ReleasePull.parse(await trx('release_pull').where({ id }).first());
}

/** Advances a pull from its position; false when another worker has already advanced it. */
export async function recordPullProgress(trx: Db, pull: ReleasePull, to: PullProgress): Promise<boolean> {
  const moved = await trx('release_pull')
    .where({ id: pull.id, step: pull.step, pass: pull.pass, pages: pull.pages })
    .whereRaw('cursor is not distinct from ?::text', [pull.cursor])
    .whereNull('finished_at')
    .update({
      ...{ step: to.step, cursor: to.cursor, unreadable: to.unreadable, lms_since: to.lmsSince, pages: to.pages },
      ...(to.pass === pull.pass ? {} : { pass: to.pass, idle: 0 }),
    });
  return moved > 0;
}

/** A student group as shown on a page. */
export interface Seen {
  id: string;
  /** Release of the student group, if it belongs to another release. */
  leftOutRelease: string | null;
  /** `updatedAt` of the record; null when it cannot be read. */
  version: string | null;
}

/**
 * Records the ids on a page of a pass, each once, and counts them. A page is idle when it has no id that is new in
 * this pass, and no newer version of one. Call it after `recordPullProgress`, in its transaction.
 */
export async function recordSeen(
  trx: Db,
  { id: pullId, pass }: Pick<ReleasePull, 'id' | 'pass'>,
  seen: readonly Seen[],
): Promise<Pick<ReleasePull, 'studentGroups' | 'leftOut' | 'idle'>> {
  const { rows } = await trx.raw<{ rows: Pick<ReleasePull, 'studentGroups' | 'leftOut' | 'idle'>[] }>(
    `with written as (
       insert into release_pull_seen as s (pull_id, id, left_out_release, pass, version)
       select :pullId, t.id, t."leftOutRelease", :pass, t.version
       from jsonb_to_recordset(:seen::jsonb) as t (id text, "leftOutRelease" text, version timestamptz)
       on conflict (pull_id, id) do update set pass = excluded.pass, version = excluded.version
       where s.pass < excluded.pass or s.version < excluded.version
       returning s.left_out_release, xmax = 0 as is_first)
     update release_pull as p
     set student_groups = p.student_groups + n.own, left_out = p.left_out + n.others,
         idle = case when n.news > 0 or p.pass <> :pass then 0 else p.idle + 1 end
     from (select count(*) as news,
                  count(*) filter (where is_first and left_out_release is null) as own,
                  count(*) filter (where is_first and left_out_release is not null) as others from written) as n
     where p.id = :pullId
     returning p.student_groups as "studentGroups", p.left_out as "leftOut", p.idle`,
    { pullId, pass, seen: JSON.stringify(seen) },
  );
  const [counted] = rows;
  if (!counted) throw new Error('the row of the running pull of the release disappeared from the database');
  return counted;
}

/** Maximum number of named left-out groups after a pull. */
const NAMED = 100;

/** Student groups of other releases on a pull's pages, with their releases, ordered by id. */
export async function selectLeftOut(
  db: Db,
  pullId: string,
  limit: number,
): Promise<{ studentGroupId: string; releaseId: string }[]> {
  return db('release_pull_seen')
    .where({ pull_id: pullId })
    .whereNotNull('left_out_release')
    .orderBy('id')
    .limit(limit)
    .select('id as studentGroupId', 'left_out_release as releaseId');
}

/**
 * Ends a pull.
 * @param stopped why it ended early; null when everything was read
 */
export async function recordPullFinished(trx: Db, id: string, at: Date, stopped: string | null = null): Promise<void> {
  const ended = await trx('release_pull').where({ id }).whereNull('finished_at').update({ finished_at: at, stopped });
  if (ended === 0) return;
  await trx('release_pull_seen')
    .where({ pull_id: id })
    .whereNotIn(
      'id',
      trx('release_pull_seen')
        .where({ pull_id: id })
        .whereNotNull('left_out_release')
        .orderBy('id')
        .limit(NAMED)
        .select('id'),
    )
    .delete();
}

/** Restarts a stopped pull from its beginning, at a person's request. False when it was not stopped. */
export async function restartPull(trx: Db, id: string): Promise<boolean> {
  await trx('release_pull_seen').where({ pull_id: id }).delete();
  const changed = await trx('release_pull')
    .where({ id })
    .whereNotNull('stopped')
    .update({
      ...{ step: 'pages', cursor: null, unreadable: 0, pages: 0, student_groups: 0, left_out: 0, idle: 0 },
      ...{ begun_at: null, lms_since: null, finished_at: null, stopped: null, pass: trx.raw('pass + 1') },
    });
  return changed > 0;
}

/**
 * Open pulls created before a given time, by the id in their job; without those for events, which have their own
 * watch, and those of cancelled batches.
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

/** A release to read again, and since when; null: completely. */
export interface DuePull {
  releaseId: string;
  updatedSince: Date | null;
}

const DueRow = z
  .object({ release_id: z.string(), updated_since: z.date().nullable() })
  .transform((row): DuePull => ({ releaseId: row.release_id, updatedSince: row.updated_since }));

/**
 * SQL condition: a release is active while it is open, and for some time after its end, its last batch and its last
 * award.
 */
export const ALIVE = `
  (coalesce(r.snapshot ->> 'closed', 'false') = 'false' and r.snapshot ->> 'endsOn' is null
   or r.snapshot ->> 'endsOn' >= to_char(:aliveSince::timestamptz at time zone 'UTC', 'YYYY-MM-DD')
   or exists (select 1 from batch as b where b.release_id = r.id and b.created_at >= :aliveSince)
   or exists (select 1 from certificate as c where c.release_id = r.id and c.awarded_at >= :aliveSince))`;

/**
 * Active releases that were not queried since `changesBefore`: for changes since their last pull, or completely if
 * the last complete pull was before `wholeBefore`.
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
              max(p.begun_at) filter (where p.updated_since is null and p.finished_at is not null
                and p.stopped is null) as whole_at,
              max(p.lms_since) filter (where p.finished_at is not null and p.stopped is null) as lms_since
       from release_pull as p where p.release_id = r.id) as known
     where ${ALIVE} and (known.asked_at is null or known.asked_at < :changesBefore)
     order by r.id`,
    { ...limits },
  );
  return DueRow.array().parse(rows);
}

/** Deletes pulls that ended before a given time, except the newest of each release, which stores where to continue. */
export async function forgetPulls(db: Db, before: Date): Promise<void> {
  await db('release_pull as p')
    .where('p.finished_at', '<', before)
    .whereExists(
      db('release_pull as n')
        .select(db.raw('1'))
        .whereRaw('n.release_id = p.release_id and n.requested_at > p.requested_at')
        .whereNotNull('n.finished_at')
        .whereNull('n.stopped'),
    )
    .delete();
}

/** When the LMS was last queried about a release by a completed pull; null: never. */
export async function selectLastPulledAt(db: Db, releaseId: string): Promise<Date | null> {
  const row = await db('release_pull')
    .where({ release_id: releaseId })
    .whereNotNull('finished_at')
    .whereNull('stopped')
    .max({ at: 'begun_at' })
    .first();
  return row?.['at'] ?? null;
}

/** Faults of the newest pull of each release: number of left-out student groups, and of releases per fault. */
export async function countPullFaults(
  db: Db,
): Promise<{ 'left-out': number; stopped: number; 'release-unusable': number }> {
  const { rows } = await db.raw(
    `select coalesce(sum(left_out), 0)::int as "left-out", count(stopped)::int as stopped,
            count(release_fault)::int as "release-unusable"
     from (select distinct on (release_id) * from release_pull where begun_at is not null
           order by release_id, requested_at desc) as newest`,
  );
  return rows[0];
}
