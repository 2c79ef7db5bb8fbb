import { createPublicKey } from 'node:crypto';
import type { PublicKey, SigningKey } from '../ports/signer.ts';
import { loadContext } from './contexts.ts';

/** Loaded with the first proof: a server that is asked for no credential starts without it. */
let library: Promise<Awaited<ReturnType<typeof loadLibrary>>> | undefined;

async function loadLibrary() {
  const [{ DataIntegrityProof }, { cryptosuite }, { issue }, { canonizeByShape }] = await Promise.all([
    import('@digitalbazaar/data-integrity'),
    import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite'),
    import('@digitalbazaar/vc'),
    import('./canonize.ts'),
  ]);
  return { DataIntegrityProof, issue, suite: { ...cryptosuite, canonize: canonizeByShape } };
}

const multibases = new WeakMap<PublicKey, string>();

/** An Ed25519 public key as `z6Mk…` (Multikey). */
export async function multibaseOf(key: PublicKey): Promise<string> {
  const known = multibases.get(key);
  if (known !== undefined) return known;
  const jwk = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' }).export({
    format: 'jwk',
  });
  const Ed25519Multikey = await import('@digitalbazaar/ed25519-multikey');
  const { publicKeyMultibase } = await Ed25519Multikey.fromJwk({ jwk });
  multibases.set(key, publicKeyMultibase);
  return publicKeyMultibase;
}

/**
 * A verification method in the issuer's DID document. The fragment is the public key itself, so no server has to be
 * asked for it.
 */
export async function methodOf(issuerId: string, key: PublicKey): Promise<string> {
  return `${issuerId}#${await multibaseOf(key)}`;
}

/**
 * Proof of a credential (Data Integrity EdDSA Cryptosuites 1.0, eddsa-rdfc-2022). The same credential, key and time
 * give the same proof.
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
  library ??= loadLibrary();
  const { DataIntegrityProof, issue, suite: cryptosuite } = await library;
  const suite = new DataIntegrityProof({ signer, cryptosuite, date: created });
  // The library refuses credentials that expired before `now`; credentials are dated by their award.
  const signed = await issue({ credential: { ...credential }, suite, documentLoader: loadContext, now: created });
  return signed.proof;
}

/** Claims of a token that repeat parts of its credential. */
export interface TokenClaims {
  iss: string;
  jti: string;
  sub: string;
  /** Start of validity as RFC 3339 time. */
  validFrom: string;
  /** End of validity as RFC 3339 time. */
  validUntil?: string | undefined;
}

/**
 * Securing Verifiable Credentials using JOSE, as profiled by Open Badges 3.0: the payload is the whole credential,
 * the header has only `alg`, `kid` and `typ`, and `kid` is an address that returns the bare key.
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

/** Address that returns a key as a bare JWK. */
export function keyAddress(publicUrl: string, id: string): string {
  return `${publicUrl}/keys/${id}`;
}
