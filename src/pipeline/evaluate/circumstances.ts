import { templateContents } from '../../domain/approval.ts';
import { type ApprovalRules, lackingApproval, letterInUse } from '../../lifecycle/lacking-approval.ts';
import { type Batch, selectForeseen } from '../../records/batches/batches.ts';
import { isConfirmAwaited } from '../../records/batches/confirmations.ts';
import {
  countAwardedByEvents,
  lockAutomaticAwards,
  lockAwardsOf,
  selectAwarded,
} from '../../records/certificates/awards.ts';
import { type Certificate, selectCertificateIn } from '../../records/certificates/certificates.ts';
import type { Db } from '../../records/rows.ts';
import { Circumstances } from './conclude.ts';
import type { Case, Judgement } from './judge.ts';

const HOUR_MS = 3_600_000;

/**
 * Collects the circumstances of a judged case. If an award is possible, it locks awards of the same student, so that
 * the circumstances stay true until the transaction ends.
 */
export async function gatherCircumstances(
  trx: Db,
  rules: ApprovalRules,
  { studentGroup, release }: Case,
  judgement: Judgement,
  batch: Batch | null,
  at: Date,
): Promise<{ circumstances: Circumstances; certificate: Certificate | null }> {
  const { outcome, programme } = judgement;
  const own = await selectCertificateIn(trx, studentGroup.id, release.id);
  const usual = { byBatch: batch !== null, notApproved: [] as string[] };
  const found = (rest: Partial<Circumstances>, certificate = own) => ({
    circumstances: Circumstances.parse({ ...usual, certificate: certificate !== null, ...rest }),
    certificate,
  });
  if (own || outcome !== 'met' || !programme) return found({});
  usual.notApproved = await findNotApproved(trx, rules, studentGroup, judgement, batch);
  const key = { studentId: studentGroup.student.id, releaseId: release.id, programmeId: programme.id };
  if (!(await lockAwardsOf(trx, key, release.numberPrefix))) return found({ prefixTaken: true });
  const awarded = await selectAwarded(trx, key);
  if (awarded) {
    const { number, studentGroupId } = awarded;
    return studentGroupId === studentGroup.id ? found({}, awarded) : found({ awardedTo: { number, studentGroupId } });
  }
  if (batch?.dryRun)
    return found({ foreseenFor: await selectForeseen(trx, batch.id, { ...key, notGroup: studentGroup.id }) });
  if (batch === null && programme.confirm !== null && (await isConfirmAwaited(trx, studentGroup.id)))
    return found({ awaitsConfirm: true });
  if (batch || programme.issue === 'batch') return found({});
  // Awards per hour over all releases can be counted only while no other event awards.
  await lockAutomaticAwards(trx, programme.id);
  return found({ awardedInHour: await countAwardedByEvents(trx, programme.id, new Date(at.getTime() - HOUR_MS)) });
}

/** Which contents an award would use although nobody has approved them. */
async function findNotApproved(
  trx: Db,
  rules: ApprovalRules,
  { student: { locale } }: Case['studentGroup'],
  { print, programme, certTemplate }: Judgement,
  batch: Batch | null,
): Promise<string[]> {
  if (!print || !programme || certTemplate === null) return [];
  const { language, countryCode: country, templateHash } = print;
  const letter = batch?.letter ?? programme.letter;
  return lackingApproval(trx, rules, [
    templateContents(certTemplate, templateHash),
    ...letterInUse(rules, { letter, locale, language, country }),
  ]);
}
