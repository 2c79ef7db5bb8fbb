import { z } from 'zod';
import { CONTEXTS } from './contexts.ts';

const Uri = z.url({ protocol: /^(https?|did|urn)$/ });
const HttpUrl = z.url({ protocol: /^https?$/ });
const Text = z.string().min(1);
/** The UTC offset is required, because verifiers compare times. */
const Instant = z.iso.datetime({ offset: true });

const Address = z.strictObject({
  type: z.tuple([z.literal('Address')]),
  addressCountryCode: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  addressRegion: Text.optional(),
  addressLocality: Text.optional(),
  streetAddress: Text.optional(),
  postalCode: Text.optional(),
});

const Image = z.strictObject({ id: HttpUrl, type: z.literal('Image'), caption: Text.optional() });

const Profile = z.strictObject({
  id: Uri,
  type: z.tuple([z.literal('Profile')]),
  name: Text,
  url: HttpUrl,
  address: Address.optional(),
  image: Image.optional(),
});

const IdentityObject = z.strictObject({
  type: z.literal('IdentityObject'),
  hashed: z.boolean(),
  identityType: z.enum(['emailAddress', 'name']),
  identityHash: Text,
  salt: Text.optional(),
});

const Achievement = z.strictObject({
  id: HttpUrl,
  type: z.tuple([z.literal('Achievement')]),
  achievementType: z.literal('CertificateOfCompletion'),
  name: Text,
  description: Text,
  criteria: z.strictObject({ narrative: Text }),
});

const Subject = z.strictObject({
  id: z.string().startsWith('urn:uuid:'),
  type: z.tuple([z.literal('AchievementSubject')]),
  identifier: z.array(IdentityObject).min(1),
  licenseNumber: Text,
  achievement: Achievement,
});

const Evidence = z.strictObject({
  id: HttpUrl.optional(),
  type: z.tuple([z.literal('Evidence')]),
  name: Text,
  narrative: Text.optional(),
});

const Status = z.strictObject({
  id: HttpUrl,
  type: z.literal('BitstringStatusListEntry'),
  statusPurpose: z.literal('revocation'),
  statusListIndex: z.string().regex(/^\d+$/),
  statusListCredential: HttpUrl,
});

const Schema = z.strictObject({ id: HttpUrl, type: z.literal('1EdTechJsonSchemaValidator2019') });

const Proof = z.strictObject({
  type: z.literal('DataIntegrityProof'),
  created: z.iso.datetime(),
  verificationMethod: z.string().startsWith('did:web:'),
  cryptosuite: z.literal('eddsa-rdfc-2022'),
  proofPurpose: z.literal('assertionMethod'),
  proofValue: z.string().startsWith('z'),
});

/**
 * The subset of Open Badges 3.0 (AchievementCredential) on Verifiable Credentials 2.0 that is issued here; everything
 * that matches it also matches the official schemas. It has no terms outside the contexts, and no `awardedDate` or
 * `inLanguage`: 1EdTech added both to the published context in place in 2024, so a verifier with the earlier text
 * drops them and finds the signature invalid.
 */
export const OpenBadge = z.strictObject({
  '@context': z.tuple([z.literal(CONTEXTS[0]), z.literal(CONTEXTS[1]), z.literal(CONTEXTS[2])]),
  id: HttpUrl,
  type: z.tuple([z.literal('VerifiableCredential'), z.literal('OpenBadgeCredential')]),
  name: Text,
  issuer: Profile,
  validFrom: Instant,
  validUntil: Instant.optional(),
  credentialSubject: Subject,
  evidence: z.tuple([Evidence]).optional(),
  credentialStatus: Status,
  credentialSchema: z.tuple([Schema]),
});
export type OpenBadge = z.infer<typeof OpenBadge>;

/** The same with its embedded proof; the Open Badges schema requires an array. */
export const SignedOpenBadge = OpenBadge.extend({ proof: z.tuple([Proof]) });
export type SignedOpenBadge = z.infer<typeof SignedOpenBadge>;
