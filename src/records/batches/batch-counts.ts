import { type CertificateState, isFinalForBatch } from '../../domain/certificate/certificate-state.ts';
import type { Db } from '../rows.ts';

export interface BatchCounts {
  total: number;
  byState: Record<string, number>;
  /** Number of items in no final or held state. */
  open: number;
  /** When an item came to its state last, or was evaluated. */
  lastChange: Date | null;
  /** When the last waiting letter is due, to a quarter of an hour. */
  lastDue: Date | null;
}

/**
 * Counts of a batch by state; in a dry run, by the state that a real run would give. They are kept by the transactions that
 * change an item (migration `counts`): its cost does not depend on the number of items.
 */
export async function selectBatchCounts(db: Db, batchId: string, dryRun: boolean): Promise<BatchCounts> {
  const counted = db.raw<{ rows: { place: string; n: string; changed_at: Date | null }[] }>(
    `select place, sum(n) as n, max(changed_at) as changed_at from (
       select place, n, changed_at from batch_count where batch_id = :batchId
       union all select place, n, changed_at from batch_count_change where batch_id = :batchId) as counted
     group by place`,
    { batchId },
  );
  const { rows } = await counted.options({ name: 'batch-counts' });
  const counts: BatchCounts = {
    total: 0,
    byState: {},
    open: 0,
    lastChange: latest(rows.map((row) => row.changed_at)),
    lastDue: null,
  };
  for (const { place, n } of rows) {
    const count = Number(n);
    if (count === 0) continue;
    const { state, noLetter, due } = readPlace(place);
    counts.total += count;
    counts.byState[state] = (counts.byState[state] ?? 0) + count;
    if (dryRun ? state === 'pending' : !isFinalForBatch(state, { noLetter })) counts.open += count;
    counts.lastDue = latest([counts.lastDue, due]);
  }
  return counts;
}

/** As the function `find_place` of the database writes it. */
function readPlace(place: string): { state: CertificateState; noLetter: boolean; due: Date | null } {
  const [state = '', more] = place.split(' ');
  const noLetter = more === 'no-letter';
  return { state: state as CertificateState, noLetter, due: more === undefined || noLetter ? null : new Date(more) };
}

/** Folds what was counted since into few rows. Transactions do it now and then; this is for what none of them did. */
export async function foldCounts(db: Db): Promise<void> {
  await db.raw('select fold_counts()');
}

/** The latest of some times; null when all are null. */
export function latest(times: (Date | null)[]): Date | null {
  const set = times.flatMap((time) => (time === null ? [] : [time.getTime()]));
  return set.length === 0 ? null : new Date(Math.max(...set));
}
