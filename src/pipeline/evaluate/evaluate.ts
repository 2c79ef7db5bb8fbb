import { isDeepStrictEqual } from 'node:util';
import type { Reason } from '../../domain/failure.ts';
import { normaliseEmail } from '../../domain/letter/email-address.ts';
import { message } from '../../domain/messages/message.ts';
import { applyOverrides } from '../../domain/student-group/override.ts';
import { hoursFault } from '../../domain/student-group/release-warnings.ts';
import { groupTransactions, readOnce } from '../../platform/database/grouped-transactions.ts';
import type { Trial } from '../../ports/printer.ts';
import { KeyMissing } from '../../ports/signer.ts';
import { type Batch, recordItemEvaluated, selectBatch } from '../../records/batches/batches.ts';
import {
  type Certificate,
  selectCertificateIn,
  selectCertificatesOfGroup,
} from '../../records/certificates/certificates.ts';
import { recordErasedDecision } from '../../records/privacy/erase-person.ts';
import type { Db } from '../../records/rows.ts';
import { storeReleaseSnapshot } from '../../records/rulebooks.ts';
import { recordDecision } from '../../records/student-groups/decisions.ts';
import { raiseFlag } from '../../records/student-groups/flags.ts';
import { hold } from '../../records/student-groups/holds.ts';
import { lockSnapshot } from '../../records/student-groups/lock-snapshot.ts';
import { isMoveAllowed, selectOverrides } from '../../records/student-groups/overrides.ts';
import { selectStanding } from '../../records/student-groups/standing.ts';
import { isEmailShared, selectGroup, selectStoredRelease } from '../../records/student-groups/student-groups.ts';
import { PAUSE_MS } from '../back-off.ts';
import { countUnderWay, PACE_MS } from '../context.ts';
import { waitForKey } from '../missing-key.ts';
import { EVALUATED_TOGETHER, type JobData } from '../stages.ts';
import { confirm } from './after-award.ts';
import { type AwardContext, award } from './award.ts';
import { gatherCircumstances } from './circumstances.ts';
import { type Conclusion, conclude } from './conclude.ts';
import { type Case, type Judgement, judge } from './judge.ts';
import { type Outlook, outlookOf, plain } from './outlook.ts';
import { releaseHash, toStored } from './stored-case.ts';

export interface EvaluateContext extends AwardContext {
  printer: Trial;
}

interface Prepared {
  subject: Case;
  judgement: Judgement;
  releaseHash: string;
}
interface Unreadable {
  releaseId: string;
  /** Why nothing can be judged. */
  detail: string;
  judgement: null;
}

/**
 * So long an evaluation waits for the number series of its release, which another worker holds while it records fifty
 * awards: if it gave up earlier, both would award one by one.
 */
const LOCK_MS = 500;

/** Stage 2: decides with the result of every criterion, and awards once. */
export function makeEvaluate(ctx: EvaluateContext): (job: JobData['evaluate']) => Promise<void> {
  const storedReleases = new Set<string>();
  const underWay = countUnderWay();
  const grouped = groupTransactions(ctx.db, {
    most: EVALUATED_TOGETHER,
    paceMs: PACE_MS,
    enough: underWay.count,
    lockTimeoutMs: LOCK_MS,
  });
  return underWay.handle(async ({ id, batchId }) => {
    const batch = batchId === null ? null : await selectBatch(ctx.db, batchId);
    if (batch?.cancelledAt || batch?.pausedAt) return;
    const prepared = await prepare(ctx, id, batch);
    const judged = prepared !== null && prepared !== 'erased' && prepared.judgement !== null ? prepared : null;
    if (judged && !storedReleases.has(judged.releaseHash)) {
      await storeReleaseSnapshot(ctx.db, judged.releaseHash, judged.subject.release);
      storedReleases.add(judged.releaseHash);
    }
    const settled = grouped(subjectsOf(id, judged, batch), async (trx) => {
      const now = batch && (await readOnce(trx, `batch ${batch.id}`, (db) => selectBatch(db, batch.id)));
      if (now?.cancelledAt || now?.pausedAt) return;
      // LMS data or overrides changed during the judgement: judge again with the current data.
      if (judged && !(await isCurrent(trx, judged.subject))) await ctx.enqueue(trx, 'evaluate', [{ id, batchId }]);
      else await settle(ctx, trx, id, batch, prepared);
    });
    await settled.catch(async (error: unknown) => {
      if (!(error instanceof KeyMissing)) throw error;
      await postpone(ctx, { id, batchId }, error.message);
    });
  });
}

