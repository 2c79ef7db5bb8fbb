import type { Reason } from '../domain/failure.ts';
import { NO_LETTER } from '../domain/letter/choose-letter.ts';
import { normaliseEmail } from '../domain/letter/email-address.ts';
import { message } from '../domain/messages/message.ts';
import { reasonOf } from '../domain/obstacle/obstacle.ts';
import type { ReasonCode } from '../domain/reason-codes.ts';
import { dueInstant, planSending } from '../domain/time/send-plan.ts';
import type { StageContext } from '../pipeline/context.ts';
import type { Clock } from '../ports/clock.ts';
import { takeCharge } from '../records/batches/charge.ts';
import { selectCurrentVersion } from '../records/certificates/certificates.ts';
import { findObstacle } from '../records/certificates/obstacles.ts';
import { isDeadAddress } from '../records/letters/deliveries.ts';
import { lockCertificate } from '../records/letters/letters-by-person.ts';
import { changeRecipient, insertPersonalIssue } from '../records/letters/personal-issues.ts';
import type { Db } from '../records/rows.ts';
import { releaseHold } from '../records/student-groups/holds.ts';
import { selectOverrides } from '../records/student-groups/overrides.ts';
import { isEmailShared, selectGroup, selectRelease } from '../records/student-groups/student-groups.ts';
import { notApprovedText } from './hold-unapproved.ts';
import { type ApprovalRules, lackingForLetter } from './lacking-approval.ts';

export interface NewLetterContext extends Pick<StageContext, 'enqueue' | 'newId'> {
  clock: Pick<Clock, 'now'>;
  rulebook: ApprovalRules;
}

export type NewLetter = { ok: true; id: string; sendAfter: Date } | ({ ok: false; lacks?: readonly string[] } & Reason);

/**
 * Opens a new letter with the stored bytes of the newest version at a person's request: to the coordinator's address,
 * else to the LMS's last one, at the next permitted time. It ends any hold except `outcome-unknown`; remaining
 * obstacles are found again by the check before sending. Two concurrent requests open one letter. A certificate without
 * letter may get one here, unless its programme names none.
 * @param by.batchId the batch that controls the letter; null: no batch controls this certificate, so that no paused
 * or cancelled batch stops an explicit request
 * @param by.purpose `reissue` for the letter that announces a new version; there is one per version
 */
export async function openNewLetter(
  ctx: NewLetterContext,
  trx: Db,
  certificateId: string,
  by: { actor: string; batchId: string | null; purpose?: 'resend' | 'reissue' },
): Promise<NewLetter> {
  const refuse = (code: ReasonCode, detail: string): NewLetter => ({ ok: false, code, detail });
  const at = ctx.clock.now();
  const certificate = await lockCertificate(trx, certificateId);
  const obstacle = certificate && (await findObstacle(trx, certificate, 'new-letter'));
  if (obstacle) return { ok: false, ...reasonOf(obstacle) };
  if (certificate?.letter === NO_LETTER) return refuse('letter-by-others', message('state.letter-by-others'));
  const current = await selectCurrentVersion(trx, certificateId);
  if (!certificate || !current) throw new Error(`there is no certificate ${certificateId}`);

  const group = await selectGroup(trx, certificate.studentGroupId);
  if (!group?.snapshot) return refuse('lms-gone', message('state.group-unread'));
  const { student } = group.snapshot;
  const overrides = await selectOverrides(trx, certificate.studentGroupId);
  const email = normaliseEmail(overrides.email ?? student.email ?? '');
  if (!email.ok) return refuse('email-invalid', email.detail);
  if (await isDeadAddress(trx, certificateId, email.email))
    return refuse('hard-bounce', message('state.address-returned'));
  if (!overrides.allowSharedEmail && (await isEmailShared(trx, email.email, student.id)))
    return refuse('email-shared', message('state.address-shared'));

  const lacks = await lackingForLetter(trx, ctx.rulebook, certificate, current, student.locale);
  if (lacks.length > 0) return { ok: false, code: 'not-approved', detail: notApprovedText(lacks), lacks };
  const release = await selectRelease(trx, certificate.releaseId);
  const dueAt = dueInstant(certificate.issueDate, release?.release.timezone ?? 'UTC', at);
  const plan = planSending(ctx.rulebook.countries, {
    country: certificate.country,
    timezone: student.timezone,
    from: dueAt,
  });
  if (!plan.ok) return refuse(plan.code, plan.detail);

  await releaseHold(trx, certificate, by.actor, at);
  await takeCharge(trx, certificateId, by.batchId);
  await changeRecipient(trx, certificateId, email.email);
  const id = ctx.newId();
  const letter = { id, certificateId, version: current.version, recipient: email.email, dueAt };
  const times = { sendAfter: plan.at, shiftReason: plan.reason };
  // The certificate is locked, so this is false only when a stage opened a letter between two statements.
  if (!(await insertPersonalIssue(trx, by.purpose ?? 'resend', { ...letter, ...times }, at)))
    return refuse('under-way', message('state.letter-in-progress'));
  await ctx.enqueue(trx, 'send', [{ id }], { startAfter: plan.at });
  return { ok: true, id, sendAfter: plan.at };
}
