import type { KeyPurpose, KeyReference } from '../domain/certificate/credential-facts.ts';

/** Ed25519 (RFC 8032) for credentials; RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017) for tokens and seals. */
export type KeyAlgorithm = 'Ed25519' | 'RS256';

/** What may be known of a key by anybody. */
export interface PublicKey {
  /** Begins with its purpose, for instance "seal-1"; never given to another key. */
  id: string;
  purpose: KeyPurpose;
  algorithm: KeyAlgorithm;
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Uint8Array;
  /** Of a seal: its X.509 certificates in DER, its own first, then each one's issuer. Empty for other purposes. */
  certificates: Uint8Array[];
  /** See `KeyReference`. */
  fingerprint: string;
}

/**
 * A key that signs without being seen: a file, a hardware module or a key service alike. Signing must be deterministic,
 * so that the same facts give the same bytes.
 */
export interface SigningKey extends PublicKey {
  /** Signs the data themselves, not their digest. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/**
 * There is no key that may sign: this host does not hold the very one that a certificate was frozen with, or none is in use
 * that new certificates could be frozen with. The message tells how to mend it.
 */
export class KeyMissing extends Error {
  override readonly name = 'KeyMissing';
}

/** The keys of this host. */
export interface Signer {
  /** Every key that is there. @throws InputError naming file and mend for one that cannot be used */
  keys(): Promise<SigningKey[]>;
  /** The very key of a certificate. @throws KeyMissing */
  key(wanted: KeyReference): Promise<SigningKey>;
}
