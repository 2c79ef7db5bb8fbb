import { diplomaFileName } from '../../domain/certificate/diploma-file-name.ts';
import { chooseLetter } from '../../domain/letter/choose-letter.ts';
import { composeLetter } from '../../domain/letter/letter-text.ts';
import { message } from '../../domain/messages/message.ts';
import type { HeldReason, ReasonCode } from '../../domain/reason-codes.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { planSending, type SendPlan } from '../../domain/time/send-plan.ts';
import { contentsOfLetter } from '../../lifecycle/contents-of-letter.ts';
import { holdCertificate } from '../../lifecycle/hold-certificate.ts';
import { holdUnapproved, notApprovedText } from '../../lifecycle/hold-unapproved.ts';
import { lackingForLetter } from '../../lifecycle/lacking-approval.ts';
import { copyTo, isCopyStopped, openCopies } from '../../lifecycle/open-copies.ts';
import { type GroupedTransactions, groupTransactions } from '../../platform/database/grouped-transactions.ts';
import type { Artefacts } from '../../ports/artefacts.ts';
import type { Lms } from '../../ports/lms.ts';
import { LetterFault, type Mail, MailUnavailable, type OutgoingLetter, type SendOutcome } from '../../ports/mail.ts';
import { type Certificate, selectCertificate, selectCurrentVersion } from '../../records/certificates/certificates.ts';
import { selectDiploma } from '../../records/certificates/diplomas.ts';
import { parkedBy, selectObstacles } from '../../records/certificates/obstacles.ts';
import { cancelCopy } from '../../records/letters/copy-rows.ts';
import {
  explainRefusal,
  type PersonalIssue,
  selectPersonalIssue,
  shiftPersonalIssue,
} from '../../records/letters/personal-issues.ts';
import {
  type AttemptEnd,
  claimForSending,
  type Ended,
  endAttempt,
  TrackerTaken,
} from '../../records/letters/send-attempts.ts';
import { type StoredGroup, selectGroup } from '../../records/student-groups/student-groups.ts';
import type { StageContext } from '../context.ts';
import { logSendingStopped, releaseWaitingLetters } from '../sending-stopped.ts';
import type { JobData } from '../stages.ts';
import { type OneLetter, oneLetterAtATime } from './one-letter.ts';
import { refresh } from './refresh.ts';

export interface SendContext extends StageContext {
  mail: Mail;
  lms: Lms;
  artefacts: Artefacts;
  rulebook: Rulebook;
  normaliseEmail: (raw: string) => string | null;
  /** Deadline of one call in seconds; a later answer counts as lost. */
  timeoutSeconds: number;
  pollSeconds: number;
  /** Maximum letters with unknown outcome, calls in progress included. */
  mostUnknown: number;
}

/**
 * Stage 5: sends one letter, or a copy of one by the same rules. The intent is committed before the call, its result after
 * it. An unknown outcome stays `uncertain`, and this stage never posts it again.
 */
