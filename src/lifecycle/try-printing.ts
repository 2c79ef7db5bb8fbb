import { formatNumber } from '../domain/certificate/certificate-number.ts';
import { type CountryResult, resolveCountry } from '../domain/country/country.ts';
import { normaliseEmail } from '../domain/letter/email-address.ts';
import { message } from '../domain/messages/message.ts';
import type { HeldReason } from '../domain/reason-codes.ts';
import { printedIn, type Rules } from '../domain/rulebook.ts';
import type { Overrides } from '../domain/student-group/override.ts';
import type { Release, StudentGroup } from '../domain/student-group/student-group.ts';
import { findDoubt, isTitleMissing } from '../domain/text/doubtful-field.ts';
import { instructionFault, normaliseName, overrideFault } from '../domain/text/name.ts';
import { orderedName } from '../domain/text/name-order.ts';
import { nameOrderOf, zoneFor } from '../domain/time/send-window.ts';
import type { NameFitResult, PrintedFact, Printer, Trial } from '../ports/printer.ts';
import { type DeclaredFacts, declaredFacts, declaredTexts, personalFacts } from './declared-facts.ts';

/** What a certificate prints of its holder, by template and country. */
export interface Print {
  countryCode: string;
  language: string;
  templateHash: string;
  holderName: string;
  latinName: string | null;
  /** Grade of the project in the diploma's language. */
  grade: string | null;
  email: string;
  /** Who signs, and what else this programme prints. */
  declared: DeclaredFacts;
}

/** The data of one diploma to try. */
export interface Printed {
  /** With its overrides applied. */
  studentGroup: StudentGroup;
  release: Release;
  overrides: Overrides;
  /** Another student has the same address. */
  emailShared: boolean;
}

/** @param studentGroup with its overrides applied */
export function countryOf(studentGroup: StudentGroup, overrides: Overrides): CountryResult {
  return resolveCountry({
    override: overrides.country,
    registrationFile: overrides.fileCountry,
    registrationCountry: studentGroup.registration?.country ?? null,
    studentCountry: studentGroup.student.country,
    phone: studentGroup.student.phone,
    timezone: studentGroup.student.timezone,
    locale: studentGroup.student.locale,
  });
}

export type Printable = { ok: true; print: Print } | { ok: false; code: HeldReason; detail: string };

/** Checks everything that could stop diploma or letter later: template, names, texts, address, zone. */
export function tryPrinting(
  subject: Printed,
  countryCode: string,
  certTemplate: string,
  rulebook: Rules,
  printer: Trial,
): Printable {
  const { studentGroup, release, overrides, emailShared } = subject;
  const fails = (code: HeldReason, detail: string): Printable => ({ ok: false, code, detail });
  const template = rulebook.templates.get(certTemplate);
  if (!template) return fails('template-missing', message('template-missing', { template: certTemplate }));
  if (isTitleMissing(studentGroup)) return fails('lms-invalid', message('project-title-empty'));
  const { fullName, latinName } = studentGroup.student;
  // Before the doubts: they take such marks for signs of a damaged name, which an override could settle.
  const executed = instructionFault(`${fullName}\n${latinName ?? ''}`, 'name', printer.unmailable);
  if (executed) return fails('name-unprintable', executed);
  const doubt = findDoubt(studentGroup, overrides);
  if (doubt) return fails('name-doubtful', doubt.detail);
  const names = printableNames(subject, countryCode, certTemplate, rulebook, printer);
  if (!names.ok) return names;
  const hours = printer.checkHours(certTemplate, release.hoursTotal);
  if (hours) return fails('lms-invalid', message('hours-unprintable', { fault: hours }));
  const given = studentGroup.project?.grade ?? null;
  const grade = given === null ? null : printer.gradeInWords(certTemplate, given);
  if (given !== null && grade === null) return fails('grade-unknown', unknownGrade(given, studentGroup));
  const declared = declaredFacts(rulebook, release, template.language);
  const fault = unprintableText(
    { ...studentGroup, project: studentGroup.project && { ...studentGroup.project, grade } },
    release,
    { issuer: rulebook.issuer, declared, language: template.language, legalLine: legalLineOf(rulebook, countryCode) },
    certTemplate,
    printer,
  );
  if (fault) return fails('name-unprintable', fault);
  const email = studentGroup.student.email === null ? null : normaliseEmail(studentGroup.student.email);
  if (!email?.ok) return fails('email-invalid', email?.detail ?? message('email-empty'));
  if (emailShared && !overrides.allowSharedEmail) return fails('email-shared', message('email-shared'));
  const zone = zoneFor(rulebook.countries, countryCode, studentGroup.student.timezone);
  if (!zone.ok) return fails('country-conflict', zone.detail);
  return {
    ok: true,
    print: {
      countryCode,
      language: template.language,
      templateHash: template.hash,
      holderName: names.holderName,
      latinName: names.latinName,
      grade,
      email: email.email,
      declared,
    },
  };
}

