import { z } from 'zod';
import type { KEY_PURPOSES } from './key-purposes.ts';

export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** Reference to a key, frozen with a certificate; only exactly this key is accepted. */
export const KeyReference = z.object({
  /** Id of the key, for example "jwt-1"; also the last part of its public address. */
  id: z.string(),
  /** SHA-256 (hex) over the public key (DER) and, for a seal, its certificates. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
});
export type KeyReference = z.infer<typeof KeyReference>;

/** The keys of a certificate, one per purpose. */
export const KeyReferences = z.object({ credential: KeyReference, jwt: KeyReference, seal: KeyReference });
export type KeyReferences = z.infer<typeof KeyReferences>;

/** An issuer's postal address; every part is optional. */
export const PostalAddress = z.strictObject({
  /** Country as ISO 3166-1 alpha-2 code. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'expected an ISO 3166-1 alpha-2 code in upper case, such as KZ')
    .optional(),
  region: z.string().min(1).optional(),
  locality: z.string().min(1).optional(),
  street: z.string().min(1).optional(),
  postalCode: z.string().min(1).optional(),
});
export type PostalAddress = z.infer<typeof PostalAddress>;

/** Additional facts of credential and seal, frozen at award. */
export const CredentialFacts = z.object({
  /** Address of this version's credential: `{lookupUrl}/credential.json?version=N`. */
  id: z.string(),
  /** `PUBLIC_URL` at award, without a trailing slash; keys, status lists and achievements are below it. */
  publicUrl: z.string(),
  issuer: z.object({
    /** did:web identifier of `publicUrl`. */
    id: z.string(),
    address: PostalAddress.nullable(),
    logo: z.string().nullable(),
  }),
  /** `urn:uuid:…`, new for every version; it identifies no person. */
  subjectId: z.string(),
  /** Salted hash of the recipient's address, never the address; `hash` is `sha256$` and hexadecimal digits. */
  email: z.object({ salt: z.string(), hash: z.string() }),
  achievement: z.object({ id: z.string(), narrative: z.string() }),
  /** Randomly chosen position in a status list. */
  status: z.object({ list: z.int().positive(), index: z.int().nonnegative() }),
  keys: KeyReferences,
  /** Time of proof and seal, UTC, whole seconds. */
  sealedAt: z.iso.datetime(),
  /** Start of the issue date in the release's zone. */
  validFrom: z.iso.datetime({ offset: true }),
});
export type CredentialFacts = z.infer<typeof CredentialFacts>;
