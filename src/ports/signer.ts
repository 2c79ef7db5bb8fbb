import type { KeyPurpose, KeyReference } from '../domain/certificate/credential-facts.ts';

/** Ed25519 (RFC 8032) for credentials; RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017) for tokens and seals. */
export type KeyAlgorithm = 'Ed25519' | 'RS256';

/** The public properties of a key. */
export interface PublicKey {
  /** Starts with the purpose, for example "seal-1"; an id is never reused for another key. */
  id: string;
  purpose: KeyPurpose;
  algorithm: KeyAlgorithm;
  /** Public key as SubjectPublicKeyInfo in DER. */
  publicKey: Uint8Array;
  /** For a seal: X.509 certificates in DER, its own first, then each issuer. Empty for other purposes. */
  certificates: Uint8Array[];
  /** Fingerprint of the key; see `KeyReference`. */
  fingerprint: string;
}

/**
 * A key that signs without being exposed: from a file, a hardware module or a key service. Signing must be
 * deterministic, so that the same facts give the same bytes.
 */
export interface SigningKey extends PublicKey {
  /** Signs the data, not their digest. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/**
 * No usable signing key: this host lacks the key that a certificate was frozen with, or has no current key for new
 * certificates. The message says how to correct it.
 */
export class KeyMissing extends Error {
  override readonly name = 'KeyMissing';
}

/** The keys of this host. */
export interface Signer {
  /**
   * All keys.
   * @throws InputError for an unusable key file, with its name and advice
   */
  keys(): Promise<SigningKey[]>;
  /**
   * The frozen key of a certificate.
   * @throws KeyMissing
   */
  key(wanted: KeyReference): Promise<SigningKey>;
}
