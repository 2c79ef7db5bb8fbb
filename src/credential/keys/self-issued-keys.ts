import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPurpose } from '../../domain/certificate/credential-facts.ts';
import { InputError } from '../../domain/failure.ts';
import { purposeOf } from './key-file.ts';
import { AUTHORITY, addKeyFile, readKeyText } from './key-folder.ts';
import type { CertificateRequest, Organisation } from './x509-certificate.ts';

const generate = promisify(generateKeyPair);
const RSA_BITS = 2048;
const AUTHORITY_BITS = 3072;
const YEAR_MS = 365.25 * 86_400_000;
/** Host clocks differ, so a certificate is valid from one day before its creation. */
const LEEWAY_MS = 86_400_000;
const SEAL_YEARS = 10;
const AUTHORITY_YEARS = 20;

export interface SelfIssue {
  dir: string;
  organisation: Organisation;
  now: Date;
  random: (bytes: number) => Uint8Array;
}

/**
 * Creates a key unless it exists. For a seal, our own authority issues the certificate; the first seal creates the
 * authority. Safe to run in several processes at once: they end with the same key.
 * @returns whether this call created the key
 */
export async function makeKey(id: string, issue: SelfIssue): Promise<boolean> {
  const purpose = purposeOf(id);
  if (purpose === null) throw new InputError(`"${id}" is not a valid key name`);
  if ((await readKeyText(issue.dir, id)) !== null) return false;
  const key = await privateKey(purpose);
  const certificates = purpose === 'seal' ? await sealCertificates(key, issue) : [];
  return addKeyFile(issue.dir, id, [pemOf(key), ...certificates.map(certificatePem)].join(''));
}

async function privateKey(purpose: KeyPurpose): Promise<KeyObject> {
  if (purpose === 'credential') return (await generate('ed25519')).privateKey;
  return (await generate('rsa', { modulusLength: RSA_BITS })).privateKey;
}

async function sealCertificates(key: KeyObject, issue: SelfIssue): Promise<Uint8Array[]> {
  const authority = await ownAuthority(issue);
  const own = await issueCertificate({ kind: 'seal', key, issuer: authority, ...common(issue, SEAL_YEARS) });
  return [own, authority.certificate];
}

async function ownAuthority(issue: SelfIssue): Promise<{ key: KeyObject; certificate: Uint8Array }> {
  if ((await readKeyText(issue.dir, AUTHORITY)) === null) {
    const key = (await generate('rsa', { modulusLength: AUTHORITY_BITS })).privateKey;
    const certificate = await issueCertificate({
      kind: 'authority',
      key,
      issuer: null,
      ...common(issue, AUTHORITY_YEARS),
    });
    await addKeyFile(issue.dir, AUTHORITY, pemOf(key) + certificatePem(certificate));
  }
  const pem = (await readKeyText(issue.dir, AUTHORITY)) ?? '';
  const block = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/.exec(pem)?.[1];
  if (block === undefined)
    throw new InputError(
      `SIGNING_KEYS_DIR: ${AUTHORITY}.pem: contains no certificate; restore the file, or remove it to create a new authority`,
    );
  return { key: createPrivateKey(pem), certificate: Buffer.from(block, 'base64') };
}

function common({ organisation, now, random }: SelfIssue, years: number) {
  const seconds = Math.floor(now.getTime() / 1000) * 1000;
  return {
    organisation,
    serial: random(16),
    notBefore: new Date(seconds - LEEWAY_MS),
    notAfter: new Date(seconds + Math.round(years * YEAR_MS)),
  };
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function certificatePem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Its library is loaded only where a certificate is made. */
const issueCertificate = async (request: CertificateRequest): Promise<Uint8Array> =>
  (await import('./x509-certificate.ts')).issueCertificate(request);
