import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadIssuer } from '../../../src/adapters/templates-dir/load-rulebook.ts';
import { InputError } from '../../../src/domain/failure.ts';
import { NOTHING_DECLARED } from '../../support/nothing-declared.ts';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gramota-issuer-'));
});
after(() => rm(dir, { recursive: true, force: true }));

async function load(text: string) {
  await writeFile(join(dir, 'issuer.yaml'), text);
  return loadIssuer(dir);
}

const LEAST = 'name: { en: School }\nurl: https://school.example\n';

describe('issuer.yaml', () => {
  it('requires only a name and an address; by default the newest keys sign, and no approval is required', async () => {
    assert.deepEqual(await load(LEAST), {
      name: { en: 'School' },
      url: 'https://school.example',
      address: null,
      approvals: 'optional',
      contact: null,
      logo: null,
      linkedIn: null,
      keys: { credential: null, jwt: null, seal: null },
      ...NOTHING_DECLARED,
    });
  });

  it('can contain postal address, logo, LinkedIn page and key ids', async () => {
    const issuer = await load(
      `${LEAST}address: { country: KZ, locality: Алматы }\nlogo: https://school.example/logo.png\nlinkedIn: { organizationId: "1234567" }\nkeys: { seal: seal-bought-2026 }\n`,
    );
    assert.deepEqual(issuer.address, { country: 'KZ', locality: 'Алматы' });
    assert.equal(issuer.linkedIn?.organizationId, '1234567');
    assert.deepEqual(issuer.keys, { credential: null, jwt: null, seal: 'seal-bought-2026' });
  });

  const faults: [string, string, RegExp][] = [
    ['a country that is none', 'address: { country: XX }', /^issuer\.yaml:3: address\.country: expected an ISO 3166-1/],
    ['an unknown field', 'adress: {}', /^issuer\.yaml:3: unknown "adress"/],
    ['a logo that is no address', 'logo: logo.png', /^issuer\.yaml:3: logo: expected an http/],
    [
      'a number without quotes',
      'linkedIn: { organizationId: 1234567 }',
      /^issuer\.yaml:3: linkedIn\.organizationId: expected the number in quotes/,
    ],
    [
      'a second signatory whom nobody declared',
      'secondSignatory: pat',
      /^issuer\.yaml:3: secondSignatory: there is no signatory "pat": declare the person/,
    ],
    [
      'a signature outside the folder issuer/',
      'signatories: { pat: { name: Pat, signature: ../pat.png } }',
      /^issuer\.yaml:3: signatories\.pat\.signature: expected the name of a \.png or \.svg file/,
    ],
    ['a text that is damaged', 'city: { en: "undefined" }', /^issuer\.yaml:3: city/],
    [
      'a key of another purpose',
      'keys: { seal: jwt-1 }',
      /^issuer\.yaml:3: keys\.seal: expected a name that begins with "seal-"/,
    ],
    [
      'a name that links to another site',
      'keys: { seal: "seal-../x" }',
      /^issuer\.yaml:3: keys\.seal: expected a name/,
    ],
  ];
  for (const [what, text, expected] of faults) {
    it(`is refused for ${what}, with the line`, async () => {
      await assert.rejects(load(`${LEAST}${text}\n`), (error: Error) => {
        assert.ok(error instanceof InputError);
        assert.equal(error.faults.length, 1);
        assert.match(error.faults[0] ?? '', expected);
        return true;
      });
    });
  }
});
