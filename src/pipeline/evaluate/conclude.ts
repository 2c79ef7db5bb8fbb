import { z } from 'zod';
import { keysInWords } from '../../domain/approval.ts';
import { mayIssueAutomatically } from '../../domain/criteria/criteria.ts';
import type { Reason } from '../../domain/failure.ts';
import { message } from '../../domain/messages/message.ts';
import type { ReasonCode } from '../../domain/reason-codes.ts';
import type { Case, Judgement } from './judge.ts';

/** Circumstances of a decision; the defaults are the usual ones. */
export const Circumstances = z.object({
  /** True when a coordinator's batch asked; false for an event of the LMS. */
  byBatch: z.boolean().default(false),
  /** This student group has a certificate. */
  certificate: z.boolean().default(false),
  /** The release's number prefix belongs to another release. */
  prefixTaken: z.boolean().default(false),
  /** The certificate that the student has through another student group. */
  awardedTo: z.object({ number: z.string(), studentGroupId: z.string() }).nullable().default(null),
  /** In this dry run: the student group that would get the student's certificate. */
  foreseenFor: z.string().nullable().default(null),
  /** A batch with this student group waits for a second person; an event alone must not award it meanwhile. */
  awaitsConfirm: z.boolean().default(false),
  /** Number of certificates of the programme that events alone awarded in the last hour; null when not counted. */
  awardedInHour: z.number().int().nonnegative().nullable().default(null),
  /** Contents of template and letter that need an approval and have none, each as `subject@hash`. */
  notApproved: z.array(z.string()).default([]),
});
export type Circumstances = z.infer<typeof Circumstances>;

export interface Conclusion {
  outcome: Judgement['outcome'];
  reason: Reason | null;
  /** Whether to create a certificate. */
  awards: boolean;
}

/** Turns a judgement into an outcome by its circumstances. Deterministic, like `judge`. */
export function conclude(subject: Case, judgement: Judgement, circumstances: Circumstances): Conclusion {
  const { outcome, reason, programme } = judgement;
  const { prefixTaken, awardedTo, foreseenFor } = circumstances;
  if (outcome !== 'met' || !programme || circumstances.certificate) return { outcome, reason, awards: false };
  const stopped = (as: Judgement['outcome'], code: ReasonCode, detail: string): Conclusion => ({
    outcome: as,
    reason: { code, detail },
    awards: false,
  });
  if (prefixTaken) {
    return stopped('held', 'lms-invalid', message('prefix-taken', { prefix: subject.release.numberPrefix }));
  }
  if (awardedTo) {
    const { number, studentGroupId: studentGroup } = awardedTo;
    return stopped('excluded', 'already-awarded', message('awarded-elsewhere', { number, studentGroup }));
  }
  if (foreseenFor !== null) {
    return stopped('excluded', 'already-awarded', message('foreseen-elsewhere', { studentGroup: foreseenFor }));
  }
  if (circumstances.awaitsConfirm) return stopped('met', 'awaiting-confirm', message('awaiting-confirm'));
  const brake = circumstances.byBatch ? null : volumeBrake(subject, programme, circumstances.awardedInHour ?? 0);
  if (brake) return stopped(brake.code === 'volume' ? 'held' : 'met', brake.code, brake.detail);
  const { notApproved } = circumstances;
  if (notApproved.length > 0)
    return stopped('held', 'not-approved', message('not-approved', { contents: keysInWords(notApproved) }));
  return { outcome, reason, awards: true };
}

/**
 * Why a webhook alone may not award: the programme requires a batch, the completion is too old, or there are too many
 * awards.
 */
function volumeBrake(
  { studentGroup, release }: Case,
  programme: NonNullable<Judgement['programme']>,
  awardedInHour: number,
): Reason | null {
  if (programme.issue === 'batch') return { code: 'awaiting-batch', detail: message('awaiting-batch') };
  const { since, perHour } = programme.automatic;
  if (!mayIssueAutomatically(programme, studentGroup.completedAt, release)) {
    return { code: 'volume', detail: message('volume.old', { since: String(since) }) };
  }
  if (awardedInHour < perHour) return null;
  return { code: 'volume', detail: message('volume.many', { perHour }) };
}
