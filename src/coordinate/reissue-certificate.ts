import { z } from 'zod';
import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { type FactChange, factChanges } from '../domain/certificate/fact-changes.ts';
import { issueDateFault } from '../domain/certificate/issue-date.ts';
import { chooseLetter } from '../domain/letter/choose-letter.ts';
import { comparableEmail } from '../domain/letter/email-address.ts';
import { composeLetter } from '../domain/letter/letter-text.ts';
import { message } from '../domain/messages/message.ts';
import { mayLmsEnd, OBSTACLE_CODES } from '../domain/obstacle/obstacle.ts';
import {
  hashFacts,
  type KnownToday,
  type NextVersionContext,
  todaysFacts,
  tryToday,
} from '../lifecycle/next-version.ts';
import { Problem } from '../platform/http/problem.ts';
import type { PulledRelease, PulledStudentGroup } from '../ports/lms.ts';
import { type Certificate, selectCurrentVersion } from '../records/certificates/certificates.ts';
import { findObstacle } from '../records/certificates/obstacles.ts';
import type { Db } from '../records/rows.ts';
import { insertOverrides, lockForOverriding } from '../records/student-groups/overrides.ts';
import {
  recordGone,
  recordPull,
  recordRelease,
  recordReleaseFault,
  selectGroup,
  selectRelease,
} from '../records/student-groups/student-groups.ts';
import { recordAct } from '../records/tokens.ts';
import { askLms } from './ask-lms.ts';
import { refuse } from './certificate-verbs.ts';
import { judgeAnew } from './override-student-group.ts';
import { Why } from './shared-schemas.ts';
import { type AskedVersion, askVersion, lockNewest, type ValidityVerbContext } from './validity-verbs.ts';

export const FactsHash = z
  .string(message('input.facts-hash'))
  .regex(/^[0-9a-f]{64}$/, message('input.facts-hash'))
  .describe('`factsHash` of a dry run.');
export const IssueDateGiven = z.iso.date(message('input.date'));

export const ReissueRequest = z
  .strictObject({
    reason: Why.nullish().describe('Why this is done; kept with the act. Required except in a dry run.'),
    dryRun: z
      .boolean(message('input.boolean'))
      .nullish()
      .describe('Only show what the new version would print; nothing is changed.'),
    issueDate: IssueDateGiven.nullish().describe(
      'The issue date that the new version prints, `YYYY-MM-DD`: not before the end of the course, not to come. Kept as an override.',
    ),
    expect: FactsHash.nullish().describe(
      '`factsHash` of a dry run: no version is made when it would print something else by now.',
    ),
  })
  .superRefine(({ reason, dryRun }, context) => {
    if (reason == null && !dryRun)
      context.addIssue({ code: 'custom', path: ['reason'], message: message('input.text') });
  });
export type ReissueRequest = z.infer<typeof ReissueRequest>;

export interface ReissueContext
  extends Omit<ValidityVerbContext, 'rulebook'>,
    Omit<NextVersionContext, 'db' | 'lookupUrl'> {
  publicUrl: string;
}

interface Wanted {
  /** `YYYY-MM-DD`; absent: the date stays. */
  issueDate?: string | null | undefined;
  /** `factsHash` of the preview that was seen. */
  expect?: string | null | undefined;
}

/**
 * Requests a new version with the same number and code from current LMS data and overrides; the issue date stays unless
 * another one is given. A worker checks names, texts and address before it freezes anything: if something cannot be
 * printed, the certificate stays unchanged and is held with the reason.
 * @throws Problem 400 for an issue date that may not be; 409 with the reason when it is not allowed, or when it would print
 * something else than expected; 503 while the LMS is unreachable
 */
export async function reissueCertificate(
  ctx: ReissueContext,
  certificate: Certificate,
  by: Wanted & { actor: string; reason: string },
): Promise<AskedVersion> {
  const { expect = null } = by;
  await prepareReissue(ctx, certificate);
  await refuseUnapproved(ctx, certificate);
  return askReissue(ctx, certificate, by, async (trx) => {
    if (expect !== null) await look({ ...ctx, db: trx }, certificate, expect);
  });
}

