import { type CertificateState, isFinalForBatch } from '../../domain/certificate/certificate-state.ts';
import type { Db } from '../rows.ts';
import { itemState, JUDGED_STATE, MOVED, refusedWithout, STANDING_OF_ITEM } from '../student-groups/standing.ts';

export interface BatchCounts {
  total: number;
  byState: Record<string, number>;
  /** Number of items in no final or held state. */
  open: number;
  lastEvaluated: Date | null;
  /** When the last waiting letter is due. */
  lastDue: Date | null;
  /** Changes whenever an item has come to another state. */
  version: string;
}

interface Row {
  state: CertificateState;
  no_letter: boolean;
  n: string;
  evaluated: Date | null;
  due: Date | null;
  version: string;
}

/** Counts of a batch by state; in a dry run, by the state that a real run would give. */
export async function selectBatchCounts(db: Db, batchId: string, dryRun: boolean): Promise<BatchCounts> {
  const counted = db.raw<{ rows: Row[] }>(dryRun ? FORETOLD : STANDING, { batchId });
  // Named: planned once per connection, because planning the view costs more than counting a small batch.
  const { rows } = await counted.options({ name: dryRun ? 'batch-foretold' : 'batch-standing' });
  const byState: Record<string, number> = {};
  for (const { state, n } of rows) byState[state] = (byState[state] ?? 0) + Number(n);
  const sum = (some: Row[]) => some.reduce((total, row) => total + Number(row.n), 0);
  const open = sum(
    rows.filter(({ state, no_letter: noLetter }) =>
      dryRun ? state === 'pending' : !isFinalForBatch(state, { noLetter }),
    ),
  );
  return {
    total: sum(rows),
    byState,
    open,
    lastEvaluated: latest(rows.map((row) => row.evaluated)),
    lastDue: latest(rows.map((row) => row.due)),
    version: JSON.stringify(rows.map((row) => [row.state, row.n, row.version]).sort()),
  };
}

const FORETOLD = `
  select coalesce(b.would_be, 'pending') as state, false as no_letter, count(*) as n, max(b.evaluated_at) as evaluated,
    null::timestamptz as due, '' as version
  from batch_item as b join student_group as g on g.id = b.student_group_id
  where b.batch_id = :batchId group by 1`;

/** Item `b` is judged by this batch, and neither cancelled nor skipped. */
const IS_JUDGED = 'b.cancelled_at is null and b.skipped_code is null and b.evaluated_at is not null';
/** The student group has no certificate of its own. */
const IS_REFUSED = refusedWithout('c.id');

/**
 * The state of most items is that of the bucket in which their student group lies: the view costs too much for thousands
 * of items once a second. It is computed for a student group that has moved to another release, and for one that this batch
 * refused and that turned out to be awarded elsewhere. "offset 0" looks up each item by indexes; else the planner, which
 * takes all batches for equally long, reads whole tables.
 */
const STANDING = `
  select ${itemState(`when s.state is not null then case ${JUDGED_STATE} end
       when ${IS_REFUSED} then own.outcome
       else k.state`)} as state,
    coalesce(theirs.no_letter, c.no_letter, false) as no_letter,
    count(*) as n,
    max(b.evaluated_at) as evaluated,
    max(case when s.state is not null then s.send_after
             when k.state = 'waiting' then
               (select max(send_after) from teacher_letter where certificate_id = c.id and state = 'waiting') end) as due,
    sum(e.changed)::text as version
  from batch_item as b
  cross join lateral (
    select bucket_id, xmin::text::bigint as changed from find_entry where student_group_id = b.student_group_id offset 0) as e
  cross join lateral (select * from find_bucket where id = e.bucket_id offset 0) as k
  left join lateral (
    select id, no_letter from certificate where student_group_id = b.student_group_id and release_id = b.release_id
    offset 0) as c on true
  left join lateral (
    select dry_run, outcome from decision where id = b.decision_id and (c.id is null or ${MOVED}) offset 0) as own on true
  left join lateral (
    select s.* from (select b.student_group_id) as i join ${STANDING_OF_ITEM}
    where ${IS_JUDGED} and (${MOVED}
      or ${IS_REFUSED} and k.reason_code = 'already-awarded' and k.state <> own.outcome)
    offset 0) as s on true
  left join lateral (select no_letter from certificate where id = s.certificate_id offset 0) as theirs on true
  where b.batch_id = :batchId
  group by 1, 2`;

/**
 * When the last item of a batch that is over reached its state. It takes the view for every item, so it is stored with the
 * batch, and computed again only after an item has come to another state.
 */
export async function selectLastChange(db: Db, batchId: string, version: string): Promise<Date | null> {
  const stored = await db('batch').where({ id: batchId, settled_version: version }).first('settled_at');
  if (stored !== undefined) return stored.settled_at;
  // "offset 0" computes the view for one item after the other; otherwise all student groups would be read.
  const { rows: found } = await db.raw<{ rows: { at: Date | null }[] }>(
    `select max(s.since) as at from batch_item as b
     cross join lateral (select s.since from (select b.student_group_id) as i join ${STANDING_OF_ITEM} offset 0) as s
     where b.batch_id = ?`,
    [batchId],
  );
  const at = found[0]?.at ?? null;
  await db('batch').where({ id: batchId }).update({ settled_version: version, settled_at: at });
  return at;
}

/** The latest of some times; null when all are null. */
export function latest(times: (Date | null)[]): Date | null {
  const set = times.flatMap((time) => (time === null ? [] : [time.getTime()]));
  return set.length === 0 ? null : new Date(Math.max(...set));
}