/** The names to print, in the order of the country; a name that a coordinator or a file gave is printed as it was given. */
function printableNames(
  { studentGroup, overrides }: Printed,
  country: string,
  templateId: string,
  { countries }: Pick<Rules, 'countries'>,
  printer: Pick<Printer, 'fitName'>,
): NameFitResult {
  const { fullName, latinName } = studentGroup.student;
  const native = normaliseName(fullName);
  const latin = latinName === null ? null : normaliseName(latinName);
  if (!native.ok) return native;
  if (latin && !latin.ok) return latin;
  const { familyName, latinFamilyName } = studentGroup.printed ?? {};
  const order = nameOrderOf(countries, country);
  const isGiven = (overrides.latinName ?? overrides.fileLatinName) !== null;
  return printer.fitName({
    templateId,
    holderName: overrides.fullName === null ? orderedName(native.name, familyName, order) : native.name,
    latinName: latin && (isGiven ? latin.name : orderedName(latin.name, latinFamilyName, order)),
    country,
  });
}

/**
 * The message contains a short grade unless it shares a word with the person's name, because a coordinator must add
 * it to the table.
 */
function unknownGrade(grade: string, { student }: StudentGroup): string {
  const words = (text: string) => text.toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u);
  const names = new Set(words(`${student.fullName} ${student.latinName ?? ''}`));
  const shown =
    /^[\p{L}\p{M}\p{N} .+-]{1,30}$/u.test(grade) && !words(grade).some((word) => word !== '' && names.has(word));
  return shown ? message('grade-unknown.told', { grade }) : message('grade-unknown');
}

/** The line that the country's law asks for, per language. */
function legalLineOf({ countries: { countries } }: Rules, country: string): Record<string, string> | null {
  return (Object.hasOwn(countries, country) && countries[country]?.diploma?.legalLine) || null;
}

/** The longest usual number (six digits); the release's numbers are measured with it before one is assigned. */
const LAST_USUAL = 999_999;

/**
 * Other printed texts of person, release or school: they need glyphs and space, and must not change the direction of
 * the line.
 */
function unprintableText(
  studentGroup: StudentGroup,
  release: Release,
  {
    issuer,
    declared,
    language,
    legalLine,
  }: { issuer: Rules['issuer']; declared: DeclaredFacts; language: string; legalLine: Record<string, string> | null },
  templateId: string,
  printer: Pick<Printer, 'checkText'>,
): string | null {
  const printed: [string, string, PrintedFact][] = [
    ['release.courseTitle', printedIn(release.courseTitle, language), 'courseTitle'],
    ['release.numberPrefix', formatNumber(release.numberPrefix, LAST_USUAL), 'number'],
    ['issuer.yaml, name', printedIn(issuer.name, language), 'issuer'],
    ...declaredTexts(declared),
    ['countries.yaml, diploma.legalLine', legalLine === null ? '' : printedIn(legalLine, language), 'legalLine'],
    ...release.program.map((part, index): [string, string, PrintedFact] => [
      `release.program[${index}].title`,
      printedIn(part.title, language),
      'moduleTitle',
    ]),
  ];
  for (const [field, text] of Object.entries(personalFacts(studentGroup)))
    printed.push([`printed.${field}`, text ?? '', field as PrintedFact]);
  if (studentGroup.project) {
    printed.push(['project.title', studentGroup.project.title, 'projectTitle']);
    printed.push(['project.grade', studentGroup.project.grade ?? '', 'grade']);
    printed.push(['project.url', studentGroup.project.url ?? '', 'projectUrl']);
  }
  // A line may contain several of them, and the date.
  const beside = { ...Object.fromEntries(printed.map(([, text, as]) => [as, text])), date: release.issueDate };
  for (const [field, text, as] of printed) {
    const fault = overrideFault(text) ?? printer.checkText(templateId, text, as, beside);
    if (fault) return `${field}: ${fault}`;
  }
  return null;
}
