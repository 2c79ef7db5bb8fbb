import { formatNumber } from '../../domain/certificate/certificate-number.ts';
import { type CountryResult, resolveCountry } from '../../domain/country/country.ts';
import {
  buildInputs,
  type CriterionResult,
  chooseTemplate,
  evaluateCriteria,
  metExceptCountry,
  type Programme,
  programmeFor,
} from '../../domain/criteria/criteria.ts';
import type { Reason } from '../../domain/failure.ts';
import { normaliseEmail } from '../../domain/letter/email-address.ts';
import { message } from '../../domain/messages/message.ts';
import type { HeldReason } from '../../domain/reason-codes.ts';
import { printedIn, type Rules } from '../../domain/rulebook.ts';
import { applyOverrides, isExcluded, MOVE_WAIVER, type Overrides } from '../../domain/student-group/override.ts';
import type { Release, StudentGroup } from '../../domain/student-group/student-group.ts';
import { findDoubt, isTitleMissing } from '../../domain/text/doubtful-field.ts';
import { instructionFault, normaliseName, overrideFault } from '../../domain/text/name.ts';
import { zoneFor } from '../../domain/time/send-window.ts';
import type { NameFitResult, PrintedFact, Printer, Trial } from '../../ports/printer.ts';

export interface Judgement {
  programme: Programme | null;
  outcome: 'met' | 'not-met' | 'held' | 'excluded';
  reason: Reason | null;
  criteria: CriterionResult[];
  country: CountryResult;
  certTemplate: string | null;
  /** Facts to print; present only when met. */
  print: {
    countryCode: string;
    language: string;
    templateHash: string;
    holderName: string;
    latinName: string | null;
    /** Grade of the project in the diploma's language. */
    grade: string | null;
    email: string;
  } | null;
}

type Status = StudentGroup['status'];

export interface Case {
  studentGroup: StudentGroup;
  release: Release;
  /** The coordinator's overrides for this student group. */
  overrides: Overrides;
  /** Another student has the same address. */
  emailShared: boolean;
  /** A coordinator's template for a whole batch; takes precedence over the programme's. */
  template: string | null;
  /** The template of an existing certificate; it stays, whatever rules, batches and overrides say. */
  frozenTemplate: string | null;
  /**
   * The newest certificate of this student group in another release, from before the LMS moved it, if it has none in
   * this release. `allowed`: a coordinator has allowed a further one since.
   */
  former?: { number: string; releaseId: string; allowed: boolean } | null;
}

/**
 * Judges one student group: first the criteria, then everything that could stop its diploma later, so that the LMS is
 * never informed of a certificate that cannot be printed or sent. Deterministic: the same inputs and rules give the
 * same judgement.
 */
export function judge(subject: Case, rulebook: Rules, printer: Trial): Judgement {
  const { release, overrides } = subject;
  const studentGroup = applyOverrides(subject.studentGroup, overrides);
  const country = countryOf(studentGroup, overrides);
  const code = country.kind === 'known' ? country.code : null;
  const programme = programmeFor(rulebook.criteria, release.id);
  const base = { programme, criteria: [] as CriterionResult[], country, certTemplate: null, print: null };
  if (isExcluded(overrides)) {
    const detail = overrides.excluded
      ? message('excluded.here')
      : message('excluded.elsewhere', { studentGroup: overrides.excludedThrough ?? '?' });
    return { ...base, outcome: 'excluded', reason: { code: 'excluded', detail } };
  }
  if (!programme) {
    const detail = message('no-programme', { release: release.id });
    return { ...base, outcome: 'not-met', reason: { code: 'no-programme', detail } };
  }
  const waived = waivedCriteria(overrides, studentGroup);
  const readings = statusesOf(subject).map((status) => buildInputs({ ...studentGroup, status }, release, code));
  const evaluation = readings
    .map((inputs) => evaluateCriteria(programme.require, inputs, waived))
    .reduce((best, other) => (other.unmet.length < best.unmet.length ? other : best));
  const judged = { ...base, criteria: evaluation.results };
  const held = (reason: HeldReason, detail: string): Judgement => ({
    ...judged,
    outcome: 'held',
    reason: { code: reason, detail },
  });

  const expelled = studentGroup.status === 'expelled';
  const former = subject.former ?? null;
  // Only a person knows whether the second course earned a second certificate, or the first release was a mistake.
  if (former && !former.allowed && !expelled)
    return held(
      'lms-conflict',
      message('moved-after-award', {
        number: former.number,
        former: former.releaseId,
        release: release.id,
        waiver: MOVE_WAIVER,
      }),
    );
  // Ask about the country only when it is the only obstacle.
  const onlyCountry = () => readings.some((inputs) => metExceptCountry(programme.require, inputs, waived));
  if (country.kind !== 'known' && !expelled && onlyCountry()) {
    return held(country.kind === 'conflict' ? 'country-conflict' : 'country-unknown', country.detail);
  }
  if (!evaluation.met || code === null || expelled) {
    const unmet = evaluation.unmet.map((result) => result.explanation.en);
    // An expelled student gets no certificate, whatever the rules say.
    if (expelled) unmet.push(message('expelled'));
    return {
      ...judged,
      outcome: 'not-met',
      reason: { code: 'criteria-not-met', detail: unmet.join('; ') || message('country-not-known') },
    };
  }
  const certTemplate =
    subject.frozenTemplate ?? overrides.certTemplate ?? subject.template ?? chooseTemplate(programme, code);
  if (studentGroup.status === 'criteria met' && studentGroup.certTemplate !== certTemplate) {
    return held('lms-conflict', message('other-template', { template: certTemplate }));
  }
  const tried = tryPrinting({ ...subject, studentGroup }, code, certTemplate, rulebook, printer);
  if (!tried.ok) return held(tried.code, tried.detail);
  return { ...judged, outcome: 'met', reason: null, certTemplate, print: tried.print };
}

