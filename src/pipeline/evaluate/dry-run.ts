import type { Reason } from '../../domain/failure.ts';
import type { Release, StudentGroup } from '../../domain/student-group.ts';
import { selectForeseen } from '../../records/batches.ts';
import { lockSeries, selectAwarded, selectCertificateOfGroup } from '../../records/certificates.ts';
import type { Outcome } from '../../records/decisions.ts';
import type { Db } from '../../records/rows.ts';
import { selectStanding } from '../../records/standing.ts';
import type { Judgement } from './judge.ts';

export interface Foreseen {
  outcome: Outcome;
  reason: Reason | null;
  /** What the item would be after a real run. */
  wouldBe: string;
}

/** What a real run would make of a judged student group. Takes the series' lock as that would, and draws no number. */
export async function foresee(
  trx: Db,
  batchId: string,
  subject: { studentGroup: StudentGroup; release: Release; judgement: Judgement },
): Promise<Foreseen> {
  const { studentGroup, release, judgement } = subject;
  const { outcome, reason, programme } = judgement;
  if (await selectCertificateOfGroup(trx, studentGroup.id)) {
    return { outcome, reason, wouldBe: (await selectStanding(trx, studentGroup.id))?.state ?? 'awarded' };
  }
  if (outcome !== 'met' || !programme) return { outcome, reason, wouldBe: outcome };
  const refused = (refusal: 'held' | 'excluded', code: string, detail: string): Foreseen => ({
    outcome: refusal,
    reason: { code, detail },
    wouldBe: refusal,
  });
  if (!(await lockSeries(trx, release.numberPrefix, release.id))) {
    return refused('held', 'lms-invalid', prefixFault(release));
  }
  const studentId = studentGroup.student.id;
  const awarded = await selectAwarded(trx, { studentId, releaseId: release.id, programmeId: programme.id });
  if (awarded)
    return refused(
      'excluded',
      'already-awarded',
      `certificate ${awarded.number} was awarded for student group ${awarded.studentGroupId}`,
    );
  const other = await selectForeseen(trx, batchId, { studentId, releaseId: release.id, notGroup: studentGroup.id });
  if (other !== null)
    return refused('excluded', 'already-awarded', `the certificate would be awarded for student group ${other}`);
  return { outcome, reason, wouldBe: 'awarded' };
}

/** What is wrong where two releases have one prefix of numbers. */
export function prefixFault(release: Release): string {
  return `release.numberPrefix "${release.numberPrefix}" belongs to another release; give each release its own in the LMS`;
}
