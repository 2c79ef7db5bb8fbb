import { formatNumber } from '../../domain/certificate-number.ts';
import { mayIssueAutomatically } from '../../domain/criteria.ts';
import type { Reason } from '../../domain/failure.ts';
import { encodeUtm } from '../../domain/letter-text.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import type { Release, StudentGroup } from '../../domain/student-group.ts';
import type { Printer } from '../../ports/printer.ts';
import { isAskedAgain } from '../../records/batch-verbs.ts';
import { type Batch, recordItemEvaluated, selectBatch } from '../../records/batches.ts';
import {
  AUTOMATIC,
  type Certificate,
  countAwardedByEvents,
  insertAward,
  lockSeries,
  selectAwarded,
  selectCertificateOfGroup,
} from '../../records/certificates.ts';
import { insertDecision, type Outcome } from '../../records/decisions.ts';
import { hold, releaseHoldBeforeAward } from '../../records/holds.ts';
import { selectLatestLetter } from '../../records/letters-by-person.ts';
import { isPatched } from '../../records/lms-reports.ts';
import type { Db } from '../../records/rows.ts';
import { reserveStatusEntry } from '../../records/status-entries.ts';
import { isEmailShared, isSnapshotCurrent, selectGroup, selectRelease } from '../../records/student-groups.ts';
import type { JobData, StageContext } from '../context.ts';
import { openNewLetter } from '../new-letter.ts';
import { resume } from '../resume.ts';
import { foresee, prefixFault } from './dry-run.ts';
import { type FreezeContext, freezeFacts } from './frozen-facts.ts';
import { type Judgement, judge } from './judge.ts';

export interface EvaluateContext extends StageContext, Omit<FreezeContext, 'rulebook'> {
  rulebook: Rulebook;
  printer: Pick<Printer, 'fitName' | 'checkText'>;
  /** 24 random Crockford symbols and a check symbol. */
  newCode: () => string;
  /** A random whole number from 0 to below the limit. */
  randomBelow: (limit: number) => number;
}

interface Prepared {
  studentGroup: StudentGroup;
  release: Release;
  judgement: Judgement;
}
interface Unreadable {
  releaseId: string;
  judgement: null;
}

/** Stage 2: decides, with every criterion's result, and awards once. */
export function makeEvaluate(ctx: EvaluateContext): (job: JobData['evaluate']) => Promise<void> {
  return async ({ id, batchId }) => {
    const batch = batchId === null ? null : await selectBatch(ctx.db, batchId);
    if (batch?.cancelledAt || batch?.pausedAt) return;
    const prepared = await prepare(ctx, id, batch);
    await ctx.db.transaction(async (trx) => {
      const now = batch && (await selectBatch(trx, batch.id));
      if (now?.cancelledAt || now?.pausedAt) return;
      const stale = prepared?.judgement && !(await isSnapshotCurrent(trx, id, prepared.studentGroup.updatedAt));
      // The LMS's data changed while it was being judged: judge again, by what counts now.
      if (stale) await ctx.enqueue(trx, 'evaluate', [{ id, batchId }]);
      else await settle(ctx, trx, id, batch, prepared);
    });
  };
}

/** Everything slow and free of effects happens before the transaction. Null: nothing to judge, the reason is in the record. */
async function prepare(ctx: EvaluateContext, id: string, batch: Batch | null): Promise<Prepared | Unreadable | null> {
  const group = await selectGroup(ctx.db, id);
  if (!group?.snapshot || group.goneAt || group.invalid) return null;
  const release = (await selectRelease(ctx.db, group.snapshot.group.releaseId))?.release;
  if (!release) return { releaseId: group.snapshot.group.releaseId, judgement: null };
  const emailShared = group.email !== null && (await isEmailShared(ctx.db, group.email, group.snapshot.student.id));
  // A certificate keeps the template it was awarded with, whatever rules or batches say today.
  const frozen = (await selectCertificateOfGroup(ctx.db, id))?.certTemplate;
  const template = frozen ?? batch?.template ?? null;
  const subject = { studentGroup: group.snapshot, release, emailShared, template };
  return { studentGroup: group.snapshot, release, judgement: judge(subject, ctx.rulebook, ctx.printer) };
}

