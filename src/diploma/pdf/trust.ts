import { type CredentialedFacts, hasCredential } from '../../credential/build-credential.ts';
import { signCredential } from '../../credential/sign-credential.ts';
import type { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { KeyMissing, type Signer } from '../../ports/signer.ts';
import type { SealKey } from './seal.ts';

/** The parts of a diploma that machines verify: its credential in both forms, and the key of its seal. */
export interface Trust {
  /** Open Badges 3.0 with an embedded proof, UTF-8. */
  json: Buffer;
  /** The same credential as VC-JWT, ASCII. */
  jwt: Buffer;
  seal: SealKey;
  /** Time of sealing; a fact of the award. */
  at: Date;
}

/**
 * Signs the credential of these facts; null when they have none.
 * @throws KeyMissing
 */
export async function openTrust(facts: DiplomaFacts, signer: Signer | null): Promise<Trust | null> {
  if (!hasCredential(facts)) return null;
  if (signer === null)
    throw new KeyMissing('this certificate has a credential, but no folder of signing keys was given');
  return sign(facts, signer);
}

async function sign(facts: CredentialedFacts, signer: Signer): Promise<Trust> {
  const { keys, sealedAt } = facts.credential;
  const seal = await signer.key(keys.seal);
  const { json, jwt } = await signCredential(facts, signer);
  return { json: Buffer.from(json), jwt: Buffer.from(jwt), seal, at: new Date(sealedAt) };
}
