import type { Db } from '../rows.ts';
import { ITEM_STATE, STANDING_OF_ITEM } from '../student-groups/standing.ts';
import type { Batch } from './batches.ts';
import { selectBatch } from './batches.ts';

/** Locks a batch for one act, so that two acts on it happen one after the other. */
export async function lockBatch(trx: Db, id: string): Promise<Batch | null> {
  await trx('batch').where({ id }).forNoKeyUpdate().first('id');
  return selectBatch(trx, id);
}

/** Pauses a batch; null resumes it. Call under `lockBatch`. */
export async function recordPaused(trx: Db, id: string, at: Date | null): Promise<void> {
  await trx('batch').where({ id }).update({ paused_at: at });
}

/**
 * Cancels a batch finally, with all items that are not `sending` yet; existing certificates stay. Call under
 * `lockBatch`. Returns the number of cancelled items.
 */
export async function recordCancelled(trx: Db, id: string, at: Date): Promise<number> {
  const { rowCount } = await trx.raw(
    `update batch_item as target set cancelled_at = ?
     from batch_item as b
     join ${STANDING_OF_ITEM}
     left join decision as own on own.id = b.decision_id
     left join certificate as c on c.student_group_id = b.student_group_id and c.release_id = s.release_id
     where target.batch_id = b.batch_id and target.student_group_id = b.student_group_id and b.batch_id = ?
       and (b.evaluated_at is null or c.id is null or c.batch_id = b.batch_id)
       and ${ITEM_STATE} in ('pending', 'awarded', 'patched', 'rendered', 'waiting')
       and not (${ITEM_STATE} = 'rendered' and coalesce(c.no_letter, false))`,
    [at, id],
  );
  // Its trigger locks those with a certificate, and the end of the transaction those of cancelled items: in two steps they
  // would be locked in another order than everywhere else, and a pull of the same student groups could deadlock with it.
  await trx.raw(
    `select from find_entry where student_group_id in (select student_group_id from batch_item where batch_id = :id
       union all select student_group_id from certificate where batch_id = :id) order by student_group_id for update`,
    { id },
  );
  await trx('batch').where({ id }).update({ cancelled_at: at });
  return rowCount ?? 0;
}

/**
 * Marks held, refused and bounced items to be pulled and evaluated again, except unknown outcomes, which need
 * `resolve`. Call under `lockBatch`. Returns the number of items.
 */
export async function recordAgain(trx: Db, id: string, at: Date): Promise<number> {
  const { rowCount } = await trx.raw(
    `update batch_item as target set evaluated_at = null, again_at = ?
     from batch_item as b
     join ${STANDING_OF_ITEM}
     left join decision as own on own.id = b.decision_id
     where target.batch_id = b.batch_id and target.student_group_id = b.student_group_id and b.batch_id = ?
       and ${ITEM_STATE} in ('held', 'refused', 'bounced')
       and not exists (select 1 from hold as h
         where h.student_group_id = b.student_group_id and h.released_at is null and h.code = 'outcome-unknown')`,
    [at, id],
  );
  return rowCount ?? 0;
}

/**
 * As `recordAgain`, for the newest item of one student group; dry runs and cancelled batches are skipped. Waits for
 * verbs on that batch. Returns the batch's id; null when no item can be retried.
 */
export async function recordItemAgain(trx: Db, studentGroupId: string, at: Date): Promise<string | null> {
  const { rows } = await trx.raw<{ rows: { batch_id: string }[] }>(
    `update batch_item as target set evaluated_at = null, again_at = :at
     from (select b.batch_id
       from batch_item as b
       join batch as parent on parent.id = b.batch_id
       join ${STANDING_OF_ITEM}
       left join decision as own on own.id = b.decision_id
       where b.student_group_id = :studentGroupId and not parent.dry_run and parent.cancelled_at is null
         and ${ITEM_STATE} in ('held', 'refused', 'bounced')
         and not exists (select 1 from hold as h
           where h.student_group_id = b.student_group_id and h.released_at is null and h.code = 'outcome-unknown')
       order by parent.created_at desc, parent.id desc limit 1 for share of parent) as newest
     where target.batch_id = newest.batch_id and target.student_group_id = :studentGroupId
     returning target.batch_id`,
    { studentGroupId, at },
  );
  return rows[0]?.batch_id ?? null;
}

