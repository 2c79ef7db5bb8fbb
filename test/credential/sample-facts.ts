import { createHash } from 'node:crypto';
import type { CredentialedFacts } from '../../src/credential/build-credential.ts';
import { freezeCredential } from '../../src/credential/freeze.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { testKeyReferences } from '../support/keys.ts';

export const PUBLIC_URL = 'https://gramota.example';
export const EMAIL = 'assel@pupils.example';
const CODE = 'EG5N8PYDQBWY8S1JN29G5Q0WW';

/** Pseudo-random bytes that are the same in every run. */
export function steadyBytes(seed: string): (bytes: number) => Uint8Array {
  return (bytes) => createHash('sha512').update(seed).digest().subarray(0, bytes);
}

/** Facts of an invented teacher whose credential the test keys sign. */
export async function credentialedFacts(changes: Partial<DiplomaFacts> = {}): Promise<CredentialedFacts> {
  const facts = {
    certificateId: '00000000-0000-4000-8000-000000000001',
    version: 1,
    number: 'INT-26-000042',
    code: CODE,
    lookupUrl: `${PUBLIC_URL}/c/${CODE}`,
    holderName: 'Әсел Нұрмұхамедова',
    latinName: 'Assel Nurmukhamedova',
    language: 'kk',
    courseTitle: 'Цифрлық педагогика: мұғалім құралдары',
    hoursTotal: 72,
    programme: [
      { title: 'Сабақты цифрлық құралдармен жоспарлау', hours: 40 },
      { title: 'Алгоритмдік ойлау', hours: 32 },
    ],
    project: { title: 'Ауа райын зерттеу: кестеден графикке', url: 'https://work.example/42', grade: 'үздік' },
    issueDate: '2026-11-20',
    signatory: { name: 'Вера Образцова', position: 'Бағдарлама директоры' },
    issuer: { name: 'Үлгі мектебі', url: 'https://school.example' },
    country: 'KZ',
    templateId: 'teacher-kk',
    templateHash: 'a'.repeat(64),
    validUntil: null,
    ...changes,
  };
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
  return { ...facts, credential, ...(changes.credential ? { credential: changes.credential } : {}) };
}
