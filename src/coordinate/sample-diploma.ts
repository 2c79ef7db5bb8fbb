import { formatNumber } from '../domain/certificate/certificate-number.ts';
import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { makeCode } from '../domain/certificate/lookup-code.ts';
import { programmeFor } from '../domain/criteria/criteria.ts';
import { normaliseEmail } from '../domain/letter/email-address.ts';
import { applyOverrides } from '../domain/student-group/override.ts';
import { printedFacts } from '../lifecycle/printed-facts.ts';
import { countryOf, tryPrinting } from '../lifecycle/try-printing.ts';
import { selectShownDecisions } from '../records/student-groups/decisions.ts';
import { selectOverrides } from '../records/student-groups/overrides.ts';
import { isEmailShared, selectGroup, selectStoredRelease } from '../records/student-groups/student-groups.ts';
import type { ReissueContext } from './reissue-certificate.ts';

/** In place of the id that only an award gives. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * What a diploma of this student group would print if it were awarded now: its names, texts and template, with a number
 * and a code that nobody has. Null: nothing could be printed, or nobody has judged it yet.
 */
export async function foretoldFacts(
  ctx: Pick<ReissueContext, 'db' | 'rulebook' | 'printer' | 'publicUrl'>,
  studentGroupId: string,
): Promise<DiplomaFacts | null> {
  const { db, rulebook, printer, publicUrl } = ctx;
  const record = await selectGroup(db, studentGroupId);
  if (!record?.snapshot || record.releaseId === null) return null;
  const { snapshot: release } = await selectStoredRelease(db, record.releaseId);
  const programme = programmeFor(rulebook.criteria, record.releaseId);
  const decision = (await selectShownDecisions(db, studentGroupId)).find(({ certTemplate }) => certTemplate !== null);
  if (!release || !programme || !decision?.certTemplate) return null;
  const overrides = await selectOverrides(db, studentGroupId);
  const studentGroup = applyOverrides(record.snapshot, overrides);
  const country = countryOf(studentGroup, overrides);
  if (country.kind !== 'known') return null;
  const email = normaliseEmail(studentGroup.student.email ?? '');
  const emailShared = email.ok && (await isEmailShared(db, email.email, record.snapshot.student.id));
  const { certTemplate } = decision;
  const subject = { studentGroup, release, overrides, emailShared };
  const tried = tryPrinting(subject, country.code, certTemplate, rulebook, printer);
  if (!tried.ok) return null;
  const lookupUrl = (code: string) => `${publicUrl}/c/${code}`;
  return printedFacts(
    { rulebook, lookupUrl },
    {
      studentGroup,
      release,
      programme,
      print: tried.print,
      certTemplate,
      id: NO_ID,
      code: makeCode(() => 0),
      number: formatNumber(release.numberPrefix, 999_999),
      version: 1,
    },
  );
}
