import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyFolder } from '../../src/credential/key-folder.ts';
import { signCredential } from '../../src/credential/sign-credential.ts';
import { PUBLIC_URL } from '../credential/sample-facts.ts';
import { openMint } from '../support/mint.ts';
import { casesOf, type ExpectedCase, forgedList } from './credential-cases.ts';
import { OUTSIDE_VERIFIERS } from './outside-verifiers.ts';
import { publicDocuments } from './public-documents.ts';
import { factsOf, fewestChoices } from './specimen.ts';

/**
 * `npm run verify:credentials`: has verifiers that are not ours judge credentials over all templates and scripts, as issued,
 * tampered with and revoked. Exit 1 unless all say of each what is true, or where one is not installed.
 */
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
    // Samples are of any day of a year; verifiers refuse what is not in force yet.
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
    const verdicts = await verifier.judge(cases, documents);
    const wrong = cases.flatMap(({ what, expected }, at) =>
      verdicts[at] === expected ? [] : [`  WRONG  ${what}: ${verdicts[at]} where ${expected} is true`],
    );
    for (const line of wrong) say(line);
    faults += wrong.length;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    say(`${verifier.name}: ${cases.length - wrong.length} of ${cases.length} judged rightly, ${seconds} s`);
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
process.exitCode = faults === 0 ? 0 : 1;