export function makeSend(ctx: SendContext): (job: JobData['send']) => Promise<void> {
  /** Time of a tracker sweep that starts after this; null before this process requested one. */
  let sweepDue: Date | null = null;
  const oneLetter = oneLetterAtATime(ctx);
  const grouped = groupTransactions(ctx.db, { paceMs: END_PACE_MS });
  return async ({ id }) => {
    const issue = await selectPersonalIssue(ctx.db, id);
    if (issue?.state === 'sending') await watch(ctx, ctx.db);
    if (issue?.state !== 'waiting') return;
    if (ctx.mail.pausedUntil() !== null) return checkLater(ctx, oneLetter, id);
    const until = await oneLetter.waitUntil(id);
    if (until !== null) return void (await ctx.enqueue(ctx.db, 'send', [{ id }], { startAfter: until }));
    const certificate = await selectCertificate(ctx.db, issue.certificateId);
    if (!certificate) return;
    const obstacles = await selectObstacles(ctx.db, certificate, 'send');
    if (issue.copyOf === null ? parkedBy(obstacles) : await isCopyStopped(ctx, id, obstacles)) return;
    const stored = await selectGroup(ctx.db, certificate.studentGroupId);
    if (await postponed(ctx, issue, certificate, stored)) return;
    const group = await refresh(ctx, issue, certificate, stored, obstacles);
    if (!group) return;
    const letter = await compose(ctx, issue, certificate, group);
    if (!letter) return;

    const claim = ctx.newId();
    const begunAt: Date[] = [];
    // Waiting for a slot may have taken long, so all conditions are checked again.
    const begin = async (probe: string | null): Promise<Date | null> => {
      // Calls without a recorded end are finished within moments; keep the slot and check again.
      for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
        if ((await findUnapproved(ctx, issue, certificate, group)).length > 0) return null;
        const at = ctx.clock.now();
        const plan = planFrom(ctx, issue, certificate, group, at);
        if (!plan.ok || plan.at > at) return null;
        const deadline = new Date(at.getTime() + ctx.timeoutSeconds * 1000);
        const { requestId, to } = letter;
        const attempt = { id, claim, requestId, deadline, recipient: to.email, mostUnknown: ctx.mostUnknown, probe };
        const answer = await claimForSending(ctx.db, attempt, at);
        if (answer === 'no') return null;
        if (answer === 'begun') {
          begunAt.push(at);
          return deadline;
        }
        await ctx.clock.sleep(FULL_MS);
      }
      return null;
    };
    const post = (probe: string | null): Promise<SendOutcome> =>
      ctx.mail
        .send(letter, () => begin(probe))
        .catch(async (error: unknown) => {
          if (!(error instanceof LetterFault)) throw error;
          await giveUp(ctx, issue, certificate, 'internal-error', error.message);
          return { kind: 'not-begun' as const };
        });
    const outcome = await oneLetter.post(post);
    if (outcome.kind === 'not-begun') return checkLater(ctx, oneLetter, id);
    const end = attemptEnd(outcome, ctx.clock.now());
    // A sweep that starts after the call will see this letter and request the next sweep itself.
    const watched = sweepDue !== null && begunAt.some((at) => sweepDue !== null && at < sweepDue);
    const attempt = { issue, certificate, claim, requestId: letter.requestId };
    const due = await record({ ...ctx, grouped }, attempt, end, watched);
    if (due !== null && end.outcome !== 'refused') sweepDue = due;
    if (end.outcome === 'refused' && end.code === BLOCKED) await explainBlock(ctx, issue, end.detail);
    ctx.log.info(
      { personalIssueId: id, certificateId: certificate.id, outcome: outcome.kind },
      'letter handed to the provider',
    );
  };
}

/** Short, because calls without a recorded end keep others from beginning. */
const END_PACE_MS = 20;
const BLOCKED = 'recipient-blocked' satisfies ReasonCode;
const AUTH_PAUSE_MS = 60_000;
const LOOK_AGAIN_MS = 2000;
const MOST_LOOKS = 40;
const FULL_MS = 50;

/**
 * Handles a letter that is still waiting after its turn: another job checks window, hold and slot again. While the
 * provider refuses our credentials, or sending is stopped, it waits until a try is allowed.
 */
async function checkLater(ctx: SendContext, oneLetter: OneLetter, id: string): Promise<void> {
  if ((await selectPersonalIssue(ctx.db, id))?.state !== 'waiting') return;
  const soon = new Date(ctx.clock.now().getTime() + LOOK_AGAIN_MS);
  const startAfter = ctx.mail.pausedUntil() ?? (await oneLetter.foundStopped(id)) ?? soon;
  await ctx.enqueue(ctx.db, 'send', [{ id }], { startAfter });
}

/**
 * Records the result of a call and its consequences, in one transaction if there are several.
 * @returns the time before which no tracker sweep starts, if one had to be requested
 */
