import type { Reason } from '../domain/failure.ts';
import { type Certificate, selectCurrentVersion } from '../records/certificates/certificates.ts';
import { isRevoked } from '../records/certificates/validity-acts.ts';
import { IN_FLIGHT, selectLatestLetter } from '../records/letters/letters-by-person.ts';
import { isPatched } from '../records/lms/lms-reports.ts';
import type { Db } from '../records/rows.ts';
import { selectLatestDecision } from '../records/student-groups/decisions.ts';
import { selectOpenHold } from '../records/student-groups/holds.ts';
import { selectOverrides } from '../records/student-groups/overrides.ts';
import { selectGroup } from '../records/student-groups/student-groups.ts';
import { findExclusion } from './new-letter.ts';
import { findWithdrawnConsent } from './withdrawn-consent.ts';

/** Why no new version of a certificate is allowed now, whatever the LMS says; null when it is allowed. */
export async function findVersionBar(db: Db, certificate: Certificate): Promise<Reason | null> {
  if (await isRevoked(db, certificate.id))
    return { code: 'revoked', detail: 'The certificate is revoked; reinstate it first.' };
  if ((await selectCurrentVersion(db, certificate.id))?.facts === null) return ERASED;
  return (await findPersonBar(db, certificate)) ?? findLetterInFlight(db, certificate);
}

/**
 * Why no new version is allowed for this person, not even with the same facts: on the deny list, or found not to meet
 * the criteria before the LMS was informed; null when it is allowed.
 */
export async function findPersonBar(db: Db, { id, studentGroupId }: Certificate): Promise<Reason | null> {
  const exclusion = findExclusion(await selectOverrides(db, studentGroupId));
  if (exclusion) return exclusion;
  const decision = await selectLatestDecision(db, studentGroupId);
  if (!decision || decision.outcome === 'met' || (await isPatched(db, id))) return null;
  const said = decision.reason?.detail ?? decision.outcome;
  const detail = `The newest decision is "${decision.outcome}", and the LMS was not told of the certificate yet: ${said}`;
  return { code: 'lms-conflict', detail };
}

/** Why no new version from current data is allowed; null when it is. */
export async function findReissueBar(db: Db, certificate: Certificate): Promise<Reason | null> {
  const { studentGroupId } = certificate;
  const bar = await findVersionBar(db, certificate);
  if (bar) return bar;
  const group = await selectGroup(db, studentGroupId);
  if (!group?.snapshot || group.goneAt)
    return { code: 'lms-gone', detail: 'The LMS no longer knows this student group.' };
  if (group.invalid) return { code: 'lms-invalid', detail: `The LMS's record cannot be used: ${group.invalid}` };
  if (group.releaseId !== certificate.releaseId) {
    const detail = `The LMS has moved this student group to release ${group.releaseId}, and tells of it as it is there; move it back for the reissue.`;
    return { code: 'lms-conflict', detail };
  }
  if (group.snapshot.student.id !== certificate.studentId) {
    const detail = 'The LMS now shows another student in this group than the one the certificate was awarded to.';
    return { code: 'lms-conflict', detail };
  }
  if (group.snapshot.status === 'expelled') {
    const detail = 'The student was expelled after the award; revoke the certificate or correct the LMS.';
    return { code: 'lms-conflict', detail };
  }
  return findWithdrawnConsent(db, certificate, group);
}

export const ERASED: Reason = { code: 'erased', detail: 'The certificate is erased.' };

/** A letter that can no longer be cancelled; its outcome must be known first. */
async function findLetterInFlight(db: Db, certificate: Certificate): Promise<Reason | null> {
  const letter = await selectLatestLetter(db, certificate.id);
  if (!letter || !IN_FLIGHT.has(letter.state)) return null;
  if ((await selectOpenHold(db, certificate))?.code === 'outcome-unknown') {
    const detail = 'Nobody knows yet what became of its last letter; ask Sendsay and record the answer by "resolve".';
    return { code: 'outcome-unknown', detail };
  }
  return { code: 'under-way', detail: `A letter of it is under way (${letter.state}); try again once it is settled.` };
}
