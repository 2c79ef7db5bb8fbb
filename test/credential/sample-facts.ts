import { createHash } from 'node:crypto';
import type { CredentialedFacts } from '../../src/credential/build-credential.ts';
import { freezeCredential } from '../../src/credential/freeze.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { diplomaFacts } from '../support/diploma-facts.ts';
import { testKeyReferences } from '../support/keys.ts';

export const PUBLIC_URL = 'https://gramota.example';
export const EMAIL = 'assel@pupils.example';

/** Pseudo-random bytes that are the same in every run. */
export function steadyBytes(seed: string): (bytes: number) => Uint8Array {
  return (bytes) => createHash('sha512').update(seed).digest().subarray(0, bytes);
}

/** Facts of an invented teacher whose credential the test keys sign. */
export async function credentialedFacts(changes: Partial<DiplomaFacts> = {}): Promise<CredentialedFacts> {
  const facts = diplomaFacts(changes);
  const credential = freezeCredential({
    facts,
    publicUrl: PUBLIC_URL,
    issuer: {
      address: { country: 'KZ', locality: 'Алматы', street: 'Үлгі көшесі 1', postalCode: '050000' },
      logo: 'https://school.example/logo.png',
    },
    email: EMAIL,
    programmeId: 'cis-teachers',
    releaseId: 'rel_2026a',
    timezone: 'Europe/Moscow',
    status: { list: 1, index: 4711 },
    keys: await testKeyReferences(),
    at: new Date('2026-11-21T08:30:15.250Z'),
    newId: () => '2f1c4b0e-6b3a-4a55-9f37-9a3c3c1d9d10',
    random: steadyBytes('salt'),
  });
  return { ...facts, credential: changes.credential ?? credential };
}
