import { createPublicKey } from 'node:crypto';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { issue } from '@digitalbazaar/vc';
import type { PublicKey, SigningKey } from '../ports/signer.ts';
import { canonizeByShape } from './canonize.ts';
import { loadContext } from './contexts.ts';

const FAST_SUITE = { ...cryptosuite, canonize: canonizeByShape };

const multibases = new WeakMap<PublicKey, string>();

/** An Ed25519 public key as `z6Mk…` (Multikey). */
export async function multibaseOf(key: PublicKey): Promise<string> {
  const known = multibases.get(key);
  if (known !== undefined) return known;
  const jwk = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' }).export({
    format: 'jwk',
  });
  const { publicKeyMultibase } = await Ed25519Multikey.fromJwk({ jwk });
  multibases.set(key, publicKeyMultibase);
  return publicKeyMultibase;
}

/** A key in the document of its issuer's identifier. The fragment is the key itself: no server has to be asked for it. */
export async function methodOf(issuerId: string, key: PublicKey): Promise<string> {
  return `${issuerId}#${await multibaseOf(key)}`;
}

/**
 * The proof of a credential (Data Integrity EdDSA Cryptosuites 1.0, eddsa-rdfc-2022). Same credential, key and time, same
 * proof.
 * @param created RFC 3339
 */
export async function proofOf(
  credential: object,
  issuerId: string,
  key: SigningKey,
  created: string,
): Promise<unknown> {
  const signer = {
    id: await methodOf(issuerId, key),
    algorithm: 'Ed25519',
    sign: ({ data }: { data: Uint8Array }) => key.sign(data),
  };
  const suite = new DataIntegrityProof({ signer, cryptosuite: FAST_SUITE, date: created });
  // `now` only serves to refuse credentials that expired before they were signed: they are sealed as of their award.
  const signed = await issue({ credential: { ...credential }, suite, documentLoader: loadContext, now: created });
  return signed.proof;
}

/** What a token repeats of its credential under the names that tokens have for it. */
export interface TokenClaims {
  iss: string;
  jti: string;
  sub: string;
  /** RFC 3339. */
  validFrom: string;
  /** RFC 3339. */
  validUntil?: string | undefined;
}

/**
 * Securing Verifiable Credentials using JOSE as Open Badges 3.0 profiles it: the whole credential is the payload, the
 * header holds `alg`, `kid` and `typ` alone, and `kid` is an address that answers the bare key.
 */
export async function tokenOf(
  credential: object,
  { iss, jti, sub, validFrom, validUntil }: TokenClaims,
  key: SigningKey,
  publicUrl: string,
): Promise<string> {
  const header = { alg: 'RS256', kid: keyAddress(publicUrl, key.id), typ: 'JWT' };
  const seconds = (instant: string) => Math.floor(Date.parse(instant) / 1000);
  const expires = validUntil === undefined ? {} : { exp: seconds(validUntil) };
  const payload = { ...credential, iss, jti, sub, nbf: seconds(validFrom), ...expires };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode(header)}.${encode(payload)}`;
  const signature = await key.sign(Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

/** Where a key is answered as a bare JWK. */
export function keyAddress(publicUrl: string, id: string): string {
  return `${publicUrl}/keys/${id}`;
}
