import { renewCredential } from '../../credential/freeze.ts';
import type { CredentialFacts } from '../../domain/certificate/credential-facts.ts';
import type { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import type { Reason } from '../../domain/failure.ts';
import { message } from '../../domain/messages/message.ts';
import { type ObstacleCode, reasonOf } from '../../domain/obstacle/obstacle.ts';
import { HELD_REASONS, type HeldReason } from '../../domain/reason-codes.ts';
import { hoursFault } from '../../domain/student-group/release-warnings.ts';
import type { Release } from '../../domain/student-group/student-group.ts';
import { hashFacts, type KnownToday, todaysFacts, tryToday } from '../../lifecycle/next-version.ts';
import { enqueueNextStep } from '../../lifecycle/resume.ts';
import { KeyMissing } from '../../ports/signer.ts';
import { takeCharge } from '../../records/batches/charge.ts';
import {
  type Certificate,
  insertVersion,
  selectCertificate,
  selectCurrentVersion,
} from '../../records/certificates/certificates.ts';
import { selectObstacles } from '../../records/certificates/obstacles.ts';
import { type Reissue, selectReissue, settleReissue } from '../../records/certificates/reissues.ts';
import { reserveStatusEntry } from '../../records/certificates/status-entries.ts';
import { cancelWaitingLetter, lockCertificate } from '../../records/letters/letters-by-person.ts';
import { changeRecipient } from '../../records/letters/personal-issues.ts';
import type { Db } from '../../records/rows.ts';
import { clearFlag, raiseFlag } from '../../records/student-groups/flags.ts';
import { hold, releaseHoldOfMaking } from '../../records/student-groups/holds.ts';
import { PAUSE_MS } from '../back-off.ts';
import { waitForKey } from '../missing-key.ts';
import type { JobData } from '../stages.ts';
import { type EvaluateContext, isCurrent } from './evaluate.ts';
import { withCredential } from './frozen-facts.ts';

/**
 * Holds that a new version resolves; a report refused by the LMS is retried with the new template. Only an evaluation
 * can decide whether the teacher meets the criteria.
 */
const ANSWERED: { stages: readonly string[]; codes: readonly HeldReason[] } = {
  stages: ['reissue', 'patch', 'render'],
  codes: [
    ...(['country-unknown', 'country-conflict', 'template-missing', 'not-approved', 'lms-invalid'] as const),
    ...(['name-unprintable', 'name-too-long', 'name-doubtful', 'grade-unknown'] as const),
    ...(['email-invalid', 'email-shared', 'hard-bounce', 'recipient-blocked', 'window-exhausted'] as const),
  ],
};

/** A letter that cannot be called back any more: its outcome is awaited, or found out by a person, first. */
const IS_WAITED_FOR: ReadonlySet<ObstacleCode> = new Set(['letter-in-flight', 'outcome-unknown']);

/**
 * Creates a new version with the certificate's number and code at a person's request: from current data, or, for a
 * reinstated certificate, with the same facts. Everything is checked before anything is frozen: if something cannot
 * be printed or sent, the certificate stays unchanged and is held with the reason. Until the new diploma is stored
 * (stage 4), the lookup shows the old one.
 */
export function makeReissue(ctx: EvaluateContext): (job: JobData['reissue']) => Promise<void> {
  return async ({ id }) => {
    const asked = await selectReissue(ctx.db, id);
    const certificate = asked && (await selectCertificate(ctx.db, asked.certificateId));
    if (!certificate || asked.settledAt) return;
    const tried = asked.kind === 'reissue' ? await tryToday(ctx, certificate) : null;
    const again = (trx: Db, startAfter: Date) => ctx.enqueue(trx, 'reissue', [{ id }], { startAfter });
    const soon = () => new Date(ctx.clock.now().getTime() + PAUSE_MS.newVersion);
    const settled = ctx.db.transaction(async (trx) => {
      // LMS data or overrides changed during the check.
      if (tried?.ok && !(await isCurrent(trx, tried))) return void (await again(trx, ctx.clock.now()));
      await lockCertificate(trx, certificate.id);
      if ((await selectReissue(trx, id))?.settledAt !== null) return;
      const found = await selectObstacles(trx, certificate, tried ? 'ask-version' : 'new-version');
      const obstacles = found.filter(({ code }) => code !== 'version-asked');
      const final = obstacles.find(({ code }) => !IS_WAITED_FOR.has(code));
      if (final) await giveUp(ctx, trx, asked, certificate, reasonOf(final));
      else if (obstacles.length > 0) await again(trx, soon());
      else if (tried && !tried.ok) await giveUp(ctx, trx, asked, certificate, tried);
      else await freeze(ctx, trx, asked, certificate, tried);
    });
    await settled.catch(async (error: unknown) => {
      if (!(error instanceof KeyMissing)) throw error;
      const { id: certificateId, studentGroupId } = certificate;
      const waiting = { stage: 'reissue', studentGroupId, certificateId, detail: error.message, visible: true };
      await waitForKey(ctx, { ...waiting, pause: PAUSE_MS.newVersion }, again);
    });
  };
}

/** Freezes nothing; the hold shows the reason and stops an unsent letter. */
async function giveUp(
  ctx: EvaluateContext,
  trx: Db,
  asked: Reissue,
  { id: certificateId, studentGroupId }: Certificate,
  { code, detail, lacks }: Reason & { lacks?: readonly string[] },
): Promise<void> {
  const at = ctx.clock.now();
  await settleReissue(trx, asked.id, { code, detail }, at);
  const reason = HELD_REASONS.find((known) => known === code);
  const entry = { id: ctx.newId(), studentGroupId, certificateId, stage: 'reissue', detail, ...(lacks && { lacks }) };
  if (reason !== undefined) await hold(trx, { ...entry, code: reason }, at);
}

/** Runs under the locks of student group and certificate. */
async function freeze(
  ctx: EvaluateContext,
  trx: Db,
  asked: Reissue,
  certificate: Certificate,
  today: KnownToday | null,
): Promise<void> {
  const { id } = certificate;
  const former = await selectCurrentVersion(trx, id);
  if (!former?.facts) throw new Error('the current version of the certificate has no stored data to reissue');
  const version = former.version + 1;
  const at = ctx.clock.now();
  const printed = today && todaysFacts(ctx, certificate, former.facts, today);
  if (today && printed && asked.expected !== null && hashFacts(printed, today.print.email) !== asked.expected)
    return giveUp(ctx, trx, asked, certificate, { code: 'facts-changed', detail: message('reissue.facts-changed') });
  const status = await reserveStatusEntry(trx, { certificateId: id, version }, ctx.randomBelow);
  const place = { version, status, keys: await ctx.keysInUse(trx), at };
  const facts = printed && today ? sealed(ctx, certificate, printed, today, place) : renew(ctx, former.facts, place);
  await insertVersion(trx, facts, { actor: asked.actor, reason: asked.why }, at);
  await settleReissue(trx, asked.id, { version }, at);
  const called = { code: 'superseded' as const, detail: message('letter.superseded', { version }) };
  await cancelWaitingLetter(trx, id, called, at);
  if (today) await flagHours(ctx, trx, certificate, today.release, at);
  if (today) await changeRecipient(trx, id, today.print.email);
  await releaseHoldOfMaking(trx, certificate, ANSWERED, asked.actor, at);
  // An explicit request; no paused or cancelled batch stops it.
  await takeCharge(trx, id, null);
  await enqueueNextStep(ctx, trx, id);
}

/** Contradicting hours stop nothing; the flag is cleared by a version without them. */
async function flagHours(
  ctx: EvaluateContext,
  trx: Db,
  { id: certificateId, studentGroupId }: Certificate,
  release: Release,
  at: Date,
): Promise<void> {
  const detail = hoursFault(release);
  if (detail === null) return clearFlag(trx, studentGroupId, 'hours-differ', at);
  await raiseFlag(trx, { id: ctx.newId(), studentGroupId, certificateId, kind: 'hours-differ', detail }, at);
}

interface Place {
  version: number;
  status: CredentialFacts['status'];
  keys: CredentialFacts['keys'];
  at: Date;
}

/** Current facts with their credential. */
function sealed(
  ctx: EvaluateContext,
  { programmeId: id }: Certificate,
  facts: DiplomaFacts,
  { release, print }: KnownToday,
  { keys, status, at }: Place,
): DiplomaFacts {
  return withCredential({ ...ctx, keys }, facts, { release, print, programme: { id, validFor: null }, status, at });
}

/** The same facts with a new credential, because a revoked one stays revoked. */
function renew(ctx: EvaluateContext, facts: DiplomaFacts, { version, ...place }: Place): DiplomaFacts {
  const { credential, lookupUrl } = facts;
  const renewed = credential && renewCredential(credential, { ...place, lookupUrl, version, newId: ctx.newId });
  return { ...facts, version, credential: renewed };
}
