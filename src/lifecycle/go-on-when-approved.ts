import type { Rulebook } from '../domain/rulebook.ts';
import type { StageContext } from '../pipeline/context.ts';
import { selectCertificatesApproved, selectGroupsApproved } from '../records/approvals.ts';
import { recordReevaluation } from '../records/batches/batch-changes.ts';
import { lockCertificate } from '../records/letters/letters-by-person.ts';
import type { Db } from '../records/rows.ts';
import { releaseHold } from '../records/student-groups/holds.ts';
import { approvablesOf, lackingApproval } from './lacking-approval.ts';
import { enqueueNextStep } from './resume.ts';

const PAGE = 500;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Continues everything that was held as `not-approved` and lacks nothing any more: student groups are judged again by
 * their newest batch, certificates continue from their step. Repeating it is harmless.
 */
export async function goOnWhenApproved(
  ctx: Pick<StageContext, 'db' | 'enqueue' | 'clock'> & {
    rulebook: Pick<Rulebook, 'templates' | 'letters' | 'issuer'>;
  },
): Promise<void> {
  const lacking = await lackingApproval(ctx.db, ctx.rulebook, approvablesOf(ctx.rulebook));
  for (let after = ''; ; ) {
    const page = await selectGroupsApproved(ctx.db, lacking, { after, limit: PAGE });
    for (const { id, country } of page)
      await ctx.db.transaction(async (trx) => {
        const { batchId, due } = await recordReevaluation(trx, id, country);
        if (due) await ctx.enqueue(trx, 'evaluate', [{ id, batchId }]);
      });
    after = page.at(-1)?.id ?? '';
    if (page.length < PAGE) break;
  }
  const required = ctx.rulebook.issuer.approvals === 'required';
  for (let after = FIRST_ID; ; ) {
    const page = await selectCertificatesApproved(ctx.db, { lacking, required }, { after, limit: PAGE });
    for (const { id, studentGroupId } of page)
      await ctx.db.transaction((trx) => goOn(ctx, trx, { id, studentGroupId }));
    after = page.at(-1)?.id ?? FIRST_ID;
    if (page.length < PAGE) return;
  }
}

async function goOn(
  ctx: Pick<StageContext, 'enqueue' | 'clock'>,
  trx: Db,
  certificate: { id: string; studentGroupId: string },
): Promise<void> {
  await lockCertificate(trx, certificate.id);
  if (await releaseHold(trx, certificate, 'approval', ctx.clock.now(), 'not-approved'))
    await enqueueNextStep(ctx, trx, certificate.id);
}
