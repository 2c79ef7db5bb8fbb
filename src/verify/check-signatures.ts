import { createPublicKey } from 'node:crypto';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { verifyCredential } from '@digitalbazaar/vc';
import { compactVerify } from 'jose';
import { loadContext } from '../credential/contexts.ts';
import { type CheckSubject, type Finding, fails, holds, unproven } from './findings.ts';
import type { TrustedKeys } from './trusted-keys.ts';

/** The parts of a credential with embedded proof that the check needs. */
export interface Proven {
  issuerId: string;
  verificationMethod: string;
  validFrom: string;
  /** The whole credential, proof included. */
  document: object;
}

const MEND = (issuerId: string) => `give --keys (the did.json of ${issuerId})`;

/**
 * Checks an embedded proof (Data Integrity EdDSA Cryptosuites 1.0, eddsa-rdfc-2022) with contexts from installed
 * packages. The proof contains its public key, so validity can always be checked; `keys` decide whether the key
 * belongs to the issuer.
 */
export async function checkProof(subject: CheckSubject, proven: Proven, keys: TrustedKeys): Promise<Finding> {
  const { issuerId, verificationMethod } = proven;
  const [controller, multibase = '', ...more] = verificationMethod.split('#');
  if (controller !== issuerId || more.length > 0)
    return fails(subject, 'the proof names a key that does not belong to the issuer');
  if (!(await isGenuine(proven, multibase)))
    return fails(subject, 'the proof is invalid: something was changed after signing');
  const known = keys.proofs.some((key) => key.multibase === multibase && speaksFor(key, issuerId));
  if (known) return holds(subject, `proof eddsa-rdfc-2022 by the issuer’s key ${multibase}`);
  const unchanged = `unchanged since it was signed by the key ${multibase}`;
  return unproven(
    subject,
    keys.proofs.length === 0
      ? `signature unverified: ${unchanged}, but nothing says whose that is: ${MEND(issuerId)}`
      : `signature unverified: ${unchanged}, which is not among the issuer’s keys that were given: ${MEND(issuerId)}`,
  );
}

const speaksFor = ({ controller }: { controller: string | null }, issuerId: string): boolean =>
  controller === null || controller === issuerId;

async function isGenuine(proven: Proven, publicKeyMultibase: string): Promise<boolean> {
  const { issuerId, verificationMethod: id, validFrom } = proven;
  const documents = new Map<string, object>([
    [
      id,
      {
        '@context': 'https://w3id.org/security/multikey/v1',
        id,
        type: 'Multikey',
        controller: issuerId,
        publicKeyMultibase,
      },
    ],
    [issuerId, { '@context': 'https://www.w3.org/ns/did/v1', id: issuerId, assertionMethod: [id] }],
  ]);
  const documentLoader = async (url: string) => {
    const document = documents.get(url);
    return document === undefined ? loadContext(url) : { contextUrl: null, documentUrl: url, document };
  };
  // Validity period and status are separate findings.
  const { verified } = await verifyCredential({
    credential: structuredClone(proven.document),
    suite: new DataIntegrityProof({ cryptosuite }),
    documentLoader,
    checkStatus: async () => ({ verified: true }),
    now: validFrom,
  });
  return verified;
}

/** Checks the signature of a token. Only RS256 is accepted, whatever the header says. */
export async function checkToken(
  subject: CheckSubject,
  { jwt, algorithm, issuerId }: { jwt: string; algorithm: string; issuerId: string },
  keys: TrustedKeys,
): Promise<Finding> {
  if (algorithm !== 'RS256') return fails(subject, `signed with "${algorithm.slice(0, 20)}"; only RS256 is accepted`);
  const candidates = keys.tokens.filter((key) => speaksFor(key, issuerId));
  for (const { jwk } of candidates) {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const genuine = await compactVerify(jwt, key, { algorithms: ['RS256'] }).catch(() => null);
    if (genuine !== null) return holds(subject, 'signed with RS256 by a key of the issuer');
  }
  if (candidates.length === 0) return unproven(subject, `signature unverified: ${MEND(issuerId)}`);
  return fails(
    subject,
    'the signature does not match any key of the issuer: the credential was changed, or somebody else signed it',
  );
}
