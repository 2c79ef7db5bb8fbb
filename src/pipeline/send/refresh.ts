import type { Obstacle } from '../../domain/obstacle/obstacle.ts';
import { isCopyStopped } from '../../lifecycle/open-copies.ts';
import { showObstacle } from '../../lifecycle/stop.ts';
import { LmsUnavailable } from '../../ports/lms.ts';
import type { Certificate } from '../../records/certificates/certificates.ts';
import { parkedBy, selectObstacles } from '../../records/certificates/obstacles.ts';
import type { PersonalIssue } from '../../records/letters/personal-issues.ts';
import { recordLmsUnavailable } from '../../records/lms/lms-waits.ts';
import { recordGone, recordPull, type StoredGroup, selectGroup } from '../../records/student-groups/student-groups.ts';
import { BACK_OFF, pauseFor } from '../back-off.ts';
import type { SendContext } from './send.ts';

/** Maximum age of a snapshot when a letter is sent. */
const FRESH_MS = 15 * 60_000;

/**
 * The last check of LMS data and of everything that may stop the letter, before it is sent; LMS unavailable → retry
 * later. Null when the letter must not be sent now.
 * @param known what stops it by the stored data
 */
export async function refresh(
  ctx: SendContext,
  issue: PersonalIssue,
  certificate: Certificate,
  stored: StoredGroup | null,
  known: readonly Obstacle[],
): Promise<StoredGroup | null> {
  const { studentGroupId } = certificate;
  let group = stored;
  let obstacles = known;
  const at = ctx.clock.now();
  if (group && at.getTime() - group.pulledAt.getTime() > FRESH_MS && !group.goneAt) {
    try {
      const pulled = await ctx.lms.pullOne(studentGroupId);
      if (pulled === null) await recordGone(ctx.db, studentGroupId, group.releaseId, at);
      else await recordPull(ctx.db, pulled, at, ctx.normaliseEmail, { id: studentGroupId });
    } catch (error) {
      if (!(error instanceof LmsUnavailable)) throw error;
      const { code, message: detail } = error;
      ctx.log.warn({ personalIssueId: issue.id, code, error: detail }, 'LMS unavailable, the letter waits');
      const wait = pauseFor(error, BACK_OFF.lmsBeforeLetter, 0);
      const sendAfter = new Date(at.getTime() + wait);
      await ctx.db.transaction(async (trx) => {
        if (await recordLmsUnavailable(trx, issue.id, { code, detail, sendAfter }, at))
          await ctx.enqueue(trx, 'send', [{ id: issue.id }], { startAfter: sendAfter });
      });
      return null;
    }
    group = await selectGroup(ctx.db, studentGroupId);
    obstacles = await selectObstacles(ctx.db, certificate, 'send');
  }
  if (issue.copyOf !== null) return (await isCopyStopped(ctx, issue.id, obstacles)) ? null : group;
  if (!parkedBy(obstacles)) await showObstacle(ctx, certificate, 'send', obstacles);
  // The LMS moved the student group to another release: evaluate whether it gets a certificate there.
  else if (group?.releaseId !== certificate.releaseId)
    await ctx.enqueue(ctx.db, 'evaluate', [{ id: studentGroupId, batchId: null }]);
  return obstacles.length > 0 ? null : group;
}