async function settle(
  ctx: EvaluateContext,
  trx: Db,
  id: string,
  batch: Batch | null,
  prepared: Prepared | Unreadable | null,
): Promise<void> {
  const at = ctx.clock.now();
  const done = (decisionId: string | null, wouldBe: string | null, skipped: Reason | null) =>
    batch === null
      ? undefined
      : recordItemEvaluated(trx, { batchId: batch.id, studentGroupId: id, decisionId, wouldBe, skipped }, at);
  if (prepared === null) {
    await done(null, batch?.dryRun ? 'held' : null, null);
    return;
  }
  if (prepared.judgement === null) {
    const detail = `release ${prepared.releaseId} could not be read from the LMS; correct it there and start a batch again`;
    const entry = {
      id: ctx.newId(),
      studentGroupId: id,
      certificateId: null,
      stage: 'evaluate',
      code: 'lms-invalid' as const,
      detail,
    };
    if (!batch?.dryRun) await hold(trx, entry, at);
    await done(null, batch?.dryRun ? 'held' : null, null);
    return;
  }
  const { judgement, release, studentGroup } = prepared;
  if (
    batch?.countries &&
    !(judgement.print && batch.countries.includes(judgement.print.countryCode)) &&
    !inCountries(judgement, batch.countries)
  ) {
    await done(null, batch.dryRun ? 'excluded' : null, {
      code: 'not-in-batch',
      detail: `this batch is for ${batch.countries.join(', ')} only`,
    });
    return;
  }
  const decisionId = ctx.newId();
  const decide = (outcome: Outcome, reason: Reason | null) =>
    insertDecision(
      trx,
      {
        id: decisionId,
        studentGroupId: id,
        batchId: batch?.id ?? null,
        dryRun: batch?.dryRun ?? false,
        programmeId: judgement.programme?.id ?? null,
        rulesHash: ctx.rulebook.hash,
        outcome,
        reason,
        criteria: judgement.criteria,
        inputs: judgement.inputs,
        country: judgement.country,
        certTemplate: judgement.certTemplate,
      },
      at,
    );

  if (batch?.dryRun) {
    const foreseen = await foresee(trx, batch.id, prepared);
    await decide(foreseen.outcome, foreseen.reason);
    await done(decisionId, foreseen.wouldBe, null);
    return;
  }
  await releaseHoldBeforeAward(trx, id, at);
  const existing = await selectCertificateOfGroup(trx, id);
  if (existing) {
    await decide(judgement.outcome, judgement.reason);
    await confirm(ctx, trx, existing, judgement, batch, at);
    if (batch && (await isAskedAgain(trx, batch.id, id))) await sendAgain(ctx, trx, existing, batch);
  } else if (judgement.outcome !== 'met' || !judgement.programme || !judgement.print) {
    await decide(judgement.outcome, judgement.reason);
  } else {
    const ownSeries = await lockSeries(trx, release.numberPrefix, release.id);
    const key = { studentId: studentGroup.student.id, releaseId: release.id, programmeId: judgement.programme.id };
    const awarded = await selectAwarded(trx, key);
    const brake = awarded || batch ? null : await volumeBrake(trx, prepared, at);
    if (!ownSeries) {
      await decide('held', { code: 'lms-invalid', detail: prefixFault(release) });
    } else if (awarded?.studentGroupId === id) {
      // Awarded by another evaluation of this very group while we waited for the lock.
      await decide('met', null);
      await confirm(ctx, trx, awarded, judgement, batch, at);
    } else if (awarded) {
      await decide('excluded', {
        code: 'already-awarded',
        detail: `certificate ${awarded.number} was awarded for student group ${awarded.studentGroupId}`,
      });
    } else if (brake) {
      await decide(brake.code === 'volume' ? 'held' : 'met', brake);
    } else {
      await decide('met', null);
      await award(ctx, trx, prepared, decisionId, batch, at);
    }
  }
  await done(decisionId, null, null);
}

function inCountries(judgement: Judgement, countries: string[]): boolean {
  return judgement.country.kind === 'known' && countries.includes(judgement.country.code);
}

