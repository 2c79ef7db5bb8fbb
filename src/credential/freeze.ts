import { createHash } from 'node:crypto';
import type { CredentialFacts, KeyReferences } from '../domain/certificate/credential-facts.ts';
import { didWeb } from '../domain/certificate/did-web.ts';
import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { printedHours } from '../domain/certificate/printed-hours.ts';
import { startOfDay } from '../domain/certificate/validity.ts';
import type { Issuer } from '../domain/rulebook.ts';

export interface FreezeInput {
  /** The facts of the diploma. */
  facts: Omit<DiplomaFacts, 'credential'>;
  publicUrl: string;
  issuer: Pick<Issuer, 'address' | 'logo'>;
  /** The recipient's normalised address; only its salted hash is stored. */
  email: string;
  programmeId: string;
  releaseId: string;
  /** IANA zone of the release. */
  timezone: string;
  /** A unique position in a status list. */
  status: CredentialFacts['status'];
  keys: KeyReferences;
  at: Date;
  /** Returns a new random UUID. */
  newId: () => string;
  random: (bytes: number) => Uint8Array;
}

/** Freezes all data of credential and seal, so that both can be created from the facts alone at any later time. */
export function freezeCredential(input: FreezeInput): CredentialFacts {
  const { facts, publicUrl, issuer, programmeId, releaseId } = input;
  const salt = Buffer.from(input.random(16)).toString('hex');
  // Open Badges 3.0, IdentityHash: the salt follows the value.
  const hash = createHash('sha256').update(`${input.email}${salt}`, 'utf8').digest('hex');
  return {
    id: `${facts.lookupUrl}/credential.json?version=${facts.version}`,
    publicUrl,
    issuer: { id: didWeb(publicUrl), address: issuer.address, logo: issuer.logo },
    subjectId: `urn:uuid:${input.newId()}`,
    email: { salt, hash: `sha256$${hash}` },
    achievement: {
      id: achievementAddress(publicUrl, programmeId, releaseId, facts.language),
      narrative: narrativeOf(facts),
    },
    status: input.status,
    keys: input.keys,
    sealedAt: `${input.at.toISOString().slice(0, 19)}Z`,
    validFrom: startOfDay(facts.issueDate, input.timezone),
  };
}

/**
 * The same statement as a new credential for another version. Holder, content and salted address stay; the position
 * in the status list, the keys and the sealing time are new.
 */
export function renewCredential(
  credential: CredentialFacts,
  as: Pick<FreezeInput, 'status' | 'keys' | 'at' | 'newId'> & { lookupUrl: string; version: number },
): CredentialFacts {
  return {
    ...credential,
    id: `${as.lookupUrl}/credential.json?version=${as.version}`,
    subjectId: `urn:uuid:${as.newId()}`,
    status: as.status,
    keys: as.keys,
    sealedAt: `${as.at.toISOString().slice(0, 19)}Z`,
  };
}

/**
 * Web address of the achievement.
 * @param publicUrl without a trailing slash
 */
export function achievementAddress(
  publicUrl: string,
  programmeId: string,
  releaseId: string,
  language: string,
): string {
  return `${publicUrl}/achievements/${[programmeId, releaseId, language].map(encodeURIComponent).join('/')}`;
}

/** The requirements in the programme's words; "h" is the symbol for hours in every language. */
export function narrativeOf({
  courseTitle,
  hoursTotal,
  programme,
}: Pick<DiplomaFacts, 'courseTitle' | 'hoursTotal' | 'programme'>): string {
  const { total, column } = printedHours({ programme, hoursTotal });
  return [
    total ? `${courseTitle}, ${hoursTotal} h` : courseTitle,
    ...programme.map(({ title, hours }, index) => `${index + 1}. ${title}${column ? `, ${hours} h` : ''}`),
  ].join('\n');
}