async function record(
  ctx: SendContext & { grouped: GroupedTransactions },
  attempt: { issue: PersonalIssue; certificate: Certificate; claim: string; requestId: string },
  end: AttemptEnd,
  watched: boolean,
): Promise<Date | null> {
  const at = ctx.clock.now();
  const firstTry = new Date(at.getTime() + ctx.pollSeconds * 1000);
  const { issue, certificate, claim, requestId } = attempt;
  const { id } = issue;
  let due: Date | null = null;
  const write = async (trx: typeof ctx.db): Promise<Ended['brake']> => {
    const { ended, brake } = await endAttempt(trx, { id, claim, requestId, end, firstTry }, at);
    if (ended && end.outcome === 'accepted' && issue.copyOf === null)
      await openCopies(ctx, trx, id, copyTo(ctx.rulebook.criteria, certificate));
    if (ended && end.outcome === 'limited') await ctx.enqueue(trx, 'send', [{ id }], { startAfter: end.sendAfter });
    else if (ended && !watched) due = await watch(ctx, trx);
    return brake;
  };
  try {
    const brake = await ctx.grouped([id], write);
    if (brake === 'stopped') logSendingStopped(ctx.log, 'detail' in end ? end.detail : undefined);
    if (brake === 'released') await releaseWaitingLetters(ctx);
    return due;
  } catch (error) {
    if (!(error instanceof TrackerTaken)) throw error;
    return record(ctx, attempt, { outcome: 'unknown', detail: error.message }, watched);
  }
}

/**
 * After a refusal is recorded, asks the provider what blocks the address. The provider's own message stays when that
 * query fails or finds nothing.
 */
async function explainBlock(ctx: SendContext, issue: PersonalIssue, words: string): Promise<void> {
  const block = await ctx.mail.describeBlock(issue.recipient).catch((error: unknown) => {
    if (!(error instanceof MailUnavailable)) throw error;
    ctx.log.warn(
      { personalIssueId: issue.id, error: error.message },
      'the mail provider did not answer why it blocks a recipient',
    );
    return null;
  });
  if (block !== null) await explainRefusal(ctx.db, issue.id, `${block} (message of the mail provider: ${words})`);
}

/**
 * Ensures that a tracker sweep is due, however long the regular one has backed off.
 * @returns the time before which it does not start; for an existing request, only that it has not started yet
 */
async function watch(ctx: SendContext, trx: typeof ctx.db): Promise<Date> {
  const now = ctx.clock.now();
  const startAfter = new Date(now.getTime() + ctx.pollSeconds * 1000);
  const added = await ctx.enqueue(trx, 'track', [{}], { startAfter, singletonKey: 'fresh' });
  return added > 0 ? startAfter : now;
}

function attemptEnd(outcome: Exclude<SendOutcome, { kind: 'not-begun' }>, at: Date): AttemptEnd {
  switch (outcome.kind) {
    case 'accepted':
      return { outcome: 'accepted', trackId: outcome.trackId };
    case 'refused':
      // The letter is not at fault: it waits until the credentials are corrected.
      if (outcome.code === 'auth')
        return { outcome: 'limited', detail: outcome.detail, sendAfter: new Date(at.getTime() + AUTH_PAUSE_MS) };
      return {
        outcome: 'refused',
        code: outcome.recipient ? BLOCKED : outcome.code,
        detail: outcome.detail,
      };
    case 'limited':
      return {
        outcome: 'limited',
        detail: outcome.detail,
        sendAfter: new Date(at.getTime() + outcome.retryAfterSeconds * 1000),
      };
    case 'unknown':
      return { outcome: 'unknown', detail: outcome.detail };
  }
}

function planFrom(
  ctx: SendContext,
  issue: PersonalIssue,
  certificate: Certificate,
  group: StoredGroup | null,
  at: Date,
): SendPlan {
  const from = new Date(Math.max(at.getTime(), issue.dueAt.getTime()));
  const timezone = group?.snapshot?.student.timezone ?? null;
  return planSending(ctx.rulebook.countries, { country: certificate.country, timezone, from });
}

