import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { signCredential } from '../../src/credential/sign-credential.ts';
import { credentialedFacts, PUBLIC_URL } from '../credential/sample-facts.ts';
import { testKeysDir } from '../support/keys.ts';
import { casesOf, type ExpectedCase, forgedList } from './credential-cases.ts';
import { OUTSIDE_VERIFIERS } from './outside-verifiers.ts';
import { type PublicDocuments, publicDocuments } from './public-documents.ts';

let documents: PublicDocuments;
let cases: ExpectedCase[];

before(async () => {
  const dir = await testKeysDir();
  documents = await publicDocuments(dir, PUBLIC_URL, new Date());
  const facts = await credentialedFacts();
  const { index } = facts.credential.status;
  const begun = { ...facts, credential: { ...facts.credential, validFrom: '2026-01-15T00:00:00+05:00' } };
  cases = await casesOf(await signCredential(begun, openKeyFolder(dir)), index, documents);
  const [sound] = cases;
  assert.ok(sound !== undefined);
  cases.push({ ...sound, list: await forgedList(index, documents), what: 'a forged list', expected: 'no status' });
});

describe('credentials in independent verifiers', async () => {
  for (const verifier of OUTSIDE_VERIFIERS) {
    const skip = (await verifier.missing()) ?? false;
    it(`are accepted by ${verifier.name} when valid, and refused when changed or revoked`, { skip }, async () => {
      const verdicts = await verifier.judge(cases, documents);
      const told = cases.map(({ what }, at) => `${what}: ${verdicts[at]}`);
      assert.deepEqual(
        told,
        cases.map(({ what, expected }) => `${what}: ${expected}`),
      );
    });
  }
});
