import { createHash } from 'node:crypto';
import { templateContents } from '../domain/approval.ts';
import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { movedValidity } from '../domain/certificate/validity.ts';
import { NO_LETTER } from '../domain/letter/choose-letter.ts';
import { normaliseEmail } from '../domain/letter/email-address.ts';
import { message } from '../domain/messages/message.ts';
import type { HeldReason } from '../domain/reason-codes.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { applyOverrides, type Overrides } from '../domain/student-group/override.ts';
import type { Release, StudentGroup } from '../domain/student-group/student-group.ts';
import type { Trial } from '../ports/printer.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { isDeadAddress } from '../records/letters/deliveries.ts';
import type { Db } from '../records/rows.ts';
import { isDateOverridden, selectOverrides } from '../records/student-groups/overrides.ts';
import { isEmailShared, selectGroup, selectStoredRelease } from '../records/student-groups/student-groups.ts';
import { notApprovedText } from './hold-unapproved.ts';
import { lackingApproval, letterInUse } from './lacking-approval.ts';
import { type PrintContext, printedFacts } from './printed-facts.ts';
import { countryOf, type Print, tryPrinting } from './try-printing.ts';

export interface NextVersionContext extends PrintContext {
  db: Db;
  rulebook: Rulebook;
  printer: Trial;
}

/** Current data of LMS and coordinators, from which a version can be made. */
export interface KnownToday {
  ok: true;
  /** As the LMS returns it. */
  studentGroup: StudentGroup;
  overrides: Overrides;
  /** With the issue date that the version prints. */
  release: Release;
  print: Print;
  certTemplate: string;
}
export type Tried = KnownToday | { ok: false; code: HeldReason; detail: string; lacks?: readonly string[] };

/** Checks whether a new version of a certificate could be made from what LMS and coordinators say now. Writes nothing. */
export async function tryToday(ctx: NextVersionContext, certificate: Certificate): Promise<Tried> {
  const { db, rulebook, printer } = ctx;
  const fails = (code: HeldReason, detail: string): Tried => ({ ok: false, code, detail });
  const lmsRecord = (await selectGroup(db, certificate.studentGroupId))?.snapshot;
  const { snapshot, fault } = await selectStoredRelease(db, certificate.releaseId);
  if (!lmsRecord || !snapshot) return fails('lms-gone', message('group-gone'));
  if (fault !== null)
    return fails('lms-invalid', message('release-unusable.reissue', { release: certificate.releaseId, fault }));
  const overrides = await selectOverrides(db, certificate.studentGroupId);
  const studentGroup = applyOverrides(lmsRecord, overrides);
  const country = countryOf(studentGroup, overrides);
  if (country.kind !== 'known')
    return fails(country.kind === 'conflict' ? 'country-conflict' : 'country-unknown', country.detail);
  const email = normaliseEmail(studentGroup.student.email ?? '');
  const emailShared = email.ok && (await isEmailShared(db, email.email, lmsRecord.student.id));
  const release = { ...snapshot, issueDate: await issueDateOf(db, certificate, overrides, snapshot) };
  // Without an override it keeps the template of its award, whatever the rules say today.
  const certTemplate = overrides.certTemplate ?? certificate.certTemplate;
  const subject = { studentGroup, release, overrides, emailShared };
  const tried = tryPrinting(subject, country.code, certTemplate, rulebook, printer);
  if (!tried.ok) return tried;
  if (await isDeadAddress(db, certificate.id, tried.print.email)) return fails('hard-bounce', message('dead-address'));
  const lacks = await lackingForVersion(db, rulebook, certificate, tried.print, certTemplate, studentGroup);
  if (lacks.length > 0) return { ok: false, code: 'not-approved', detail: notApprovedText(lacks), lacks };
  return { ok: true, studentGroup: lmsRecord, overrides, release, print: tried.print, certTemplate };
}

async function lackingForVersion(
  db: Db,
  rulebook: Rulebook,
  { letter: named, noLetter, country }: Certificate,
  { language, templateHash }: Print,
  certTemplate: string,
  { student: { locale } }: StudentGroup,
): Promise<string[]> {
  const letter = noLetter ? NO_LETTER : named;
  const text = letterInUse(rulebook, { letter, locale, language, country });
  return lackingApproval(db, rulebook, [templateContents(certTemplate, templateHash), ...text]);
}

/**
 * The date stays that of the award, unless a coordinator gave another one. Where that word was withdrawn, the release's
 * date is printed again.
 */
async function issueDateOf(
  db: Db,
  { studentGroupId, issueDate }: Certificate,
  overrides: Overrides,
  release: Release,
): Promise<string> {
  if (overrides.issueDate !== null) return overrides.issueDate;
  return (await isDateOverridden(db, studentGroupId)) ? release.issueDate : issueDate;
}

/** What a new version would print: number and code stay, and so does the length of its validity. */
export function todaysFacts(
  ctx: PrintContext,
  { id, number, code, programmeId }: Certificate,
  former: DiplomaFacts,
  { studentGroup, overrides, release, print, certTemplate }: KnownToday,
): DiplomaFacts {
  const version = former.version + 1;
  const facts = printedFacts(ctx, {
    ...{ id, number, code, print, certTemplate, release, version },
    studentGroup: applyOverrides(studentGroup, overrides),
    programme: { id: programmeId, validFor: null },
  });
  return { ...facts, validUntil: movedValidity(former, release.issueDate, release.timezone) };
}

/**
 * Names what a person saw in a preview: SHA-256 (hex) over everything that is printed, and the address of the letter.
 * What is random or of the moment of signing is no part of it.
 */
export function hashFacts(facts: DiplomaFacts, recipient: string): string {
  return createHash('sha256')
    .update(JSON.stringify([{ ...facts, credential: null }, recipient]))
    .digest('hex');
}
