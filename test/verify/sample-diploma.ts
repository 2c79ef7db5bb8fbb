import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PNG } from 'pngjs';
import { bakePng } from '../../src/credential/baked-png.ts';
import type { CredentialedFacts } from '../../src/credential/build-credential.ts';
import { AUTHORITY, openKeyFolder } from '../../src/credential/key-folder.ts';
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
/** Whole seconds, UTC. */
const instant = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** A fictional teacher's credential as it would be issued at this moment, with everything that lets it be checked. */
export interface SampleCredential {
  files: Record<'json' | 'jwt' | 'png', Buffer>;
  credential: SignedCredential;
  /** Place in the status list. */
  index: number;
  documents: PublicDocuments;
  /** Files of keys, as somebody would be given them. */
  didText: string;
  authorityPem: string;
  sealPem: string;
  /** What the issuer's did.json and its authority's certificate say. */
  keys: TrustedKeys;
}

/** The same with the diploma that it is attached to. */
export interface SampleDiploma extends SampleCredential {
  files: Record<Kind, Buffer>;
}

/** A picture of one pixel with a credential in it. */
export const baked = (credential: string): Buffer =>
  bakePng(PNG.sync.write(new PNG({ width: 1, height: 1 })), Buffer.from(credential));

/** Signed by the product with the test keys. */
export async function sampleCredential(): Promise<SampleCredential> {
  return sampleOf(await freshFacts());
}

/** Drawn, signed and sealed by the product with the test keys; by what its printer's threads do, without the thread. */
export async function sampleDiploma(): Promise<SampleDiploma> {
  const facts = await freshFacts();
  const template = (await loadTemplates(resolve('templates'))).find(({ id }) => id === facts.templateId);
  if (template === undefined) throw new Error(`there is no template ${facts.templateId}`);
  const trust = await openTrust(facts, openKeyFolder(await testKeysDir()));
  const pdf = await drawDiploma({ ...facts, templateHash: template.hash }, new PreparedTemplate(template), trust);
  const sample = await sampleOf(facts);
  return { ...sample, files: { ...sample.files, pdf } };
}

/** In force since yesterday: the certificate of the test keys' seal may be no older. */
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
