import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import type { SignedOpenBadge } from '../../src/credential/open-badge.ts';
import { proofOf } from '../../src/credential/proofs.ts';
import { signCredential } from '../../src/credential/sign-credential.ts';
import { PUBLIC_URL } from '../credential/sample-facts.ts';
import { openMint } from '../support/mint.ts';
import { casesOf, type ExpectedCase, forgedList } from './credential-cases.ts';
import { OUTSIDE_VERIFIERS, verifierCore } from './outside-verifiers.ts';
import { publicDocuments } from './public-documents.ts';
import { factsOf, fewestChoices } from './specimen.ts';

/**
 * `npm run verify:credentials`: independent verifiers judge credentials over all templates and scripts: valid,
 * changed and revoked ones. Exit code 1 unless every verdict is right, or when a verifier is not installed. `--schema
 * FILE`: the JSON schema that credentials name, as published by 1EdTech; credentials are then validated against it
 * too.
 */
const { values } = parseArgs({ options: { schema: { type: 'string' } } });
const schema = values.schema === undefined ? undefined : await readFile(values.schema, 'utf8');
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const missing = (await Promise.all(OUTSIDE_VERIFIERS.map((verifier) => verifier.missing()))).filter(
  (line) => line !== null,
);
for (const line of missing) process.stderr.write(`${line}\n`);
if (missing.length > 0) process.exit(1);

const scratch = await mkdtemp(join(tmpdir(), 'gramota-verify-'));
let faults = 0;
try {
  const mint = await openMint(scratch, 1);
  await mint.printer.close();
  const documents = await publicDocuments(scratch, PUBLIC_URL, new Date());
  const signer = openKeyFolder(scratch);
  const cases: ExpectedCase[] = [];
  for (const [at, choice] of fewestChoices(mint.templates).entries()) {
    const { facts } = factsOf(choice, 1000 + at, mint.keys);
    const { credential } = facts;
    if (credential === null) throw new Error('a sample without a credential');
    const { index } = credential.status;
    // The samples have dates all over the year, but verifiers refuse credentials that are not valid yet.
    const begun = { ...facts, credential: { ...credential, validFrom: '2026-01-15T00:00:00+05:00' } };
    const own = await casesOf(await signCredential(begun, signer), index, documents);
    cases.push(...own);
    const [sound] = own;
    if (at === 0 && sound !== undefined)
      cases.push({
        ...sound,
        list: await forgedList(index, documents),
        what: 'a forged status list',
        expected: 'no status',
      });
  }
  for (const verifier of OUTSIDE_VERIFIERS) {
    const begun = performance.now();
    const verdicts = await verifier.judge(cases, documents, schema);
    const wrong = cases.flatMap(({ what, expected }, at) =>
      verdicts[at] === expected ? [] : [`  WRONG  ${what}: ${verdicts[at]} where ${expected} is true`],
    );
    for (const line of wrong) say(line);
    faults += wrong.length;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    say(`${verifier.name}: ${cases.length - wrong.length} of ${cases.length} judged rightly, ${seconds} s`);
  }
  if (schema === undefined) say('the shape was not judged: --schema FILE, with the schema that credentials name');
  else if (!(await noticesWrongShape())) faults += 1;

  /** Proves that the schema check can fail: it must refuse a signed credential whose achievement has no criteria. */
  async function noticesWrongShape(): Promise<boolean> {
    const [sound] = cases;
    const key = (await signer.keys()).find(({ purpose }) => purpose === 'credential');
    if (sound === undefined || key === undefined) return false;
    const { proof, ...badge } = JSON.parse(sound.json) as SignedOpenBadge;
    const { criteria: _criteria, ...achievement } = badge.credentialSubject.achievement;
    const odd = { ...badge, credentialSubject: { ...badge.credentialSubject, achievement } };
    const signed = await proofOf(odd, badge.issuer.id, key, proof[0].created);
    const json = JSON.stringify({ ...odd, proof: [signed] });
    const [verdict] = await verifierCore.judge([{ ...sound, json }], documents, schema);
    say(`the shape was judged; an achievement without criteria: ${verdict}`);
    return verdict === 'wrong shape';
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
process.exitCode = faults === 0 ? 0 : 1;
