import { z } from 'zod';
import { type Approvable, shortHash } from '../domain/approval.ts';
import { message } from '../domain/messages/message.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { approvablesOf } from '../lifecycle/lacking-approval.ts';
import type { StageContext } from '../pipeline/context.ts';
import { Problem } from '../platform/http/problem.ts';
import { plainText } from '../platform/http/validate.ts';
import type { Clock } from '../ports/clock.ts';
import { type Approval, insertApproval, selectApprovals, withdrawApprovals } from '../records/approvals.ts';
import { recordAct } from '../records/tokens.ts';
import { Instant, SAMPLE, Why } from './shared-schemas.ts';

export interface ApprovalContext extends Pick<StageContext, 'db' | 'enqueue' | 'newId'> {
  clock: Pick<Clock, 'now'>;
  rulebook: Pick<Rulebook, 'templates' | 'letters' | 'issuer'>;
}

const Subject = plainText(300)
  .describe('Folder of the template or letter: `certificate/<id>` or `letter/<id>/<language>`.')
  .meta({ example: 'certificate/teacher-kk' });
const Hash = z
  .string(message('input.contents-hash'))
  .regex(/^[0-9a-f]{64}$/, message('input.contents-hash'))
  .describe('SHA-256 (hex) of the contents that the person looked at.')
  .meta({ example: SAMPLE.hash });

export const ApproveRequest = z.strictObject({ subject: Subject, hash: Hash });
export const WithdrawRequest = z.strictObject({ subject: Subject, hash: Hash, reason: Why });

export const ApprovalView = z
  .object({
    subject: Subject,
    hash: Hash.describe('SHA-256 (hex) of the present contents.'),
    approved: z.boolean().describe('True if somebody has approved these contents.'),
    approvals: z
      .array(z.object({ by: z.string().describe('The person or program, as in the audit list.'), at: Instant }))
      .describe('Who approved them and when; oldest first.'),
    formerlyApproved: z
      .boolean()
      .describe('True if only other, earlier contents are approved: the file was changed after that.'),
  })
  .meta({ id: 'Approval', description: 'Contents of a template or letter, and who has approved them.' });
export type ApprovalView = z.infer<typeof ApprovalView>;

/** Everything that can be approved in the loaded templates folder, by subject. */
export async function listApprovals(ctx: Pick<ApprovalContext, 'db' | 'rulebook'>): Promise<ApprovalView[]> {
  const present = approvablesOf(ctx.rulebook);
  const approvals = await selectApprovals(
    ctx.db,
    present.map(({ subject }) => subject),
  );
  return present.map((contents) => viewApproval(contents, approvals));
}

function viewApproval({ subject, hash }: Approvable, approvals: readonly Approval[]): ApprovalView {
  const all = approvals.filter((one) => one.subject === subject);
  const own = all.filter((one) => one.hash === hash);
  return {
    subject,
    hash,
    approved: own.length > 0,
    approvals: own.map(({ by, at }) => ({ by, at: at.toISOString() })),
    formerlyApproved: own.length === 0 && all.length > 0,
  };
}

/**
 * Records that a person approves exactly these contents. What was held for it goes on. A second approval by the same
 * person changes nothing.
 * @throws Problem 404 when there is no such template or letter; 409 when its contents are others by now
 */
export async function approveContents(
  ctx: ApprovalContext,
  { subject, hash }: Approvable,
  actor: string,
): Promise<ApprovalView> {
  const present = findContents(ctx, subject);
  if (present.hash !== hash)
    throw new Problem(409, message('state.contents-changed', { subject, hash: shortHash(present.hash) }));
  const at = ctx.clock.now();
  return ctx.db.transaction(async (trx) => {
    const id = ctx.newId();
    if (await insertApproval(trx, { id, subject, hash, by: actor }, at)) {
      await recordAct(trx, { id, actor, verb: 'contents.approve', subject, reason: null, detail: { hash } }, at);
      await ctx.enqueue(trx, 'upkeep', [{}], { singletonKey: 'approved' });
    }
    return viewApproval(present, await selectApprovals(trx, [subject]));
  });
}

/**
 * Ends all approvals of contents: from now on they may not be used where approvals are required. Diplomas that were sent
 * stay valid.
 * @throws Problem 409 when nobody has approved them
 */
export async function withdrawApproval(
  ctx: ApprovalContext,
  { subject, hash, reason }: Approvable & { reason: string },
  actor: string,
): Promise<ApprovalView> {
  const present = findContents(ctx, subject);
  const at = ctx.clock.now();
  return ctx.db.transaction(async (trx) => {
    if ((await withdrawApprovals(trx, { subject, hash, by: actor }, at)) === 0)
      throw new Problem(409, message('state.not-approved-yet', { subject, hash: shortHash(hash) }));
    const act = { id: ctx.newId(), actor, verb: 'contents.withdraw-approval', subject, reason };
    await recordAct(trx, { ...act, detail: { hash } }, at);
    return viewApproval(present, await selectApprovals(trx, [subject]));
  });
}

/**
 * The present contents of a subject.
 * @throws Problem 404
 */
export function findContents(ctx: Pick<ApprovalContext, 'rulebook'>, subject: string): Approvable {
  const known = approvablesOf(ctx.rulebook);
  const found = known.find((one) => one.subject === subject);
  if (found) return found;
  throw new Problem(404, message('unknown.contents', { known: known.map((one) => one.subject).join(', ') }));
}
