import { createHash } from 'node:crypto';
import type { Rulebook } from '../../domain/rulebook.ts';
import { dueInstant, planSending } from '../../domain/send-plan.ts';
import type { Printer } from '../../ports/printer.ts';
import { selectCertificate, selectCurrentVersion } from '../../records/certificates.ts';
import { recordDiploma, selectDiploma } from '../../records/diplomas.ts';
import { hold, isHeld } from '../../records/holds.ts';
import { insertFirstPersonalIssue } from '../../records/personal-issues.ts';
import { selectGroup, selectRelease } from '../../records/student-groups.ts';
import type { JobData, StageContext } from '../context.ts';

export interface RenderContext extends StageContext {
  printer: Printer;
  rulebook: Rulebook;
}

/** Stage 4: draws the diploma once, keeps its bytes, and opens the first letter at the next permitted instant. */
export function makeRender(ctx: RenderContext): (job: JobData['render']) => Promise<void> {
  return async ({ id }) => {
    const certificate = await selectCertificate(ctx.db, id);
    const version = certificate && (await selectCurrentVersion(ctx.db, id));
    if (!certificate || !version?.facts || (await isHeld(ctx.db, certificate.studentGroupId))) return;
    if (await selectDiploma(ctx.db, id, version.version)) return;

    const bytes = await ctx.printer.draw(version.facts);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const group = await selectGroup(ctx.db, certificate.studentGroupId);
    const release = await selectRelease(ctx.db, certificate.releaseId);
    const at = ctx.clock.now();
    await ctx.db.transaction(async (trx) => {
      const drawn = await recordDiploma(trx, { certificateId: id, version: version.version, sha256, bytes }, at);
      if (!drawn || !group?.email) return;
      const dueAt = dueInstant(certificate.issueDate, release?.release.timezone ?? 'UTC', at);
      const plan = planSending(ctx.rulebook.countries, {
        country: certificate.country,
        timezone: group.snapshot?.student.timezone ?? null,
        from: dueAt,
      });
      if (!plan.ok) {
        await hold(
          trx,
          {
            id: ctx.newId(),
            studentGroupId: group.id,
            certificateId: id,
            stage: 'render',
            code: plan.code,
            detail: plan.detail,
          },
          at,
        );
      }
      const personalIssueId = ctx.newId();
      const sendAfter = plan.ok ? plan.at : dueAt;
      const letter = { id: personalIssueId, certificateId: id, version: version.version, recipient: group.email };
      await insertFirstPersonalIssue(
        trx,
        { ...letter, dueAt, sendAfter, shiftReason: plan.ok ? plan.reason : null },
        at,
      );
      if (plan.ok) await ctx.enqueue(trx, 'send', [{ id: personalIssueId }], { startAfter: sendAfter });
    });
  };
}
