import { createPublicKey } from 'node:crypto';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { issue } from '@digitalbazaar/vc';
import type { Signer, SigningKey } from '../ports/signer.ts';
import { buildCredential, type CredentialedFacts } from './build-credential.ts';
import { canonizeByShape } from './canonize.ts';
import { loadContext } from './contexts.ts';
import type { OpenBadge, SignedOpenBadge } from './open-badge.ts';

/** The credential in the two forms that verifiers take, as they are attached and served. */
export interface SignedCredential {
  /** JSON with an embedded proof, eddsa-rdfc-2022. */
  json: string;
  /** JWS in compact form, RS256 (VC-JWT). */
  jwt: string;
}

/** Builds and signs both forms. Same facts and keys, same text. @throws KeyMissing */
export async function signCredential(facts: CredentialedFacts, signer: Signer): Promise<SignedCredential> {
  const { keys, publicUrl, sealedAt } = facts.credential;
  const credential = buildCredential(facts);
  const jwt = await asToken(credential, await signer.key(keys.jwt), publicUrl);
  const json = JSON.stringify(await withProof(credential, await signer.key(keys.credential), sealedAt));
  return { json, jwt };
}

const FAST_SUITE = { ...cryptosuite, canonize: canonizeByShape };

const multibases = new WeakMap<SigningKey, string>();

/** An Ed25519 public key as `z6Mk…` (Multikey). */
export async function multibaseOf(key: SigningKey): Promise<string> {
  const known = multibases.get(key);
  if (known !== undefined) return known;
  const jwk = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' }).export({
    format: 'jwk',
  });
  const { publicKeyMultibase } = await Ed25519Multikey.fromJwk({ jwk });
  multibases.set(key, publicKeyMultibase);
  return publicKeyMultibase;
}

/** Data Integrity EdDSA Cryptosuites 1.0, eddsa-rdfc-2022; `sealedAt` is the proof's `created`. */
async function withProof(credential: OpenBadge, key: SigningKey, sealedAt: string): Promise<SignedOpenBadge> {
  const signer = {
    // The fragment is the key itself: it can be checked without asking the issuer's server.
    id: `${credential.issuer.id}#${await multibaseOf(key)}`,
    algorithm: 'Ed25519',
    sign: ({ data }: { data: Uint8Array }) => key.sign(data),
  };
  const suite = new DataIntegrityProof({ signer, cryptosuite: FAST_SUITE, date: sealedAt });
  // `now` only serves to refuse credentials that expired before they were signed: they are sealed as of their award.
  const signed = await issue({ credential: { ...credential }, suite, documentLoader: loadContext, now: sealedAt });
  return { ...credential, proof: [signed.proof] } as SignedOpenBadge;
}

/**
 * Securing Verifiable Credentials using JOSE as Open Badges 3.0 profiles it: the whole credential is the payload, the
 * header holds `alg`, `kid` and `typ` alone, and `kid` is an address that answers the bare key.
 */
async function asToken(credential: OpenBadge, key: SigningKey, publicUrl: string): Promise<string> {
  const header = { alg: 'RS256', kid: `${publicUrl}/keys/${key.id}`, typ: 'JWT' };
  const seconds = (instant: string) => Math.floor(Date.parse(instant) / 1000);
  const payload = {
    ...credential,
    iss: credential.issuer.id,
    jti: credential.id,
    sub: credential.credentialSubject.id,
    nbf: seconds(credential.validFrom),
    ...(credential.validUntil === undefined ? {} : { exp: seconds(credential.validUntil) }),
  };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode(header)}.${encode(payload)}`;
  const signature = await key.sign(Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}
