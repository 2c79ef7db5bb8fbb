import { z } from 'zod';
import type { CriteriaFile } from '../domain/criteria/criteria.ts';
import { comparableEmail } from '../domain/letter/email-address.ts';
import { message } from '../domain/messages/message.ts';
import { mayLmsEnd, OBSTACLE_CODES, type Obstacle, reasonOf } from '../domain/obstacle/obstacle.ts';
import { type NewLetterContext, openNewLetter } from '../lifecycle/new-letter.ts';
import { copyTo, openCopies } from '../lifecycle/open-copies.ts';
import { Problem } from '../platform/http/problem.ts';
import type { Lms } from '../ports/lms.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { findObstacle } from '../records/certificates/obstacles.ts';
import { lockCertificate, selectLatestLetter, settleByPerson } from '../records/letters/letters-by-person.ts';
import type { Db } from '../records/rows.ts';
import { type OpenHold, releaseHold, selectOpenHold } from '../records/student-groups/holds.ts';
import { recordGone, recordPull } from '../records/student-groups/student-groups.ts';
import { recordAct } from '../records/tokens.ts';
import { askLms } from './ask-lms.ts';
import { Instant, ReasonAnswer, Why } from './shared-schemas.ts';

export const ResendRequest = z.strictObject({ reason: Why });
export const ResolveRequest = z.strictObject({
  outcome: z
    .enum(['sent', 'not-sent'], message('input.one-of', { known: 'sent, not-sent' }))
    .describe('What the person found out about the letter, for example from the mail provider.'),
  reason: Why,
});

export interface CertificateVerbContext extends NewLetterContext {
  db: Db;
  lms: Pick<Lms, 'pullOne'>;
}

/** The state of the letter after an action. */
export const LetterView = z
  .object({
    personalIssueId: z.uuid().describe('Id of the letter.'),
    state: z.enum(['waiting', 'sent', 'cancelled']),
    sendAfter: Instant.nullable().describe('Earliest time at which the letter can be sent; null if it does not wait.'),
    notSentAgain: ReasonAnswer.optional().describe(
      'Why no new letter could be opened after "not-sent". Missing if a new letter was opened.',
    ),
  })
  .meta({ id: 'LetterAfterVerb', description: 'The state of the letter after the request.' });
export type LetterView = z.infer<typeof LetterView>;

/**
 * Opens a new letter with the stored diploma to the address that the LMS returns now.
 * @throws Problem 409 with the reason when it is not allowed; 503 while the LMS is unreachable
 */
export async function resendCertificate(
  ctx: CertificateVerbContext,
  certificate: Certificate,
  by: { actor: string; reason: string },
): Promise<LetterView> {
  await prepareResend(ctx, certificate);
  return openResend(ctx, certificate, by);
}

/** The first half of a resend: pulls the student group again. Call it outside of transactions, because the LMS may be slow. */
export async function prepareResend(ctx: CertificateVerbContext, certificate: Certificate): Promise<void> {
  refuse(await findObstacle(ctx.db, certificate, 'new-letter', OBSTACLE_CODES.filter(mayLmsEnd)));
  await pullAgain(ctx, certificate);
}

/** The second half: opens the letter by the data pulled last. */
export async function openResend(
  ctx: Omit<CertificateVerbContext, 'lms'>,
  certificate: Certificate,
  by: { actor: string; reason: string },
): Promise<LetterView> {
  return ctx.db.transaction(async (trx) => {
    const opened = await openNewLetter(ctx, trx, certificate.id, { actor: by.actor, batchId: null });
    if (!opened.ok) throw new Problem(409, `${opened.code}: ${opened.detail}`);
    const detail = { personalIssueId: opened.id };
    const act = { id: ctx.newId(), ...by, verb: 'certificate.resend', subject: certificate.id, detail };
    await recordAct(trx, act, ctx.clock.now());
    return { personalIssueId: opened.id, state: 'waiting', sendAfter: opened.sendAfter.toISOString() };
  });
}

/**
 * Records what a person found out about a letter with unknown outcome, and ends the hold. `sent` marks it as sent by
 * this person's statement, without a letter number. `not-sent` cancels it and opens a new letter; if that is not
 * allowed, the statement is recorded anyway and the answer says why. Attempts keep their evidence.
 * @throws Problem 409 unless the certificate is held as `outcome-unknown`; 503 while the LMS is unreachable
 */
export async function resolveCertificate(
  ctx: CertificateVerbContext & { criteria: CriteriaFile },
  certificate: Certificate,
  by: { actor: string; outcome: 'sent' | 'not-sent'; reason: string },
): Promise<LetterView> {
  await findUnknown(ctx.db, certificate);
  if (by.outcome === 'not-sent') await pullAgain(ctx, certificate);
  return ctx.db.transaction(async (trx) => {
    await lockCertificate(trx, certificate.id);
    const { hold, letterId } = await findUnknown(trx, certificate);
    const at = ctx.clock.now();
    const { actor, reason, outcome } = by;
    const actId = ctx.newId();
    const detail = { outcome, personalIssueId: letterId };
    const verb = 'certificate.resolve';
    await recordAct(trx, { id: actId, actor, reason, verb, subject: certificate.id, detail }, at);
    const state = outcome === 'sent' ? 'sent' : 'cancelled';
    const settlement = {
      id: letterId,
      state,
      actId,
      detail: message(`letter.resolved.${outcome}`, { detail: hold.detail }),
    };
    if (!(await settleByPerson(trx, { ...settlement, state }, at))) throw settledMeanwhile();
    await releaseHold(trx, certificate, actor, at, 'outcome-unknown');
    if (state === 'sent') await openCopies(ctx, trx, letterId, copyTo(ctx.criteria, certificate));
    if (state === 'sent') return { personalIssueId: letterId, state, sendAfter: null };
    const opened = await openNewLetter(ctx, trx, certificate.id, { actor, batchId: null });
    if (opened.ok) return { personalIssueId: opened.id, state: 'waiting', sendAfter: opened.sendAfter.toISOString() };
    const notSentAgain = { code: opened.code, detail: opened.detail };
    return { personalIssueId: letterId, state, sendAfter: null, notSentAgain };
  });
}

/**
 * Throws when an obstacle forbids the action.
 * @throws Problem 409
 */
export function refuse(obstacle: Obstacle | null): void {
  if (obstacle === null) return;
  const { code, detail } = reasonOf(obstacle);
  throw new Problem(409, `${code}: ${detail}`);
}

const settledMeanwhile = () => new Problem(409, message('state.letter-settled'));

async function findUnknown(db: Db, certificate: Certificate): Promise<{ hold: OpenHold; letterId: string }> {
  const hold = await selectOpenHold(db, certificate);
  if (hold?.code !== 'outcome-unknown') throw new Problem(409, message('state.not-unknown'));
  const letter = await selectLatestLetter(db, certificate.id);
  if (!letter) throw settledMeanwhile();
  return { hold, letterId: letter.id };
}

/** Pulls again, because a coordinator may just have corrected the address in the LMS. */
export async function pullAgain(
  ctx: CertificateVerbContext,
  { studentGroupId, releaseId }: Certificate,
): Promise<void> {
  const at = ctx.clock.now();
  const pulled = await askLms(() => ctx.lms.pullOne(studentGroupId));
  if (pulled === null) return recordGone(ctx.db, studentGroupId, releaseId, at);
  await recordPull(ctx.db, pulled, at, comparableEmail, { id: studentGroupId });
}
