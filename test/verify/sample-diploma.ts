import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PNG } from 'pngjs';
import { bakePng } from '../../src/credential/baked-png.ts';
import type { CredentialedFacts } from '../../src/credential/build-credential.ts';
import { AUTHORITY, openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { type SignedCredential, signCredential } from '../../src/credential/sign-credential.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { openTrust } from '../../src/diploma/pdf/trust.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { Kind } from '../../src/verify/file-kind.ts';
import { joinKeys, readTrustedKeys, type TrustedKeys } from '../../src/verify/trusted-keys.ts';
import { credentialedFacts, PUBLIC_URL } from '../credential/sample-facts.ts';
import { testKeysDir } from '../support/keys.ts';
import { type PublicDocuments, publicDocuments } from './public-documents.ts';

const DAY_MS = 86_400_000;
/** Writes a time in whole seconds, UTC. */
const instant = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** The credential of a fictional teacher, issued now, with everything needed to check it. */
export interface SampleCredential {
  files: Record<'json' | 'jwt' | 'png', Buffer>;
  credential: SignedCredential;
  /** Position of the credential in the status list. */
  index: number;
  documents: PublicDocuments;
  /** Key files as a verifier would receive them. */
  didText: string;
  authorityPem: string;
  sealPem: string;
  /** Keys from the issuer's did.json and the authority's certificate. */
  keys: TrustedKeys;
}

/** The same credential with the diploma to which it is attached. */
export interface SampleDiploma extends SampleCredential {
  files: Record<Kind, Buffer>;
}

/** A PNG of one pixel with a baked credential. */
export const baked = (credential: string): Buffer =>
  bakePng(PNG.sync.write(new PNG({ width: 1, height: 1 })), Buffer.from(credential));

/** Signed by the product with the test keys. */
export async function sampleCredential(): Promise<SampleCredential> {
  return sampleOf(await freshFacts());
}

/** Drawn, signed and sealed with the test keys by the code of the printer's threads, but in this thread. */
export async function sampleDiploma(): Promise<SampleDiploma> {
  const facts = await freshFacts();
  const template = (await loadTemplates(resolve('templates'))).find(({ id }) => id === facts.templateId);
  if (template === undefined) throw new Error(`there is no template ${facts.templateId}`);
  const trust = await openTrust(facts, openKeyFolder(await testKeysDir()));
  const pdf = await drawDiploma({ ...facts, templateHash: template.hash }, new PreparedTemplate(template), trust);
  const sample = await sampleOf(facts);
  return { ...sample, files: { ...sample.files, pdf } };
}

/** Valid since yesterday, because the certificate of the test seal starts then. */
async function freshFacts(): Promise<CredentialedFacts> {
  const now = Date.now();
  const facts = await credentialedFacts();
  return { ...facts, credential: { ...facts.credential, sealedAt: instant(now), validFrom: instant(now - DAY_MS) } };
}

async function sampleOf(facts: CredentialedFacts): Promise<SampleCredential> {
  const dir = await testKeysDir();
  const credential = await signCredential(facts, openKeyFolder(dir));
  const { json, jwt } = credential;
  const documents = await publicDocuments(dir, PUBLIC_URL, new Date());
  const didText = JSON.stringify(documents.did);
  const authorityPem = certificatesOf(await readFile(join(dir, `${AUTHORITY}.pem`), 'utf8'));
  return {
    files: { json: Buffer.from(json), jwt: Buffer.from(jwt), png: baked(json) },
    credential,
    index: facts.credential.status.index,
    documents,
    didText,
    authorityPem,
    sealPem: certificatesOf(await readFile(join(dir, 'seal-1.pem'), 'utf8')),
    keys: joinKeys([await readTrustedKeys('did.json', didText), await readTrustedKeys('authority.pem', authorityPem)]),
  };
}

const certificatesOf = (pem: string): string => pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----'));