/**
 * The effective status. Once there is a certificate (in this release or the one before the move), the LMS shows the
 * status that we reported or a later one; this must not count as less than the status at the award.
 */
function statusesOf({ studentGroup: { status }, frozenTemplate, former = null }: Case): Status[] {
  const isReported = status === 'criteria met' || status === 'certificate issued';
  return (frozenTemplate !== null || former !== null) && isReported ? ['criteria met', 'completed'] : [status];
}

/** @param studentGroup with its overrides applied */
export function countryOf(studentGroup: StudentGroup, overrides: Overrides): CountryResult {
  return resolveCountry({
    override: overrides.country,
    registrationCountry: studentGroup.registration?.country ?? null,
    studentCountry: studentGroup.student.country,
    phone: studentGroup.student.phone,
    timezone: studentGroup.student.timezone,
    locale: studentGroup.student.locale,
  });
}

export type Printable =
  | { ok: true; print: NonNullable<Judgement['print']> }
  | { ok: false; code: HeldReason; detail: string };

/**
 * Checks everything that could stop diploma or letter later: template, names, texts, address, zone.
 * @param subject its student group with the overrides applied
 */
export function tryPrinting(
  subject: Pick<Case, 'studentGroup' | 'release' | 'overrides' | 'emailShared'>,
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
  const names = printableNames(studentGroup, certTemplate, printer);
  if (!names.ok) return names;
  const hours = printer.checkHours(certTemplate, release.hoursTotal);
  if (hours) return fails('lms-invalid', message('hours-unprintable', { fault: hours }));
  const given = studentGroup.project?.grade ?? null;
  const grade = given === null ? null : printer.gradeInWords(certTemplate, given);
  if (given !== null && grade === null) return fails('grade-unknown', unknownGrade(given, studentGroup));
  const fault = unprintableText(
    { ...studentGroup, project: studentGroup.project && { ...studentGroup.project, grade } },
    release,
    rulebook.issuer,
    certTemplate,
    template.language,
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
    },
  };
}

/** Criteria waived by the allow list. The status criterion of an expelled student cannot be waived. */
function waivedCriteria({ allow }: Overrides, { status }: StudentGroup): ReadonlySet<string> {
  return new Set(status === 'expelled' ? allow.filter((name) => name !== 'studentGroup.status') : allow);
}

function printableNames(
  studentGroup: StudentGroup,
  templateId: string,
  printer: Pick<Printer, 'fitName'>,
): NameFitResult {
  const { fullName, latinName } = studentGroup.student;
  const native = normaliseName(fullName);
  const latin = latinName === null ? null : normaliseName(latinName);
  if (!native.ok) return native;
  if (latin && !latin.ok) return latin;
  return printer.fitName({ templateId, holderName: native.name, latinName: latin?.name ?? null });
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

/** The longest usual number (six digits); the release's numbers are measured with it before one is assigned. */
const LAST_USUAL = 999_999;

/**
 * Other printed texts of person, release or school: they need glyphs and space, and must not change the direction of
 * the line.
 */
function unprintableText(
  studentGroup: StudentGroup,
  release: Release,
  issuer: Rules['issuer'],
  templateId: string,
  language: string,
  printer: Pick<Printer, 'checkText'>,
): string | null {
  const printed: [string, string, PrintedFact][] = [
    ['release.courseTitle', printedIn(release.courseTitle, language), 'courseTitle'],
    ['release.numberPrefix', formatNumber(release.numberPrefix, LAST_USUAL), 'number'],
    ['issuer.yaml, name', printedIn(issuer.name, language), 'issuer'],
    ['release.signatory.name', release.signatory.name, 'signatory'],
    ['release.signatory.position', printedIn(release.signatory.position, language), 'position'],
    ...release.program.map((part, index): [string, string, PrintedFact] => [
      `release.program[${index}].title`,
      printedIn(part.title, language),
      'moduleTitle',
    ]),
  ];
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