/** The first half of a reissue: pulls again what it prints. Call it outside of transactions, because the LMS may be slow. */
export async function prepareReissue(ctx: ValidityVerbContext, certificate: Certificate): Promise<void> {
  refuse(await findObstacle(ctx.db, certificate, 'ask-version', OBSTACLE_CODES.filter(mayLmsEnd)));
  await recordPulled(ctx, ctx.db, certificate, await pullFromLms(ctx, certificate));
}

/** Whatever else stops a version holds the certificate; what nobody has approved is told at once. */
async function refuseUnapproved(ctx: ReissueContext, certificate: Certificate): Promise<void> {
  if (ctx.rulebook.issuer.approvals !== 'required') return;
  const tried = await tryToday({ ...ctx, lookupUrl: lookupUrlOf(ctx) }, certificate);
  if (!tried.ok && tried.code === 'not-approved') throw new Problem(409, `${tried.code}: ${tried.detail}`);
}

const lookupUrlOf =
  ({ publicUrl }: ReissueContext) =>
  (code: string) =>
    `${publicUrl.replace(/\/+$/, '')}/c/${code}`;

/** The second half: requests the new version, unless `check` throws in the same transaction. */
export async function askReissue(
  ctx: Omit<ValidityVerbContext, 'lms'>,
  certificate: Certificate,
  by: Wanted & { actor: string; reason: string },
  check: (trx: Db) => Promise<void> = async () => undefined,
): Promise<AskedVersion> {
  const { actor, reason, issueDate, expect = null } = by;
  return ctx.db.transaction(async (trx) => {
    const { version, actId } = await recordAsked(ctx, trx, certificate, { actor, reason, issueDate });
    await check(trx);
    if (issueDate != null) await judgeAgain(ctx, trx, certificate);
    return askVersion(ctx, trx, certificate, { actId, kind: 'reissue', version: version + 1, expected: expect });
  });
}

export interface ReissuePreview {
  /** Number of the version to come. */
  version: number;
  /** What it would print; without a credential. */
  facts: DiplomaFacts;
  factsHash: string;
  /** Against the present version. */
  changes: FactChange[];
  /** The address that its letter would go to. */
  recipient: string;
  /** The letter that would bring it; null where none would be sent, or its text is missing. */
  letter: { language: string; subject: string; text: string } | null;
}

/**
 * What a reissue would print now. It does what the reissue does, in a transaction that is rolled back, so nothing is
 * changed.
 * @throws Problem as `reissueCertificate`, also for what a worker would find out
 */
export async function previewReissue(
  ctx: ReissueContext,
  certificate: Certificate,
  wanted: Wanted & { actor: string },
): Promise<ReissuePreview> {
  refuse(await findObstacle(ctx.db, certificate, 'ask-version', OBSTACLE_CODES.filter(mayLmsEnd)));
  const pulled = await pullFromLms(ctx, certificate);
  const trx = await ctx.db.transaction();
  try {
    await recordPulled(ctx, trx, certificate, pulled);
    await recordAsked(ctx, trx, certificate, { ...wanted, reason: 'dry run' });
    return await look({ ...ctx, db: trx }, certificate, wanted.expect ?? null);
  } finally {
    await trx.rollback();
  }
}

/** Locks student group and certificate, checks that a version may be made, and stores the given issue date with the act. */
async function recordAsked(
  ctx: Pick<ValidityVerbContext, 'clock' | 'newId'>,
  trx: Db,
  certificate: Certificate,
  by: { actor: string; reason: string; issueDate?: string | null | undefined },
): Promise<{ version: number; actId: string }> {
  const { studentGroupId, issueDate: present, releaseId } = certificate;
  const { actor, reason, issueDate = null } = by;
  await lockForOverriding(trx, studentGroupId);
  const version = await lockNewest(trx, certificate.id);
  refuse(await findObstacle(trx, certificate, 'ask-version'));
  const at = ctx.clock.now();
  const actId = ctx.newId();
  const detail = {
    version: version + 1,
    ...(issueDate === null ? {} : { issueDate: { before: present, after: issueDate } }),
  };
  await recordAct(trx, { id: actId, actor, reason, verb: 'certificate.reissue', subject: certificate.id, detail }, at);
  if (issueDate !== null) {
    const release = (await selectRelease(trx, releaseId))?.release ?? null;
    const fault = issueDateFault(issueDate, { release, present }, at);
    if (fault !== null)
      throw new Problem(400, message('http.form'), { errors: [{ pointer: '/issueDate', detail: fault }] });
    await insertOverrides(trx, { studentGroupId, changes: { issueDate }, actor, reason, actId }, at);
  }
  return { version, actId };
}

