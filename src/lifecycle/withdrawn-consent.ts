import { consents } from '../domain/criteria/criteria.ts';
import type { HeldReason } from '../domain/failure.ts';
import { StudentGroup } from '../domain/student-group/student-group.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import type { Db } from '../records/rows.ts';
import { selectDecision } from '../records/student-groups/decisions.ts';
import type { StoredGroup } from '../records/student-groups/student-groups.ts';

const PERSONAL_DATA = 'personal-data';
const Judged = StudentGroup.pick({ consents: true });

/**
 * Why nothing more is made or sent for a student who withdrew a consent; null when none was withdrawn. Relevant are
 * the consents that the award required, and the one for processing personal data. A consent that the LMS no longer
 * shows counts as withdrawn.
 */
export async function findWithdrawnConsent(
  db: Db,
  { decisionId }: Pick<Certificate, 'decisionId'>,
  { snapshot }: Pick<StoredGroup, 'snapshot'>,
): Promise<{ code: HeldReason; detail: string } | null> {
  if (!snapshot) return null;
  const decision = await selectDecision(db, decisionId);
  const asked = (decision?.criteria ?? []).filter(({ source, actual }) => source === 'consent' && actual === true);
  const judged = Judged.safeParse(decision?.inputs?.studentGroup);
  const before = judged.success ? consents(judged.data.consents) : {};
  const now = consents(snapshot.consents);
  const needed = asked.map(({ parameter }) => parameter);
  if (before[PERSONAL_DATA] || now[PERSONAL_DATA] === false) needed.push(PERSONAL_DATA);
  const missing = needed.find((kind) => now[kind] !== true);
  if (missing === undefined) return null;
  const detail = `the consent "${missing}" was withdrawn after the award, or the LMS shows it no longer`;
  return { code: 'consent-withdrawn', detail };
}
