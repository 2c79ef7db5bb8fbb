import { message } from '../../domain/messages/message.ts';
import { type Lms, LmsUnavailable, type ReportOutcome } from '../../ports/lms.ts';
import {
  endFlagsOfUnreported,
  type IssuedReportDue,
  putOffIssued,
  recordIssuedReported,
  selectIssuedReportsDue,
} from '../../records/lms/issued-reports.ts';
import { clearFlag, raiseFlag } from '../../records/student-groups/flags.ts';
import { BACK_OFF, backOff, pauseFor } from '../back-off.ts';
import type { StageContext } from '../context.ts';
import type { JobData } from '../stages.ts';

export interface ReportIssuedContext extends StageContext {
  lms: Lms;
  lookupUrl: (code: string) => string;
}

const EVERY_MS = 60_000;
const PAGE = 200;
const DAY_MS = 24 * 3_600_000;
/** Older letters are not reported, so that enabling the report does not write to an LMS's whole history. */
const SENT_WITHIN_MS = 14 * DAY_MS;
/** After this many failures in a row, wait for the next sweep. */
const MOST_FAILURES = 3;
/** After this many tries the outage is shown to a person. */
const PATIENCE = 6;
const KIND = 'lms-not-told-issued';

/**
 * Optional (set in lms.yaml): reports to the LMS that the diploma was sent, and its lookup address. Nothing waits for
 * it; a failure becomes a flag.
 */
export function makeReportIssued(ctx: ReportIssuedContext): (job: JobData['report-issued']) => Promise<void> {
  return async () => {
    if (!ctx.lms.tellsIssued) return;
    const now = ctx.clock.now();
    const sentSince = new Date(now.getTime() - SENT_WITHIN_MS);
    await endFlagsOfUnreported(ctx.db, sentSince, now);
    const due = await selectIssuedReportsDue(ctx.db, { sentSince, now }, PAGE);
    let failures = 0;
    for (const report of due) {
      failures = (await tell(ctx, report)) ? 0 : failures + 1;
      if (failures >= MOST_FAILURES) break;
    }
    const wait = due.length === PAGE && failures === 0 ? 0 : EVERY_MS;
    const startAfter = new Date(ctx.clock.now().getTime() + wait);
    await ctx.enqueue(ctx.db, 'report-issued', [{}], { startAfter, singletonKey: 'report-issued' });
  };
}

/** Sends the report; false when the LMS was unreachable. */
async function tell(ctx: ReportIssuedContext, report: IssuedReportDue): Promise<boolean> {
  const { studentGroupId, releaseId, certTemplate, code } = report;
  try {
    await note(
      ctx,
      report,
      await ctx.lms.reportIssued({ studentGroupId, releaseId, certTemplate, link: ctx.lookupUrl(code) }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof LmsUnavailable)) throw error;
    const wait = pauseFor(error, BACK_OFF.reportIssued, report.attempts);
    await putOff(ctx, report, wait, report.attempts + 1 >= PATIENCE ? error.message : null);
    return false;
  }
}

async function note(ctx: ReportIssuedContext, report: IssuedReportDue, outcome: ReportOutcome): Promise<void> {
  if (outcome.kind === 'changed')
    return putOff(ctx, report, backOff(BACK_OFF.reportIssuedChanged, report.attempts), null);
  if (outcome.kind === 'gone') return putOff(ctx, report, DAY_MS, 'the LMS no longer has this student group');
  if (outcome.kind === 'conflict') return putOff(ctx, report, DAY_MS, outcome.detail);
  await ctx.db.transaction(async (trx) => {
    await recordIssuedReported(trx, report.certificateId, ctx.clock.now());
    await clearFlag(trx, report.studentGroupId, KIND, ctx.clock.now());
  });
}

/** `shown`: the message for a person; null while it is too early. */
async function putOff(
  ctx: ReportIssuedContext,
  { studentGroupId, certificateId }: IssuedReportDue,
  wait: number,
  shown: string | null,
): Promise<void> {
  const at = ctx.clock.now();
  await ctx.db.transaction(async (trx) => {
    await putOffIssued(trx, certificateId, new Date(at.getTime() + wait));
    if (shown === null) return;
    const detail = message('flag.issued-not-told', { fault: shown });
    await raiseFlag(trx, { id: ctx.newId(), studentGroupId, certificateId, kind: KIND, detail }, at);
  });
}