/** The window closed while the job waited: shifts the letter, and records both times and the reason. */
async function postponed(
  ctx: SendContext,
  issue: PersonalIssue,
  certificate: Certificate,
  group: StoredGroup | null,
): Promise<boolean> {
  const at = ctx.clock.now();
  const plan = planFrom(ctx, issue, certificate, group, at);
  if (!plan.ok) {
    await giveUp(ctx, issue, certificate, plan.code, plan.detail);
    return true;
  }
  if (plan.at <= at) return false;
  await ctx.db.transaction(async (trx) => {
    if (await shiftPersonalIssue(trx, issue.id, plan.at, plan.reason, at)) {
      await ctx.enqueue(trx, 'send', [{ id: issue.id }], { startAfter: plan.at });
    }
  });
  return true;
}

/** Holds the certificate for a person. A copy is cancelled instead, because it must never hold a certificate. */
async function giveUp(
  ctx: SendContext,
  issue: PersonalIssue,
  certificate: Certificate,
  code: HeldReason,
  detail: string,
): Promise<void> {
  if (issue.copyOf === null) return holdCertificate(ctx, 'send', certificate, code, detail);
  await cancelCopy(ctx.db, issue.id, { code, detail }, ctx.clock.now());
}

/** The letter in the teacher's language with the stored diploma; null when it is held instead. */
async function compose(
  ctx: SendContext,
  issue: PersonalIssue,
  certificate: Certificate,
  group: StoredGroup,
): Promise<OutgoingLetter | null> {
  const facts = (await selectCurrentVersion(ctx.db, certificate.id))?.facts;
  const diploma = await selectDiploma(ctx.db, certificate.id, issue.version);
  if (!facts || !diploma) throw new Error('a letter is due before its diploma is drawn');
  const bytes = await ctx.artefacts.get(diploma.sha256);
  if (!bytes) throw new Error(`the store of ARTEFACTS_URL does not hold the diploma ${diploma.sha256}`);
  const locale = group.snapshot?.student.locale ?? null;
  const { letter, country } = certificate;
  const template = chooseLetter(ctx.rulebook, { letter, locale, language: facts.language, country })?.template;
  if (!template) {
    const detail = message('letter-without-text', { letter, language: facts.language });
    await giveUp(ctx, issue, certificate, 'template-missing', detail);
    return null;
  }
  const lacks = await findUnapproved(ctx, issue, certificate, group);
  if (lacks.length > 0) {
    if (issue.copyOf === null) await holdUnapproved(ctx, 'send', certificate, lacks);
    else await giveUp(ctx, issue, certificate, 'not-approved', notApprovedText(lacks));
    return null;
  }
  const contents = await contentsOfLetter({ db: ctx.db, issuer: ctx.rulebook.issuer }, issue, facts);
  const rendered = composeLetter(template, contents, ctx.mail.instructions);
  return {
    certificateId: certificate.id,
    personalIssueId: issue.id,
    requestId: ctx.newId(),
    to: { email: issue.recipient, name: facts.holderName },
    isCopy: issue.copyOf !== null,
    ...rendered,
    attachment: { fileName: `${diplomaFileName(facts)}.pdf`, content: bytes },
    labels: [
      'gramota',
      certificate.releaseId.slice(0, 128),
      certificate.country,
      certificate.certTemplate.slice(0, 128),
    ],
    utm: certificate.utm,
  };
}

/** What this letter would use although nobody has approved it; see `lackingForLetter`. */
async function findUnapproved(
  ctx: SendContext,
  { version }: PersonalIssue,
  certificate: Certificate,
  group: StoredGroup,
): Promise<string[]> {
  if (ctx.rulebook.issuer.approvals !== 'required') return [];
  const facts = (await selectCurrentVersion(ctx.db, certificate.id))?.facts ?? null;
  const locale = group.snapshot?.student.locale ?? null;
  return lackingForLetter(ctx.db, ctx.rulebook, certificate, { version, facts }, locale);
}
