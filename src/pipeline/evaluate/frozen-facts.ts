import { freezeCredential } from '../../credential/freeze.ts';
import type { CredentialFacts, KeyReferences } from '../../domain/certificate/credential-facts.ts';
import type { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { endOfValidity } from '../../domain/certificate/validity.ts';
import { printedIn, type Rulebook } from '../../domain/rulebook.ts';
import type { Release, StudentGroup } from '../../domain/student-group/student-group.ts';
import type { Judgement } from './judge.ts';

/** Inputs that turn a judgement into facts: random values, time and place. */
export interface FreezeContext {
  rulebook: Pick<Rulebook, 'issuer'>;
  newId: () => string;
  random: (bytes: number) => Uint8Array;
  lookupUrl: (code: string) => string;
  /** Without a trailing slash. */
  publicUrl: string;
  /** The current signing keys. */
  keys: KeyReferences;
}

export interface Awarded {
  studentGroup: StudentGroup;
  release: Release;
  programme: Pick<NonNullable<Judgement['programme']>, 'id' | 'validFor'>;
  print: NonNullable<Judgement['print']>;
  certTemplate: string;
  id: string;
  code: string;
  number: string;
  version: number;
  status: CredentialFacts['status'];
  at: Date;
}

/** All facts of diploma, credential and seal at this moment; later changes do not affect them. */
export function freezeFacts(ctx: FreezeContext, awarded: Awarded): DiplomaFacts {
  const { studentGroup, release, programme, print, code } = awarded;
  const { language } = print;
  const { issuer } = ctx.rulebook;
  const facts = {
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
    signatory: { name: release.signatory.name, position: printedIn(release.signatory.position, language) },
    issuer: { name: printedIn(issuer.name, language), url: issuer.url },
    country: print.countryCode,
    templateId: awarded.certTemplate,
    templateHash: print.templateHash,
    validUntil: endOfValidity(release.issueDate, programme.validFor, release.timezone),
  };
  const credential = freezeCredential({
    facts,
    publicUrl: ctx.publicUrl,
    issuer,
    email: print.email,
    programmeId: programme.id,
    releaseId: release.id,
    timezone: release.timezone,
    status: awarded.status,
    keys: ctx.keys,
    at: awarded.at,
    newId: ctx.newId,
    random: ctx.random,
  });
  return { ...facts, credential };
}
