import type { Signer } from '../ports/signer.ts';
import { buildCredential, type CredentialedFacts } from './build-credential.ts';
import type { SignedOpenBadge } from './open-badge.ts';
import { proofOf, tokenOf } from './proofs.ts';

/** A credential in the two forms that are attached and served. */
export interface SignedCredential {
  /** JSON with an embedded eddsa-rdfc-2022 proof. */
  json: string;
  /** The credential as VC-JWT: a compact JWS signed with RS256. */
  jwt: string;
}

/**
 * Builds and signs both forms. The same facts and keys give the same text.
 * @throws KeyMissing
 */
export async function signCredential(facts: CredentialedFacts, signer: Signer): Promise<SignedCredential> {
  const { keys, publicUrl, sealedAt } = facts.credential;
  const credential = buildCredential(facts);
  const { id, issuer, credentialSubject, validFrom, validUntil } = credential;
  const claims = { iss: issuer.id, jti: id, sub: credentialSubject.id, validFrom, validUntil };
  const jwt = await tokenOf(credential, claims, await signer.key(keys.jwt), publicUrl);
  const proof = await proofOf(credential, issuer.id, await signer.key(keys.credential), sealedAt);
  // The Open Badges schema requires an array.
  const signed = { ...credential, proof: [proof] } as SignedOpenBadge;
  return { json: JSON.stringify(signed), jwt };
}
