import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import fc from 'fast-check';
import { buildCredential } from '../../src/credential/build-credential.ts';
import { canonizeByShape } from '../../src/credential/canonize.ts';
import { loadContext } from '../../src/credential/contexts.ts';
import { credentialedFacts } from './sample-facts.ts';

const OPTIONS = { documentLoader: loadContext, base: null, safe: true } as const;

/** Both canonical forms: by the fast function, and by the library, which is the reference. */
async function bothWays(document: object): Promise<[string, string]> {
  return [await canonizeByShape(document, OPTIONS), await cryptosuite.canonize(document, OPTIONS)];
}

/** Random texts, among them texts that look like identifiers, keywords, slots and blank nodes. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom(
    'slot-0',
    'https://slot-1',
    'urn:slot-2',
    '@id',
    '@none',
    '_:b0',
    'did:web:x',
    'urn:uuid:1',
    'a b',
    '"\\\n\t',
  ),
  fc.webUrl(),
);

describe('canonizeByShape', () => {
  it('gives the same canonical text as the library, for any values', async () => {
    const base = await credentialedFacts();
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          holderName: hostile,
          courseTitle: hostile,
          number: hostile,
          project: fc.option(fc.record({ title: hostile, url: fc.option(hostile), grade: fc.option(hostile) })),
        }),
        async (changes) => {
          const [fast, library] = await bothWays(buildCredential({ ...base, ...changes }));
          assert.equal(fast, library);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('accepts two objects with the same identifier, which become one node', async () => {
    const facts = await credentialedFacts();
    const project = { title: 'Ж', url: facts.credential.achievement.id, grade: null };
    const [fast, library] = await bothWays(buildCredential({ ...facts, project }));
    assert.equal(fast, library);
  });

  it('accepts two objects with the same identifier and the same name, which have one statement in common', async () => {
    const facts = await credentialedFacts();
    const project = { title: facts.courseTitle, url: facts.credential.achievement.id, grade: null };
    const [fast, library] = await bothWays(buildCredential({ ...facts, project }));
    assert.equal(fast, library);
    const statement = `<https://schema.org/name> ${JSON.stringify(facts.courseTitle)} .`;
    assert.equal(fast.split(`<${facts.credential.achievement.id}> ${statement}`).length, 2);
  });

  it('calls the library for identifiers with other URL schemes', async () => {
    const credential = buildCredential(await credentialedFacts());
    const [fast, library] = await bothWays({ ...credential, id: 'tag:school.example,2026:1' });
    assert.equal(fast, library);
    assert.match(fast, /<tag:school\.example,2026:1>/);
  });

  it('refuses a term that no context defines, as the safe mode of the library does', async () => {
    const credential = buildCredential(await credentialedFacts());
    await assert.rejects(canonizeByShape({ ...credential, favouriteColour: 'blue' }, OPTIONS), /safe mode|Safe mode/);
  });

  it('never uses the network', async () => {
    await assert.rejects(loadContext('https://school.example/context.json'), /school\.example/);
  });
});