/** When a person asked to retry an item that is not evaluated yet; null otherwise. */
export async function selectAskedAgain(db: Db, batchId: string, studentGroupId: string): Promise<Date | null> {
  const row = await db('batch_item')
    .where({ batch_id: batchId, student_group_id: studentGroupId })
    .whereNull('evaluated_at')
    .first('again_at');
  return row?.again_at ?? null;
}

/** Retried items that are not evaluated yet, ordered by id, each with the time of the request. */
export async function selectRetriedItems(
  db: Db,
  batchId: string,
  after: string,
  limit: number,
): Promise<{ id: string; againAt: Date }[]> {
  return db('batch_item')
    .where({ batch_id: batchId })
    .whereNull('evaluated_at')
    .whereNotNull('again_at')
    .where('student_group_id', '>', after)
    .orderBy('student_group_id')
    .limit(limit)
    .select('student_group_id as id', 'again_at as againAt');
}

/** Ids of pulled items that wait for their first evaluation, in pages. */
export async function selectUnevaluated(db: Db, batchId: string, after: string, limit: number): Promise<string[]> {
  return db('batch_item')
    .where({ batch_id: batchId })
    .whereNull('evaluated_at')
    .whereNull('again_at')
    .whereNull('cancelled_at')
    .where('student_group_id', '>', after)
    .orderBy('student_group_id')
    .limit(limit)
    .pluck('student_group_id');
}

/** Whether the item was retried and still waits for its evaluation. */
export async function isRetried(trx: Db, batchId: string, studentGroupId: string): Promise<boolean> {
  const row = await trx('batch_item')
    .where({ batch_id: batchId, student_group_id: studentGroupId })
    .whereNull('evaluated_at')
    .whereNotNull('again_at')
    .first('batch_id');
  return row !== undefined;
}

/**
 * Student groups of a batch that it has not evaluated yet, and that got an override after their last decision. When the
 * batch is cancelled, they must be evaluated anyway.
 */
export async function selectOverriddenSince(db: Db, batchId: string): Promise<string[]> {
  return db('batch_item as i')
    .where({ 'i.batch_id': batchId })
    .whereNull('i.evaluated_at')
    .whereRaw(
      `(select max(o.at) from override as o where o.student_group_id = i.student_group_id)
       > coalesce((select d.decided_at from decision as d where d.student_group_id = i.student_group_id and not d.dry_run
                   order by d.sequence desc limit 1), '-infinity')`,
    )
    .orderBy('i.student_group_id')
    .pluck('i.student_group_id');
}

/**
 * Marks a student group for a new evaluation by the newest batch that contains it and matches its release and
 * country; dry runs and cancelled batches are skipped, and a paused one evaluates after it is resumed.
 * @param country ISO 3166-1 alpha-2, as read now; null: unknown, so only batches for all countries match
 * @returns that batch, or null; `due`: no pending job leads to that evaluation yet
 */
export async function recordReevaluation(
  trx: Db,
  studentGroupId: string,
  country: string | null,
): Promise<{ batchId: string | null; due: boolean }> {
  const item: { batch_id: string; evaluated_at: Date | null } | undefined = await trx('batch_item as i')
    .join('batch as b', 'b.id', 'i.batch_id')
    .where({ 'i.student_group_id': studentGroupId, 'b.dry_run': false })
    .whereNull('b.cancelled_at')
    .whereRaw('coalesce(b.release_id = (select release_id from student_group where id = i.student_group_id), true)')
    .whereRaw('(b.countries is null or jsonb_exists(b.countries, ?::text))', [country])
    .orderBy([
      { column: 'b.created_at', order: 'desc' },
      { column: 'b.id', order: 'desc' },
    ])
    .first('i.batch_id', 'i.evaluated_at');
  if (item === undefined) return { batchId: null, due: true };
  const { batch_id: batchId, evaluated_at: evaluatedAt } = item;
  if (evaluatedAt === null) return { batchId, due: false };
  await trx('batch_item')
    .where({ batch_id: batchId, student_group_id: studentGroupId })
    .update({ evaluated_at: null, again_at: null });
  return { batchId, due: true };
}
