import { text } from 'node:stream/consumers';
import { DataIntegrityProof } from '@digitalcredentials/data-integrity';
import { cryptosuite } from '@digitalcredentials/eddsa-rdfc-2022-cryptosuite';
import { verifyCredential } from '@digitalcredentials/vc';
import type { SignedOpenBadge } from '../../src/credential/open-badge.ts';
import { isSet, type ProgramTask, type Verdict } from './outside-verifiers.ts';

/**
 * Judges credentials with the library of the Learner Credential Wallet. It needs a process of its own, because its
 * JSON-LD processor caches contexts for the life of the process. Standard input: a {@link ProgramTask}; output:
 * verdicts.
 */
const { contexts, did, cases } = JSON.parse(await text(process.stdin)) as ProgramTask;
const methods = did.verificationMethod.map((method): [string, object] => [
  method.id,
  { '@context': did['@context'], ...method },
]);
const documents = new Map<string, unknown>([...Object.entries(contexts), [did.id, did], ...methods]);
const suite = new DataIntegrityProof({ cryptosuite });

async function documentLoader(url: string): Promise<{ contextUrl: null; documentUrl: string; document: unknown }> {
  if (!documents.has(url)) throw new Error(`${url} is not here`);
  return { contextUrl: null, documentUrl: url, document: documents.get(url) };
}

async function isGenuine(credential: object): Promise<boolean> {
  // The library does not support status lists of version 2, so the list is checked below.
  const checkStatus = async () => ({ verified: true });
  return (await verifyCredential({ credential, suite, documentLoader, checkStatus })).verified;
}

async function judge(credential: SignedOpenBadge, list: { credentialSubject: { encodedList: string } }) {
  if (!(await isGenuine(credential))) return 'tampered';
  if (!(await isGenuine(list))) return 'no status';
  const { statusListIndex } = credential.credentialStatus;
  return isSet(list.credentialSubject.encodedList, Number(statusListIndex)) ? 'revoked' : 'valid';
}

const verdicts: Verdict[] = [];
for (const { credential, list } of cases) verdicts.push(await judge(credential, list));
process.stdout.write(JSON.stringify(verdicts));
