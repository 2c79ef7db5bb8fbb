import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { PublicKey } from '../ports/signer.ts';
import { keyAddress, methodOf } from './proofs.ts';

const CONTEXTS = [
  'https://www.w3.org/ns/did/v1',
  'https://w3id.org/security/multikey/v1',
  'https://w3id.org/security/jwk/v1',
] as const;

interface VerificationMethod {
  id: string;
  type: 'Multikey' | 'JsonWebKey';
  controller: string;
  publicKeyMultibase?: string;
  publicKeyJwk?: JsonWebKey;
}

export interface DidDocument {
  '@context': readonly string[];
  id: string;
  verificationMethod: VerificationMethod[];
  assertionMethod: string[];
}

/**
 * The DID document of an issuer's did:web identifier (DID Core 1.0). It lists every key that ever signed a
 * credential, also retired ones, because their signatures remain valid. Seal keys are omitted, because certificates
 * vouch for them.
 * @param keys oldest first
 */
export async function didDocument(did: string, keys: readonly PublicKey[]): Promise<DidDocument> {
  const methods = keys.filter(({ purpose }) => purpose !== 'seal').map((key) => methodFor(did, key));
  const verificationMethod = await Promise.all(methods);
  return { '@context': CONTEXTS, id: did, verificationMethod, assertionMethod: verificationMethod.map(({ id }) => id) };
}

async function methodFor(did: string, key: PublicKey): Promise<VerificationMethod> {
  if (key.algorithm === 'Ed25519') {
    const id = await methodOf(did, key);
    return { id, type: 'Multikey', controller: did, publicKeyMultibase: id.slice(did.length + 1) };
  }
  return { id: `${did}#${key.id}`, type: 'JsonWebKey', controller: did, publicKeyJwk: bareJwk(key) };
}

/**
 * A public key as JWK (RFC 7517), as tokens refer to it in `kid`; a seal key comes with its certificates (`x5c`,
 * base64).
 * @param publicUrl without a trailing slash
 */
export function publicJwk(key: PublicKey, publicUrl: string): JsonWebKey {
  const x5c = key.certificates.map((certificate) => Buffer.from(certificate).toString('base64'));
  return { ...bareJwk(key), kid: keyAddress(publicUrl, key.id), use: 'sig', ...(x5c.length === 0 ? {} : { x5c }) };
}

function bareJwk({ publicKey, algorithm }: PublicKey): JsonWebKey {
  const jwk = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }).export({ format: 'jwk' });
  // RFC 8037 calls the Ed25519 algorithm "EdDSA".
  return { ...jwk, alg: algorithm === 'RS256' ? 'RS256' : 'EdDSA' };
}
