import { consents } from '../domain/criteria.ts';
import type { Reason } from '../domain/failure.ts';
import { type Certificate, selectCurrentVersion } from '../records/certificates.ts';
import { selectOpenHold } from '../records/holds.ts';
import { IN_FLIGHT, selectLatestLetter } from '../records/letters-by-person.ts';
import { selectOverrides } from '../records/overrides.ts';
import type { Db } from '../records/rows.ts';
import { selectGroup } from '../records/student-groups.ts';
import { isRevoked } from '../records/validity.ts';
import { EXCLUDED } from './new-letter.ts';

/** Why no new version of a certificate may be made now, whatever the LMS says; null when one may. */
export async function findVersionBar(db: Db, certificate: Certificate): Promise<Reason | null> {
  if (await isRevoked(db, certificate.id))
    return { code: 'revoked', detail: 'The certificate is revoked; reinstate it first.' };
  if ((await selectCurrentVersion(db, certificate.id))?.facts === null) return ERASED;
  return findLetterInFlight(db, certificate);
}

/** Why no version may be made of what LMS and coordinators say now; null when one may. */
export async function findReissueBar(db: Db, certificate: Certificate): Promise<Reason | null> {
  const { studentGroupId } = certificate;
  const bar = await findVersionBar(db, certificate);
  if (bar) return bar;
  const group = await selectGroup(db, studentGroupId);
  if (!group?.snapshot || group.goneAt)
    return { code: 'lms-gone', detail: 'The LMS no longer knows this student group.' };
  if (group.invalid) return { code: 'lms-invalid', detail: `The LMS's record cannot be used: ${group.invalid}` };
  if (group.snapshot.student.id !== certificate.studentId) {
    const detail = 'The LMS now shows another student in this group than the one the certificate was awarded to.';
    return { code: 'lms-conflict', detail };
  }
  if ((await selectOverrides(db, studentGroupId)).excluded) return EXCLUDED;
  if (consents(group.snapshot.consents)['personal-data'] === false) {
    const detail = 'Consent to the processing of personal data was withdrawn.';
    return { code: 'consent-withdrawn', detail };
  }
  return null;
}

export const ERASED: Reason = { code: 'erased', detail: 'The certificate is erased.' };

/** A letter that nothing can call back any more: what becomes of it is waited for, or found out, first. */
async function findLetterInFlight(db: Db, { id, studentGroupId }: Certificate): Promise<Reason | null> {
  const letter = await selectLatestLetter(db, id);
  if (!letter || !IN_FLIGHT.has(letter.state)) return null;
  if ((await selectOpenHold(db, studentGroupId))?.code === 'outcome-unknown') {
    const detail = 'Nobody knows yet what became of its last letter; ask Sendsay and record the answer by "resolve".';
    return { code: 'outcome-unknown', detail };
  }
  return { code: 'under-way', detail: `A letter of it is under way (${letter.state}); try again once it is settled.` };
}