/** Criteria do not depend on the date, but the newest decision must not be older than what a coordinator said. */
async function judgeAgain(
  ctx: Pick<ValidityVerbContext, 'enqueue'>,
  trx: Db,
  { studentGroupId }: Certificate,
): Promise<void> {
  const group = await selectGroup(trx, studentGroupId);
  if (group !== null) await judgeAnew(ctx, trx, group);
}

/** What the new version prints by what the database says now; 409 when that is not what was expected. */
async function look(ctx: ReissueContext, certificate: Certificate, expect: string | null): Promise<ReissuePreview> {
  const former = (await selectCurrentVersion(ctx.db, certificate.id))?.facts;
  if (!former) throw new Error(`certificate ${certificate.id} has no facts although nothing stops its reissue`);
  const lookupUrl = lookupUrlOf(ctx);
  const today = await tryToday({ ...ctx, lookupUrl }, certificate);
  if (!today.ok) throw new Problem(409, `${today.code}: ${today.detail}`);
  const facts = todaysFacts({ ...ctx, lookupUrl }, certificate, former, today);
  const recipient = today.print.email;
  const factsHash = hashFacts(facts, recipient);
  if (expect !== null && factsHash !== expect) throw new Problem(409, message('state.facts-changed'));
  const changes = factChanges(former, facts);
  return {
    version: facts.version,
    facts,
    factsHash,
    changes,
    recipient,
    letter: letterOf(ctx, certificate, { facts, changes }, today),
  };
}

function letterOf(
  ctx: ReissueContext,
  { letter, noLetter }: Certificate,
  { facts, changes }: { facts: DiplomaFacts; changes: readonly FactChange[] },
  { studentGroup }: KnownToday,
): ReissuePreview['letter'] {
  const { locale } = studentGroup.student;
  const { language, country } = facts;
  const chosen = noLetter ? null : chooseLetter(ctx.rulebook, { letter, locale, language, country });
  if (chosen === null) return null;
  const { contact } = ctx.rulebook.issuer;
  const contents = { facts, occasion: 'corrected', changes, contact } as const;
  const { subject, text } = composeLetter(chosen.template, contents, ctx.printer.unmailable);
  return { language: chosen.language, subject, text };
}

interface Pulled {
  group: PulledStudentGroup | null;
  release: PulledRelease | null;
}

/** A coordinator may just have corrected the student group, its address or texts of the release in the LMS. */
async function pullFromLms(
  ctx: Pick<ValidityVerbContext, 'lms'>,
  { studentGroupId, releaseId }: Certificate,
): Promise<Pulled> {
  const group = await askLms(() => ctx.lms.pullOne(studentGroupId));
  return { group, release: await askLms(() => ctx.lms.pullRelease(releaseId)) };
}

/** When the LMS gives no usable answer about the release, the reissue is refused: the stored texts may be out of date. */
async function recordPulled(
  ctx: Pick<ValidityVerbContext, 'clock'>,
  db: Db,
  { studentGroupId, releaseId }: Certificate,
  { group, release }: Pulled,
): Promise<void> {
  const at = ctx.clock.now();
  if (group === null) await recordGone(db, studentGroupId, releaseId, at);
  else await recordPull(db, group, at, comparableEmail, { id: studentGroupId });
  if (release?.ok) await recordRelease(db, release.release, at);
  else await recordReleaseFault(db, releaseId, release?.detail ?? 'unknown to the LMS', at);
}
