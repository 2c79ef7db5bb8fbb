import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { makeKey } from '../../src/credential/keys/self-issued-keys.ts';
import type { KeyReferences } from '../../src/domain/certificate/credential-facts.ts';
import { KEY_PURPOSES } from '../../src/domain/certificate/key-purposes.ts';

/**
 * One set of keys for all tests of a checkout, beside the compiled tests, because making RSA keys takes seconds.
 * Concurrent processes end with the same keys.
 */
export const TEST_KEYS_DIR = fileURLToPath(new URL('../../test-keys/', import.meta.url));

export const TEST_ORGANISATION = {
  name: 'School of Continuing Education',
  country: 'KZ',
  url: 'https://school.example',
};

/** The folder of the test keys; creates missing keys. */
export async function testKeysDir(): Promise<string> {
  await makeTestKeys(TEST_KEYS_DIR);
  return TEST_KEYS_DIR;
}

/**
 * Creates the three default keys.
 * @returns those that this call created
 */
export async function makeTestKeys(dir: string): Promise<string[]> {
  const made: string[] = [];
  for (const purpose of KEY_PURPOSES) {
    const issue = { dir, organisation: TEST_ORGANISATION, now: new Date(), random: randomBytes };
    if (await makeKey(`${purpose}-1`, issue)) made.push(`${purpose}-1`);
  }
  return made;
}

/** References to the test keys, as frozen by an award. */
export async function testKeyReferences(dir: string = TEST_KEYS_DIR): Promise<KeyReferences> {
  await makeTestKeys(dir);
  const keys = await openKeyFolder(dir).keys();
  const entries = KEY_PURPOSES.map((purpose) => {
    const key = keys.find((candidate) => candidate.id === `${purpose}-1`);
    if (key === undefined) throw new Error(`no test key for ${purpose}`);
    return [purpose, { id: key.id, fingerprint: key.fingerprint }];
  });
  return Object.fromEntries(entries) as KeyReferences;
}
