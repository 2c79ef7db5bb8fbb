import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import type { KeyPurpose } from '../../domain/certificate/credential-facts.ts';
import { KEY_PURPOSES } from '../../domain/certificate/key-purposes.ts';
import { InputError } from '../../domain/failure.ts';
import type { SigningKey } from '../../ports/signer.ts';

/** Verifiers of Open Badges and of seals refuse smaller RSA keys. */
const LEAST_RSA_BITS = 2048;

/** Key id: its purpose, a hyphen, and a short suffix. */
const KEY_ID = new RegExp(`^(?<purpose>${KEY_PURPOSES.join('|')})-[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`);

/** The purpose in a key id, or null when it is not a key id. */
export function purposeOf(id: string): KeyPurpose | null {
  return KEY_PURPOSES.find((purpose) => purpose === KEY_ID.exec(id)?.groups?.['purpose']) ?? null;
}

/** SHA-256 (hex) over a public key and its certificates, each in DER. */
export function fingerprintOf(publicKey: Uint8Array, certificates: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of [publicKey, ...certificates]) hash.update(createHash('sha256').update(part).digest());
  return hash.digest('hex');
}

/**
 * Reads a key file: a private key in PEM (PKCS #8, or PKCS #1 for RSA); for a seal, its certificates follow.
 * @param id the file's name without `.pem`
 * @throws InputError with the fault and advice; the message never contains key material
 */
export function readKeyFile(id: string, pem: string): SigningKey {
  const refuse = (what: string): never => {
    throw new InputError(`SIGNING_KEYS_DIR: ${id}.pem: ${what}`);
  };
  const purpose =
    purposeOf(id) ??
    refuse(`is not a valid key name; name the key ${KEY_PURPOSES.join('-…, ')}-… in small letters and digits`);
  const key =
    privateKeyIn(pem) ?? refuse('contains no readable private key; store the key in PEM format without a password');
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const certificates = purpose === 'seal' ? (chainIn(pem, key, refuse) ?? []) : [];
  if (purpose === 'credential') {
    if (key.asymmetricKeyType !== 'ed25519') refuse('must be an Ed25519 key');
  } else if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_RSA_BITS) {
    refuse(`must be an RSA key of ${LEAST_RSA_BITS} bits or more: the same diploma must always give the same bytes`);
  }
  const digest = purpose === 'credential' ? null : 'sha256';
  return {
    id,
    purpose,
    algorithm: purpose === 'credential' ? 'Ed25519' : 'RS256',
    publicKey,
    certificates,
    fingerprint: fingerprintOf(publicKey, certificates),
    sign: async (data) => sign(digest, data, key),
  };
}

function privateKeyIn(pem: string): KeyObject | null {
  const block = /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:RSA )?PRIVATE KEY-----/.exec(pem)?.[0];
  try {
    return block === undefined ? null : createPrivateKey(block);
  } catch {
    return null;
  }
}

/** The certificate chain of a seal in file order: its own first, then each issuer. */
function chainIn(pem: string, key: KeyObject, refuse: (what: string) => never): Uint8Array[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const chain = blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      return refuse('contains a certificate that cannot be read');
    }
  });
  const [own] = chain;
  if (own === undefined)
    return refuse('contains no certificate; append the certificates of the seal, the certificate of this key first');
  if (!own.checkPrivateKey(key)) refuse('its first certificate belongs to a different key');
  chain.forEach((certificate, index) => {
    const issuer = chain[index + 1];
    if (issuer !== undefined && !(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)))
      refuse(
        `certificate ${index + 1} was not issued by the certificate after it; start with the seal’s own certificate, then its issuer`,
      );
  });
  return chain.map((certificate) => certificate.raw);
}