/** Evaluations of one student see each other's results, and so do events: their awards are counted. */
function subjectsOf(id: string, judged: Prepared | null, batch: Batch | null): string[] {
  const student = judged === null ? [] : [`student ${judged.subject.studentGroup.student.id}`];
  return [`group ${id}`, ...student, ...(batch === null ? ['events'] : [])];
}

/**
 * Without a signing key nothing is awarded: teachers who meet the criteria are held, and judged again until there is
 * a key.
 */
async function postpone(ctx: EvaluateContext, job: JobData['evaluate'], detail: string): Promise<void> {
  const waiting = { stage: 'evaluate', studentGroupId: job.id, certificateId: null, detail, visible: true };
  await waitForKey(ctx, { ...waiting, pause: PAUSE_MS.keyOfAward }, async (trx, startAfter) => {
    await ctx.enqueue(trx, 'evaluate', [job], { startAfter });
    if (job.batchId === null) return;
    const item = { batchId: job.batchId, studentGroupId: job.id, decisionId: null, wouldBe: null, skipped: null };
    const outlook = plain('held', 'signing-key-missing');
    await recordItemEvaluated(trx, { ...item, outlook }, ctx.clock.now());
  });
}

/** Locks the student group, and checks that it has not changed since the judgement. */
export async function isCurrent(
  trx: Db,
  { studentGroup, overrides }: Pick<Case, 'studentGroup' | 'overrides'>,
): Promise<boolean> {
  if (!(await lockSnapshot(trx, studentGroup))) return false;
  return isDeepStrictEqual(await selectOverrides(trx, studentGroup.id), overrides);
}

/** Does all slow work without effects before the transaction. Null: nothing to judge; the reason is recorded. */
async function prepare(
  ctx: EvaluateContext,
  id: string,
  batch: Batch | null,
): Promise<Prepared | Unreadable | 'erased' | null> {
  const group = await selectGroup(ctx.db, id);
  if (group?.erasedAt) return 'erased';
  const studentGroup = group?.snapshot;
  if (!studentGroup || group.goneAt || group.invalid) return null;
  const { releaseId } = studentGroup.group;
  const { snapshot: release, fault } = await selectStoredRelease(ctx.db, releaseId);
  const certificates = await selectCertificatesOfGroup(ctx.db, id);
  const frozenTemplate = certificates.find((one) => one.releaseId === releaseId)?.certTemplate ?? null;
  // An existing certificate was frozen with valid parameters; a new award needs a release that is valid now.
  if (!release || (fault !== null && frozenTemplate === null)) {
    const detail =
      fault === null
        ? message('release-unread', { release: releaseId })
        : message('release-unusable', { release: releaseId, fault });
    return { releaseId, detail, judgement: null };
  }
  const overrides = await selectOverrides(ctx.db, id);
  const email = normaliseEmail(applyOverrides(studentGroup, overrides).student.email ?? '');
  const emailShared = email.ok && (await isEmailShared(ctx.db, email.email, studentGroup.student.id));
  const former = frozenTemplate === null ? await readFormer(ctx.db, certificates[0]) : null;
  const template = batch?.template ?? null;
  const subject = { studentGroup, release, overrides, emailShared, template, frozenTemplate, former };
  return { subject, judgement: judge(subject, ctx.rulebook, ctx.printer), releaseHash: releaseHash(release) };
}

/** @param newest the student group's newest certificate, if it has none in its current release */
async function readFormer(db: Db, newest: Certificate | undefined): Promise<NonNullable<Case['former']> | null> {
  if (!newest) return null;
  const { number, releaseId, studentGroupId, awardedAt } = newest;
  return { number, releaseId, allowed: await isMoveAllowed(db, studentGroupId, awardedAt) };
}

