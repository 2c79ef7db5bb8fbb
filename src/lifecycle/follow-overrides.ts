import { OBSTACLES, reasonOf } from '../domain/obstacle/obstacle.ts';
import type { HeldReason } from '../domain/reason-codes.ts';
import type { OverrideField } from '../domain/student-group/override.ts';
import type { StageContext } from '../pipeline/context.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { selectObstacles } from '../records/certificates/obstacles.ts';
import { isDeadAddress } from '../records/letters/deliveries.ts';
import { selectLatestLetter } from '../records/letters/letters-by-person.ts';
import { changeRecipient } from '../records/letters/personal-issues.ts';
import type { Db } from '../records/rows.ts';
import { hold, releaseHold } from '../records/student-groups/holds.ts';
import { selectOverrides } from '../records/student-groups/overrides.ts';
import { isEmailShared, type StoredGroup } from '../records/student-groups/student-groups.ts';
import { enqueueNextStep } from './resume.ts';

interface Subject {
  certificate: Certificate;
  group: StoredGroup;
}

const ADDRESS_HOLDS = ['email-invalid', 'email-shared', 'hard-bounce'] as const;

/**
 * Effects of an override on an existing certificate. Printed facts are frozen. But an unsent letter goes to the
 * current address, no letter is sent to an excluded student, and a hold for either reason ends when its cause is
 * gone. Call it after the overrides were stored, with student group and certificate locked.
 */
export async function followOverrides(
  ctx: Pick<StageContext, 'enqueue' | 'newId'>,
  trx: Db,
  subject: Subject,
  by: { actor: string; changed: readonly OverrideField[] },
  at: Date,
): Promise<void> {
  const { certificate, group } = subject;
  const overrides = await selectOverrides(trx, group.id);
  // An override may allow a certificate to continue although the LMS moved its student group.
  let freed = by.changed.includes('allow') && group.releaseId !== certificate.releaseId;
  const end = async (code: HeldReason) => {
    freed = (await releaseHold(trx, certificate, by.actor, at, code)) || freed;
  };
  if (by.changed.includes('email')) {
    const email = overrides.email ?? group.email;
    if (email !== null && (await mayReceive(trx, subject, email, overrides.allowSharedEmail))) {
      await changeRecipient(trx, certificate.id, email);
      for (const code of ADDRESS_HOLDS) await end(code);
    }
  }
  if (overrides.allowSharedEmail) await end('email-shared');
  if (by.changed.includes('excluded')) {
    const letter = await selectLatestLetter(trx, certificate.id);
    const mayLeave = letter === null || letter.state === 'waiting';
    const entry = { id: ctx.newId(), studentGroupId: group.id, certificateId: certificate.id, stage: 'send' };
    const code = 'excluded';
    const exclusion = (await selectObstacles(trx, certificate, 'send')).find(
      (one) => OBSTACLES[one.code].holdAs === code,
    );
    if (!exclusion) await end(code);
    else if (mayLeave) await hold(trx, { ...entry, code, detail: reasonOf(exclusion).detail }, at);
  }
  if (freed) await enqueueNextStep(ctx, trx, certificate.id);
}

/** For an unusable address, the last check before sending holds the letter and gives the reason. */
async function mayReceive(trx: Db, { certificate, group }: Subject, email: string, shared: boolean): Promise<boolean> {
  if (await isDeadAddress(trx, certificate.id, email)) return false;
  return shared || !(await isEmailShared(trx, email, group.snapshot?.student.id ?? certificate.studentId));
}
