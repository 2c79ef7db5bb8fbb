import { isDeepStrictEqual } from 'node:util';
import { message } from '../../domain/messages/message.ts';
import { holdCertificate } from '../../lifecycle/hold-certificate.ts';
import { showObstacle } from '../../lifecycle/stop.ts';
import { type GroupedTransactions, groupTransactions } from '../../platform/database/grouped-transactions.ts';
import { type Lms, LmsUnavailable } from '../../ports/lms.ts';
import { type Certificate, selectCertificate } from '../../records/certificates/certificates.ts';
import { parkedBy, selectObstacles } from '../../records/certificates/obstacles.ts';
import {
  countChangedMeanwhile,
  forgetAttempts,
  recordPatched,
  recordUnreachable,
  selectReport,
} from '../../records/lms/lms-reports.ts';
import { selectLatestDecision } from '../../records/student-groups/decisions.ts';
import { selectOverrides } from '../../records/student-groups/overrides.ts';
import { recordGone, recordPull, type StoredGroup, selectGroup } from '../../records/student-groups/student-groups.ts';
import { isJudgedAsKnown } from '../../records/student-groups/unjudged.ts';
import { BACK_OFF, backOff, pauseFor } from '../back-off.ts';
import { countUnderWay, type StageContext } from '../context.ts';
import type { JobData } from '../stages.ts';

export interface PatchContext extends StageContext {
  lms: Lms;
  normaliseEmail: (raw: string) => string | null;
}

interface ReportContext extends PatchContext {
  grouped: GroupedTransactions;
}

/** Least time between two shared transactions: longer than usual, because reports are made faster than diplomas are drawn. */
const REPORTED_MS = 250;

/** This many 412 answers in a row are not a coincidence. */
const MOST_CHANGES = 10;

/**
 * Stage 3: reports to the LMS that the criteria are met, before anything is drawn or sent. Idempotent: a status that
 * the LMS already shows is not sent again. A concurrent change (412) leads back to evaluation.
 */
export function makePatch(stage: PatchContext): (job: JobData['patch']) => Promise<void> {
  const underWay = countUnderWay();
  const grouped = groupTransactions(stage.db, { paceMs: REPORTED_MS, enough: underWay.count });
  const ctx = { ...stage, grouped };
  return underWay.handle(async ({ id }) => {
    const certificate = await selectCertificate(ctx.db, id);
    if (!certificate) return;
    const obstacles = await selectObstacles(ctx.db, certificate, 'patch');
    if (parkedBy(obstacles)) return;
    const group = await selectGroup(ctx.db, certificate.studentGroupId);
    if (!group) return;
    const { isPatched, nextAttempt } = await selectReport(ctx.db, id);
    if (isPatched || (nextAttempt && nextAttempt > ctx.clock.now())) return;
    // Only a current decision may be reported; newer LMS data or overrides are judged first.
    const decision = await selectLatestDecision(ctx.db, group.id);
    const sameOverrides = isDeepStrictEqual(decision?.judgedOverrides, await selectOverrides(ctx.db, group.id));
    if (decision?.outcome !== 'met' || !sameOverrides || !isJudgedAsKnown(decision, group)) {
      await ctx.enqueue(ctx.db, 'evaluate', [{ id: group.id, batchId: null }]);
      return;
    }
    if (obstacles.length > 0) return showObstacle(ctx, certificate, 'patch', obstacles);
    try {
      await report(ctx, certificate, group);
    } catch (error) {
      if (!(error instanceof LmsUnavailable)) throw error;
      await askAgain(ctx, certificate, error);
    }
  });
}