/** Why a webhook alone may not award: the programme wants a batch, the completion is old, or there are too many. */
async function volumeBrake(trx: Db, { judgement, studentGroup, release }: Prepared, at: Date): Promise<Reason | null> {
  const programme = judgement.programme;
  if (!programme || programme.issue === 'batch')
    return { code: 'awaiting-batch', detail: "criteria met; this programme awards in a coordinator's batch only" };
  const { since, perHour } = programme.automatic;
  if (!mayIssueAutomatically(programme, studentGroup.completedAt, release)) {
    return {
      code: 'volume',
      detail: `completed before ${since}, the programme's "automatic.since", or at an unknown time; start a batch to award it`,
    };
  }
  if ((await countAwardedByEvents(trx, programme.id, new Date(at.getTime() - 3_600_000))) >= perHour) {
    return {
      code: 'volume',
      detail: `more than ${perHour} awards in an hour, the programme's "automatic.perHour"; start a batch to award it`,
    };
  }
  return null;
}

/**
 * A certificate that exists is never taken back. Until the LMS has been told, a failing re-evaluation stops it for a
 * person; one that is met takes it up where it stands.
 */
async function confirm(
  ctx: EvaluateContext,
  trx: Db,
  certificate: Certificate,
  judgement: Judgement,
  batch: Batch | null,
  at: Date,
): Promise<void> {
  if (judgement.outcome === 'met') {
    await resume(ctx, trx, certificate, {
      actor: batch?.actor ?? 'evaluate',
      batchId: batch?.id ?? null,
      email: judgement.print?.email ?? null,
    });
    return;
  }
  if (await isPatched(trx, certificate.id)) return;
  const detail = `after the award the LMS's data changed: ${judgement.reason?.detail ?? judgement.outcome}`;
  const { id, studentGroupId } = certificate;
  await hold(
    trx,
    { id: ctx.newId(), studentGroupId, certificateId: id, stage: 'evaluate', code: 'lms-conflict', detail },
    at,
  );
}

/** A person asked the batch for this item again: a letter that was refused or came back is followed by a new one. */
async function sendAgain(ctx: EvaluateContext, trx: Db, certificate: Certificate, batch: Batch): Promise<void> {
  const letter = await selectLatestLetter(trx, certificate.id);
  if (letter?.state !== 'refused' && letter?.state !== 'bounced') return;
  const by = { actor: batch.actor, batchId: batch.id };
  const opened = await openNewLetter({ ...ctx, countries: ctx.rulebook.countries }, trx, certificate.id, by);
  if (!opened.ok) ctx.log.warn({ certificateId: certificate.id, code: opened.code }, 'no new letter: see its reason');
}

async function award(
  ctx: EvaluateContext,
  trx: Db,
  prepared: Prepared,
  decisionId: string,
  batch: Batch | null,
  at: Date,
): Promise<void> {
  const { studentGroup, release, judgement } = prepared;
  const { programme, print, certTemplate } = judgement;
  if (!programme || !print || certTemplate === null) throw new Error('an award needs a met judgement');
  const id = ctx.newId();
  const code = ctx.newCode();
  const status = await reserveStatusEntry(trx, { certificateId: id, version: 1 }, ctx.randomBelow);
  await insertAward(
    trx,
    {
      id,
      studentId: studentGroup.student.id,
      releaseId: release.id,
      programmeId: programme.id,
      studentGroupId: studentGroup.id,
      decisionId,
      batchId: batch?.id ?? null,
      numberPrefix: release.numberPrefix,
      code,
      certTemplate,
      letter: programme.letter,
      utm: programme.utm ? encodeUtm(programme.utm) : null,
      country: print.countryCode,
      recipient: print.email,
      issueDate: release.issueDate,
      facts: (number) =>
        freezeFacts(ctx, { studentGroup, release, programme, print, certTemplate, id, code, number, status, at }),
      actor: batch?.actor ?? AUTOMATIC,
    },
    formatNumber,
    at,
  );
  await ctx.enqueue(trx, 'patch', [{ id }]);
}
