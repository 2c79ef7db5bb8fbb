import type { Reason } from '../domain/failure.ts';
import { type ReleasePull, selectLeftOut, selectPullOfBatch } from '../records/lms/release-pulls.ts';
import type { Db } from '../records/rows.ts';

/** Progress of a batch's pull, and what it left out. */
export interface PullView {
  state: 'waiting' | 'reading' | 'finished' | 'stopped';
  /** Pages read in all rounds; the second round asks for changes during the first. */
  pages: number;
  /** Distinct student groups of the release on these pages. */
  studentGroups: number;
  /**
   * Student groups that the LMS returned although they belong to other releases; they are not part of the batch. Some
   * of them by name.
   */
  leftOut: { count: number; studentGroups: { studentGroupId: string; releaseId: string }[]; detail: string } | null;
  /** Why the pull was stopped, code `lms-paging`. */
  reason: Reason | null;
  /** Why the LMS's answer about the release is unusable; `prepare` of the evaluation decides what follows. */
  releaseFault: string | null;
}

/** Maximum number named in a batch; the log names more. */
const NAMED = 20;

/** Null for a batch over ids, and before the first query. */
export async function viewPull(db: Db, batchId: string): Promise<PullView | null> {
  const pull = await selectPullOfBatch(db, batchId);
  if (pull === null) return null;
  const { pages, studentGroups, releaseFault, stopped } = pull;
  return {
    state: stateOf(pull),
    pages,
    studentGroups,
    leftOut: await viewLeftOut(db, pull),
    reason: stopped === null ? null : { code: 'lms-paging', detail: stopped },
    releaseFault,
  };
}

function stateOf({ begunAt, step, finishedAt, stopped }: ReleasePull): PullView['state'] {
  if (stopped !== null) return 'stopped';
  if (finishedAt !== null || step === 'evaluate') return 'finished';
  return begunAt === null ? 'waiting' : 'reading';
}

async function viewLeftOut(db: Db, { id, releaseId, leftOut: count }: ReleasePull): Promise<PullView['leftOut']> {
  if (count === 0) return null;
  const studentGroups = await selectLeftOut(db, id, NAMED);
  const named = studentGroups.map((one) => `${one.studentGroupId} (${one.releaseId})`).join(', ');
  const more = count > studentGroups.length ? ', …' : '';
  const what = count === 1 ? '1 student group of another release' : `${count} student groups of other releases`;
  const detail = `asked about release ${releaseId}, the LMS told of ${what}, no part of this batch: ${named}${more}`;
  return { count, studentGroups, detail };
}
