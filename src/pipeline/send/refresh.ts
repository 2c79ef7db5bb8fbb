import type { HeldReason } from '../../domain/failure.ts';
import { findExclusion } from '../../lifecycle/new-letter.ts';
import { findWithdrawnConsent } from '../../lifecycle/withdrawn-consent.ts';
import { LmsUnavailable } from '../../ports/lms.ts';
import { isParked } from '../../records/batches/charge.ts';
import type { Certificate } from '../../records/certificates/certificates.ts';
import type { PersonalIssue } from '../../records/letters/personal-issues.ts';
import { recordLmsAway } from '../../records/lms/lms-waits.ts';
import type { Db } from '../../records/rows.ts';
import { hold } from '../../records/student-groups/holds.ts';
import { selectOverrides } from '../../records/student-groups/overrides.ts';
import { recordGone, recordPull, type StoredGroup, selectGroup } from '../../records/student-groups/student-groups.ts';
import type { SendContext } from './send.ts';

/** Maximum age of a snapshot when a letter is sent. */
const FRESH_MS = 15 * 60_000;
const ASK_AGAIN_MS = 30_000;

/** Up to the same delay again, different for each letter, so that thousands of letters do not query the LMS at once. */
function spread(id: string): number {
  return (Number.parseInt(id.slice(0, 4), 16) / 0xffff) * ASK_AGAIN_MS;
}

/**
 * The last check of LMS data and overrides before a letter is sent: excluded, consent withdrawn, expelled, deleted or
 * unreadable → held; LMS unavailable → retry later. Null when the letter must not be sent now.
 */
export async function refresh(
  ctx: SendContext,
  issue: PersonalIssue,
  certificate: Certificate,
  stored: StoredGroup | null,
): Promise<StoredGroup | null> {
  const { studentGroupId } = certificate;
  let group = stored;
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
      const wait = Math.max((error.retryAfterSeconds ?? 0) * 1000, ASK_AGAIN_MS) + spread(issue.id);
      const sendAfter = new Date(at.getTime() + wait);
      await ctx.db.transaction(async (trx) => {
        if (await recordLmsAway(trx, issue.id, { code, detail, sendAfter }, at))
          await ctx.enqueue(trx, 'send', [{ id: issue.id }], { startAfter: sendAfter });
      });
      return null;
    }
    group = await selectGroup(ctx.db, studentGroupId);
    if (group?.releaseId !== certificate.releaseId && (await isParked(ctx.db, certificate.id))) {
      // Moved to another release: this letter waits for a person, and the student group is evaluated in the new
      // release.
      await ctx.enqueue(ctx.db, 'evaluate', [{ id: studentGroupId, batchId: null }]);
      return null;
    }
  }
  const obstacle = group === null ? null : await findObstacle(ctx.db, { group, issue, certificate });
  if (obstacle) {
    const entry = {
      id: ctx.newId(),
      studentGroupId,
      certificateId: certificate.id,
      stage: 'send',
      code: obstacle.code,
      detail: obstacle.detail,
    };
    await hold(ctx.db, entry, at);
    return null;
  }
  return group;
}

async function findObstacle(
  db: Db,
  { group, issue, certificate }: { group: StoredGroup; issue: PersonalIssue; certificate: Certificate },
): Promise<{ code: HeldReason; detail: string } | null> {
  const overrides = await selectOverrides(db, group.id);
  const exclusion = findExclusion(overrides);
  if (exclusion) return exclusion;
  if (group.goneAt) return { code: 'lms-gone', detail: 'the LMS no longer knows this student group' };
  if (group.invalid) return { code: 'lms-invalid', detail: group.invalid };
  const withdrawn = await findWithdrawnConsent(db, certificate, group);
  if (withdrawn) return withdrawn;
  if (group.snapshot?.status === 'expelled')
    return {
      code: 'lms-conflict',
      detail: 'the student was expelled after the award; revoke the certificate or correct the LMS',
    };
  if ((overrides.email ?? group.email) !== issue.recipient) {
    return {
      code: 'email-invalid',
      detail:
        'the address in the LMS changed or vanished after the award; confirm which one is right by a batch, or give it as an override',
    };
  }
  return null;
}