async function report(ctx: ReportContext, certificate: Certificate, group: StoredGroup): Promise<void> {
  const known = group.snapshot;
  if (known?.status === 'criteria met' || known?.status === 'certificate issued') {
    if (known.certTemplate === certificate.certTemplate) return finish(ctx, certificate, { etag: null, readAt: null });
    const shown = known.certTemplate === null ? 'no certTemplate' : 'another certTemplate';
    return holdCertificate(
      ctx,
      'patch',
      certificate,
      'lms-conflict',
      `the LMS already shows "${known.status}" with ${shown} than ${certificate.certTemplate}; clear it there or choose that template`,
    );
  }
  const read = group.etag === null ? await readUnchanged(ctx, group) : { etag: group.etag, readAt: null };
  if (read === null) return;
  const outcome = await ctx.lms.reportCriteriaMet({
    studentGroupId: group.id,
    releaseId: certificate.releaseId,
    certTemplate: certificate.certTemplate,
    etag: read.etag,
  });
  if (outcome.kind === 'applied') return finish(ctx, certificate, { etag: outcome.etag, readAt: read.readAt });
  if (outcome.kind === 'conflict') return holdCertificate(ctx, 'patch', certificate, 'lms-conflict', outcome.detail);
  const at = ctx.clock.now();
  const pulled = outcome.kind === 'gone' ? null : await ctx.lms.pullOne(group.id);
  await ctx.db.transaction(async (trx) => {
    if (pulled === null) return recordGone(trx, group.id, group.releaseId, at);
    await recordPull(trx, pulled, at, ctx.normaliseEmail, { id: group.id });
    const times = await countChangedMeanwhile(trx, certificate.id);
    if (times >= MOST_CHANGES) {
      const detail = message('lms.etags-rewritten', { count: times });
      await forgetAttempts(trx, certificate.id);
      return holdCertificate(ctx, 'patch', certificate, 'lms-conflict', detail, trx);
    }
    const startAfter = new Date(at.getTime() + backOff(BACK_OFF.changedInLms, times - 1));
    await ctx.enqueue(trx, 'evaluate', [{ id: group.id, batchId: null }], { startAfter });
  });
}

/** What the LMS showed right before its PATCH, and when; `readAt` is null where it was not asked again. */
interface Read {
  etag: string | null;
  readAt: Date | null;
}

/**
 * Pages of the LMS have no ETags, so the record is requested by id. If it differs from the evaluated one, it is stored
 * and evaluated again, and the result is null. Its ETag protects the PATCH, with whose result it is stored.
 */
async function readUnchanged(ctx: ReportContext, group: StoredGroup): Promise<Read | null> {
  const readAt = ctx.clock.now();
  const pulled = await ctx.lms.pullOne(group.id);
  if (pulled?.ok === true && isDeepStrictEqual(pulled.studentGroup, group.snapshot))
    return { etag: pulled.etag, readAt };
  await ctx.grouped([group.id], async (trx) => {
    if (pulled === null) return recordGone(trx, group.id, group.releaseId, readAt);
    await recordPull(trx, pulled, readAt, ctx.normaliseEmail, { id: group.id });
    await ctx.enqueue(trx, 'evaluate', [{ id: group.id, batchId: null }]);
  });
  return null;
}

async function finish(ctx: ReportContext, certificate: Certificate, read: Read): Promise<void> {
  const { id: certificateId, studentGroupId } = certificate;
  await ctx.grouped([studentGroupId], async (trx) => {
    const patched = await recordPatched(trx, { certificateId, studentGroupId, ...read }, ctx.clock.now());
    if (patched?.waitingLetter) await ctx.enqueue(trx, 'send', [{ id: patched.waitingLetter }]);
    else if (patched) await ctx.enqueue(trx, 'render', [{ id: certificateId }]);
  });
}

/** The certificate stays `awarded` with the last error and the next attempt, as long as the LMS is unavailable. */
async function askAgain(ctx: PatchContext, certificate: Certificate, error: LmsUnavailable): Promise<void> {
  ctx.log.warn(
    { certificateId: certificate.id, code: error.code, error: error.message },
    'LMS unavailable, the PATCH will be retried',
  );
  await ctx.db.transaction(async (trx) => {
    const lastError = { code: error.code, detail: error.message };
    const at = await recordUnreachable(
      trx,
      certificate.id,
      lastError,
      (attempts) => new Date(ctx.clock.now().getTime() + pauseFor(error, BACK_OFF.lms, attempts - 1)),
    );
    if (at) await ctx.enqueue(trx, 'patch', [{ id: certificate.id }], { startAfter: at });
  });
}
