import type { Reason } from '../domain/failure.ts';
import { type ReleasePull, selectLeftOut, selectPullOfBatch } from '../records/lms/release-pulls.ts';
import type { Db } from '../records/rows.ts';

/** How far a batch's reading of its release has come, and what it left out. */
export interface PullView {
  state: 'waiting' | 'reading' | 'finished' | 'stopped';
  /** Pages that were read, of all rounds: the second one asks for what changed meanwhile. */
  pages: number;
  /** Different student groups of the release that stood on them. */
  studentGroups: number;
  /** Student groups that the LMS told of as of other releases: no part of the batch. Some of them by name. */
  leftOut: { count: number; studentGroups: { studentGroupId: string; releaseId: string }[]; detail: string } | null;
  /** Why it was stopped, code `lms-paging`. */
  reason: Reason | null;
  /** Why the LMS's answer about the release itself cannot be used; `prepare` of the evaluation says what follows. */
  releaseFault: string | null;
}

/** So many are named in a batch; the log names more. */
const NAMED = 20;

/** Null for a batch over ids, and before anything was asked. */
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
