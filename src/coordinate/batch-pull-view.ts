import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import type { ReasonCode } from '../domain/reason-codes.ts';
import { type ReleasePull, selectLeftOut, selectPullOfBatch } from '../records/lms/release-pulls.ts';
import type { Db } from '../records/rows.ts';
import { ReasonAnswer } from './shared-schemas.ts';

/** The progress of a batch's pull of its release, and the student groups of other releases that it ignored. */
export const PullView = z
  .object({
    state: z.enum(['waiting', 'reading', 'finished', 'stopped']),
    pages: z
      .int()
      .describe(
        'Number of pages read so far, in all rounds. A second round reads what changed during the first round.',
      ),
    studentGroups: z.int().describe('Number of different student groups of the release on these pages.'),
    leftOut: z
      .object({
        count: z.int(),
        studentGroups: z
          .array(z.object({ studentGroupId: z.string(), releaseId: z.string() }))
          .describe('Ids of the first student groups.'),
        detail: z.string(),
      })
      .nullable()
      .describe('Student groups of other releases that the LMS listed by mistake. They are not part of the batch.'),
    reason: ReasonAnswer.nullable().describe('Why the pull was stopped, with the code `lms-paging`.'),
    releaseFault: z.string().nullable().describe('Why the data of the release in the LMS cannot be used.'),
  })
  .meta({ id: 'Pull', description: 'The state of reading a release from the LMS.' });
export type PullView = z.infer<typeof PullView>;

/** Maximum number of ignored student groups that a batch names; the log names more. */
const NAMED = 20;

/** Null for a batch created from ids, and before the first LMS query. */
export async function viewPull(db: Db, batchId: string): Promise<PullView | null> {
  const pull = await selectPullOfBatch(db, batchId);
  if (pull === null) return null;
  const { pages, studentGroups, releaseFault, stopped } = pull;
  return {
    state: stateOf(pull),
    pages,
    studentGroups,
    leftOut: await viewLeftOut(db, pull),
    reason: stopped === null ? null : { code: 'lms-paging' satisfies ReasonCode, detail: stopped },
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
  const detail = message('pull.left-out', { release: releaseId, count, names: `${named}${more}` });
  return { count, studentGroups, detail };
}
