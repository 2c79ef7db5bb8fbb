import type { CredentialFacts, PostalAddress } from '../domain/certificate/credential-facts.ts';
import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { CONTEXTS } from './contexts.ts';
import type { OpenBadge } from './open-badge.ts';

/** Address of the schema for verifiers; it is never fetched here. */
const SCHEMA = 'https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json';

/** Facts of a diploma with a credential. */
export type CredentialedFacts = DiplomaFacts & { credential: CredentialFacts };

export function hasCredential(facts: DiplomaFacts): facts is CredentialedFacts {
  return facts.credential !== null;
}

/**
 * The unsigned credential: what the diploma prints. Of personal data it adds only a salted hash of the e-mail
 * address.
 */
export function buildCredential(facts: CredentialedFacts): OpenBadge {
  const { credential } = facts;
  const list = `${credential.publicUrl}/status/${credential.status.list}`;
  return {
    '@context': [...CONTEXTS],
    id: credential.id,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: facts.courseTitle,
    issuer: buildProfile({ ...facts.issuer, ...credential.issuer }),
    validFrom: credential.validFrom,
    ...(facts.validUntil === null ? {} : { validUntil: facts.validUntil }),
    credentialSubject: {
      id: credential.subjectId,
      type: ['AchievementSubject'],
      identifier: [
        {
          type: 'IdentityObject',
          hashed: true,
          identityType: 'emailAddress',
          identityHash: credential.email.hash,
          salt: credential.email.salt,
        },
        { type: 'IdentityObject', hashed: false, identityType: 'name', identityHash: facts.holderName },
      ],
      licenseNumber: facts.number,
      achievement: buildAchievement({ ...credential.achievement, name: facts.courseTitle }),
    },
    ...projectEvidence(facts.project),
    credentialStatus: {
      id: `${list}#${credential.status.index}`,
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: String(credential.status.index),
      statusListCredential: list,
    },
    credentialSchema: [{ id: SCHEMA, type: '1EdTechJsonSchemaValidator2019' }],
  };
}

/** The achievement: the same for everyone who took this course in this language. */
export function buildAchievement(achievement: {
  id: string;
  name: string;
  narrative: string;
}): OpenBadge['credentialSubject']['achievement'] {
  const { id, name, narrative } = achievement;
  return {
    id,
    type: ['Achievement'],
    achievementType: 'CertificateOfCompletion',
    name,
    description: name,
    criteria: { narrative },
  };
}

export function buildProfile(issuer: {
  id: string;
  name: string;
  url: string;
  address: PostalAddress | null;
  logo: string | null;
}): OpenBadge['issuer'] {
  const { id, name, url, address, logo } = issuer;
  return {
    id,
    type: ['Profile'],
    name,
    url,
    ...(address === null ? {} : { address: openBadgeAddress(address) }),
    ...(logo === null ? {} : { image: { id: logo, type: 'Image', caption: name } }),
  };
}

function openBadgeAddress(address: PostalAddress): NonNullable<OpenBadge['issuer']['address']> {
  const { country, region, locality, street, postalCode } = address;
  return {
    type: ['Address'],
    ...(country === undefined ? {} : { addressCountryCode: country }),
    ...(region === undefined ? {} : { addressRegion: region }),
    ...(locality === undefined ? {} : { addressLocality: locality }),
    ...(street === undefined ? {} : { streetAddress: street }),
    ...(postalCode === undefined ? {} : { postalCode }),
  };
}

function projectEvidence(project: DiplomaFacts['project']): Pick<OpenBadge, 'evidence'> {
  if (project === null || project.title.trim() === '') return {};
  const address = webAddress(project.url);
  return {
    evidence: [
      {
        ...(address === null ? {} : { id: address }),
        type: ['Evidence'],
        name: project.title,
        ...(project.grade ? { narrative: project.grade } : {}),
      },
    ],
  };
}

/** The LMS's address of the project as a URI; null when a reader could not open it. */
function webAddress(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