async function settle(
  ctx: EvaluateContext,
  trx: Db,
  id: string,
  batch: Batch | null,
  prepared: Prepared | Unreadable | 'erased' | null,
): Promise<void> {
  const at = ctx.clock.now();
  const releaseId = releaseOf(prepared);
  const done = (decisionId: string | null, wouldBe: string | null, skipped: Reason | null, outlook: Outlook | null) => {
    const place = batch?.releaseId == null && releaseId !== undefined ? { releaseId } : {};
    const item = { studentGroupId: id, ...place, decisionId, wouldBe, skipped, outlook };
    return batch === null ? undefined : recordItemEvaluated(trx, { batchId: batch.id, ...item }, at);
  };
  if (prepared === 'erased') {
    const batchId = batch?.id ?? null;
    const decision = { id: ctx.newId(), studentGroupId: id, batchId, rulesHash: ctx.rulebook.hash };
    const decisionId = batch?.dryRun ? null : await recordErasedDecision(trx, decision, at);
    await done(decisionId, batch?.dryRun ? 'excluded' : null, null, plain('excluded', 'erased'));
    return;
  }
  if (prepared === null) {
    await done(null, batch?.dryRun ? 'held' : null, null, batch && (await outlookOfUnread(trx, id, batch)));
    return;
  }
  if (batch?.releaseId != null && releaseId !== undefined && releaseId !== batch.releaseId) {
    // Moved since the pull; an earlier certificate keeps its state.
    const awarded = await selectCertificateIn(trx, id, batch.releaseId);
    const detail = message('batch-of-other-release', { release: releaseId, wanted: batch.releaseId });
    const outlook = awarded ? plain('already-issued', null) : plain('excluded', 'not-in-batch');
    await done(null, batch.dryRun ? 'excluded' : null, awarded ? null : { code: 'not-in-batch', detail }, outlook);
    return;
  }
  if (prepared.judgement === null) {
    const { detail } = prepared;
    const entry = { id: ctx.newId(), studentGroupId: id, certificateId: null, stage: 'evaluate', detail };
    if (!batch?.dryRun) await hold(trx, { ...entry, code: 'lms-invalid' }, at);
    await done(null, batch?.dryRun ? 'held' : null, null, plain('held', 'lms-invalid'));
    return;
  }
  const { subject, judgement } = prepared;
  if (batch?.countries && !inCountries(judgement, batch.countries)) {
    const detail = message('batch-of-other-country', { countries: batch.countries.join(', ') });
    const outlook = plain('excluded', 'not-in-batch');
    await done(null, batch.dryRun ? 'excluded' : null, { code: 'not-in-batch', detail }, outlook);
    return;
  }
  const { circumstances, certificate } = await gatherCircumstances(trx, ctx.rulebook, subject, judgement, batch, at);
  const conclusion = conclude(subject, judgement, circumstances);
  const decision = {
    id: ctx.newId(),
    studentGroupId: id,
    batchId: batch?.id ?? null,
    dryRun: batch?.dryRun ?? false,
    programmeId: judgement.programme?.id ?? null,
    rulesHash: ctx.rulebook.hash,
    outcome: conclusion.outcome,
    reason: conclusion.reason,
    criteria: judgement.criteria,
    inputs: toStored(subject, prepared.releaseHash, circumstances),
    country: judgement.country,
    certTemplate: judgement.certTemplate,
  };
  const decisionId = await recordDecision(trx, decision, at);
  const judged = { subject, judgement, conclusion, certificate };
  const outlook = batch && (await outlookOf(trx, ctx.rulebook.countries, { ...judged, batch }, at));
  if (batch?.dryRun) {
    await done(decisionId, certificate ? await stateOf(trx, id) : wouldBe(conclusion), null, outlook);
    return;
  }
  // A retried item is recognised by not being evaluated yet.
  if (certificate) await confirm(ctx, trx, certificate, subject, judgement, batch, at);
  await done(decisionId, null, null, outlook);
  if (!conclusion.awards) return;
  const differs = hoursFault(subject.release);
  if (differs !== null)
    await raiseFlag(
      trx,
      { id: ctx.newId(), studentGroupId: id, certificateId: null, kind: 'hours-differ', detail: differs },
      at,
    );
  await award(ctx, trx, subject, judgement, { decisionId, batch }, at);
}

function releaseOf(prepared: Prepared | Unreadable | 'erased' | null): string | undefined {
  if (prepared === null || prepared === 'erased') return undefined;
  return prepared.judgement ? prepared.subject.release.id : prepared.releaseId;
}

/** Nothing was judged: the LMS no longer has the student group, or its data cannot be used. */
async function outlookOfUnread(trx: Db, id: string, batch: Batch): Promise<Outlook> {
  const group = await selectGroup(trx, id);
  const releaseId = batch.releaseId ?? group?.releaseId ?? null;
  const awarded = releaseId === null ? null : await selectCertificateIn(trx, id, releaseId);
  return awarded ? plain('already-issued', null) : plain('held', group?.invalid ? 'lms-invalid' : 'lms-gone');
}

function inCountries({ country }: Judgement, countries: string[]): boolean {
  return country.kind === 'known' && countries.includes(country.code);
}

/** The state that an item would have after a real run. */
function wouldBe({ outcome, awards }: Conclusion): string {
  return awards ? 'awarded' : outcome;
}

async function stateOf(trx: Db, studentGroupId: string): Promise<string> {
  return (await selectStanding(trx, studentGroupId))?.state ?? 'awarded';
}
