import { NO_LETTER } from '../../domain/letter/choose-letter.ts';
import { message } from '../../domain/messages/message.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { openNewLetter } from '../../lifecycle/new-letter.ts';
import { resume } from '../../lifecycle/resume.ts';
import { showObstacle } from '../../lifecycle/stop.ts';
import { isRetried } from '../../records/batches/batch-changes.ts';
import type { Batch } from '../../records/batches/batches.ts';
import type { Certificate } from '../../records/certificates/certificates.ts';
import { selectObstacles } from '../../records/certificates/obstacles.ts';
import { selectLatestLetter } from '../../records/letters/letters-by-person.ts';
import { isPatched } from '../../records/lms/lms-reports.ts';
import type { Db } from '../../records/rows.ts';
import { clearFlag, type FlagKind, raiseFlag } from '../../records/student-groups/flags.ts';
import type { StageContext } from '../context.ts';
import type { Case, Judgement } from './judge.ts';

interface AfterAwardContext extends StageContext {
  rulebook: Rulebook;
}

/**
 * Handles an existing certificate, which is never revoked here. A re-evaluation that is met continues it. One that is
 * not met stops it for a person until the LMS was informed; after that it raises a flag, which a later met evaluation
 * clears.
 */
export async function confirm(
  ctx: AfterAwardContext,
  trx: Db,
  certificate: Certificate,
  subject: Case,
  judgement: Judgement,
  batch: Batch | null,
  at: Date,
): Promise<void> {
  const wasReported = await isPatched(trx, certificate.id);
  const { id: certificateId, studentGroupId } = certificate;
  const found = findings(certificate, subject, judgement, wasReported);
  const inOrder = found.filter(([, detail]) => detail === null).map(([kind]) => kind);
  await clearFlag(trx, studentGroupId, inOrder, at);
  for (const [kind, detail] of found)
    if (detail !== null) await raiseFlag(trx, { id: ctx.newId(), studentGroupId, certificateId, kind, detail }, at);
  if (judgement.outcome === 'met') {
    const actor = batch?.actor ?? 'evaluate';
    await resume(ctx, trx, certificate, { actor, batchId: batch?.id ?? null, email: judgement.print?.email ?? null });
  } else if (!wasReported)
    await showObstacle(ctx, certificate, 'evaluate', await selectObstacles(trx, certificate, 'patch'), trx);
  if (batch && (await isRetried(trx, batch.id, certificate.studentGroupId)))
    await sendAgain(ctx, trx, certificate, batch);
}

/** Findings for a person that stop nothing, null where there is none. Details have no name or address. */
function findings(
  certificate: Certificate,
  { studentGroup }: Case,
  { outcome, reason }: Judgement,
  wasReported: boolean,
): [FlagKind, string | null][] {
  const found: [FlagKind, string | null][] = [];
  const merged = studentGroup.student.id !== certificate.studentId;
  found.push(['student-merged', merged ? message('flag.student-merged') : null]);
  // Names and addresses are frozen or checked where they are used; the deny list is a coordinator's decision.
  const fails = outcome === 'not-met' || reason?.code === 'country-conflict' || reason?.code === 'country-unknown';
  if (wasReported)
    found.push([
      'criteria-no-longer-met',
      fails ? message('flag.no-longer-met', { detail: reason?.detail ?? outcome }) : null,
    ]);
  const shown = studentGroup.certTemplate;
  const isReported = studentGroup.status === 'criteria met' || studentGroup.status === 'certificate issued';
  const differs = wasReported && isReported && shown !== certificate.certTemplate;
  const wanted = { template: certificate.certTemplate };
  const detail = shown === null ? message('flag.template-missing', wanted) : message('flag.template-differs', wanted);
  found.push(['lms-template-differs', differs ? detail : null]);
  return found;
}

/** A person asked the batch to retry this item: a refused or bounced letter is followed by a new one. */
async function sendAgain(ctx: AfterAwardContext, trx: Db, certificate: Certificate, batch: Batch): Promise<void> {
  if (batch.letter === NO_LETTER) return;
  const letter = await selectLatestLetter(trx, certificate.id);
  if (letter?.state !== 'refused' && letter?.state !== 'bounced') return;
  const by = { actor: batch.actor, batchId: batch.id };
  const opened = await openNewLetter(ctx, trx, certificate.id, by);
  if (!opened.ok)
    ctx.log.warn({ certificateId: certificate.id, code: opened.code }, 'no new letter is allowed; the reason says why');
}
