import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { endOfValidity } from '../domain/certificate/validity.ts';
import type { Programme } from '../domain/criteria/criteria.ts';
import { printedIn, type Rulebook } from '../domain/rulebook.ts';
import type { Release, StudentGroup } from '../domain/student-group/student-group.ts';
import { showsInitials } from '../domain/time/send-window.ts';
import { personalFacts } from './declared-facts.ts';
import type { Print } from './try-printing.ts';

export interface PrintContext {
  rulebook: Pick<Rulebook, 'issuer' | 'countries'>;
  lookupUrl: (code: string) => string;
}

/** One version of a certificate, before its facts are frozen. */
export interface ForPrint {
  /** With its overrides applied. */
  studentGroup: StudentGroup;
  /** With the issue date that this certificate shows. */
  release: Release;
  programme: Pick<Programme, 'id' | 'validFor'>;
  print: Print;
  certTemplate: string;
  id: string;
  code: string;
  number: string;
  version: number;
}

/** The facts that a diploma prints, without those of its credential. */
export function printedFacts(ctx: PrintContext, awarded: ForPrint): DiplomaFacts {
  const { studentGroup, release, programme, print, code } = awarded;
  const { language } = print;
  const { issuer, countries } = ctx.rulebook;
  const further = { ...print.declared.further, ...personalFacts(studentGroup) };
  return {
    certificateId: awarded.id,
    version: awarded.version,
    number: awarded.number,
    code,
    lookupUrl: ctx.lookupUrl(code),
    holderName: print.holderName,
    latinName: print.latinName,
    language,
    courseTitle: printedIn(release.courseTitle, language),
    hoursTotal: release.hoursTotal,
    programme: release.program.map((part) => ({
      title: printedIn(part.title, language),
      hours: part.hours,
    })),
    project: studentGroup.project && {
      title: studentGroup.project.title,
      url: studentGroup.project.url,
      grade: print.grade,
    },
    issueDate: release.issueDate,
    ...print.declared,
    ...(Object.keys(further).length === 0 ? {} : { further }),
    ...(showsInitials(countries, print.countryCode) ? { visibility: 'initials' as const } : {}),
    issuer: { name: printedIn(issuer.name, language), url: issuer.url },
    country: print.countryCode,
    templateId: awarded.certTemplate,
    templateHash: print.templateHash,
    validUntil: endOfValidity(release.issueDate, programme.validFor, release.timezone),
    credential: null,
  };
}
