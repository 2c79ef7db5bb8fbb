import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { verifyCredential } from '@digitalbazaar/vc';
import { jwtVerify } from 'jose';
import type { CredentialedFacts } from '../../src/credential/build-credential.ts';
import { loadContext } from '../../src/credential/contexts.ts';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { SignedOpenBadge as Schema, type SignedOpenBadge } from '../../src/credential/open-badge.ts';
import { multibaseOf } from '../../src/credential/proofs.ts';
import { type SignedCredential, signCredential } from '../../src/credential/sign-credential.ts';
import type { SigningKey } from '../../src/ports/signer.ts';
import { TEST_KEYS_DIR } from '../support/keys.ts';
import { credentialedFacts, EMAIL } from './sample-facts.ts';

const NOW = '2026-11-22T10:00:00Z';
const signer = openKeyFolder(TEST_KEYS_DIR);
let facts: CredentialedFacts;
let signed: SignedCredential;
let badge: SignedOpenBadge;

before(async () => {
  facts = await credentialedFacts();
  signed = await signCredential(facts, signer);
  badge = JSON.parse(signed.json) as SignedOpenBadge;
});

async function keyOf(purpose: 'credential' | 'jwt'): Promise<SigningKey> {
  return signer.key(facts.credential.keys[purpose]);
}

/** Verifies and canonicalizes with the library alone; the issuer's identifier resolves to `key`. */
async function holds(credential: object, key: SigningKey): Promise<boolean> {
  const controller = badge.issuer.id;
  const publicKeyMultibase = await multibaseOf(key);
  const method = {
    '@context': 'https://w3id.org/security/multikey/v1',
    type: 'Multikey',
    controller,
    publicKeyMultibase,
  };
  const id = badge.proof[0].verificationMethod;
  const documents = new Map<string, object>([
    [id, { ...method, id }],
    [controller, { '@context': 'https://www.w3.org/ns/did/v1', id: controller, assertionMethod: [id] }],
  ]);
  const documentLoader = async (url: string) => {
    const document = documents.get(url);
    return document ? { contextUrl: null, documentUrl: url, document } : loadContext(url);
  };
  const suite = new DataIntegrityProof({ cryptosuite });
  const checkStatus = async () => ({ verified: true });
  return (await verifyCredential({ credential, suite, documentLoader, checkStatus, now: NOW })).verified;
}

describe('a credential with an embedded proof', () => {
  it('is accepted by the reference library', async () => {
    assert.equal(await holds(badge, await keyOf('credential')), true);
  });

  it('is invalid when one word was changed, or when it is checked with another key', async () => {
    const key = await keyOf('credential');
    const { credentialSubject: subject, credentialStatus: status, proof } = badge;
    const changes: [string, Partial<SignedOpenBadge>][] = [
      ['name', { credentialSubject: { ...subject, achievement: { ...subject.achievement, name: 'Doctor' } } }],
      ['number', { credentialSubject: { ...subject, licenseNumber: 'INT-26-000043' } }],
      ['place in the status list', { credentialStatus: { ...status, statusListIndex: '4712' } }],
      ['begin', { validFrom: '2026-11-19T00:00:00+03:00' }],
      ['time of the proof', { proof: [{ ...proof[0], created: '2026-11-21T08:30:16Z' }] }],
    ];
    for (const [what, change] of changes) {
      assert.equal(await holds({ ...badge, ...change }, key), false, what);
    }
    const other = { ...badge, proof: [{ ...badge.proof[0], verificationMethod: `${badge.issuer.id}#z6MkOther` }] };
    assert.equal(await holds(other, key), false);
  });

  it('matches the JSON schema that it names', () => {
    assert.deepEqual(Schema.parse(badge), badge);
  });

  it('contains the keys, issuer and addresses that were stored at the award', async () => {
    const multibase = await multibaseOf(await keyOf('credential'));
    assert.match(multibase, /^z6Mk/);
    assert.equal(badge.proof[0].verificationMethod, `did:web:gramota.example#${multibase}`);
    assert.equal(badge.proof[0].created, '2026-11-21T08:30:15Z');
    assert.equal(badge.id, `${facts.lookupUrl}/credential.json?version=1`);
    assert.equal(badge.credentialStatus.id, 'https://gramota.example/status/1#4711');
    assert.equal(badge.validFrom, '2026-11-20T00:00:00+03:00');
  });

  it('identifies the recipient by name and by a salted hash of the address, never by the address itself', () => {
    const [mail, name] = badge.credentialSubject.identifier;
    const hash = createHash('sha256').update(`${EMAIL}${mail?.salt}`).digest('hex');
    assert.equal(mail?.identityHash, `sha256$${hash}`);
    assert.equal(name?.identityHash, facts.holderName);
    for (const text of [signed.json, Buffer.from(signed.jwt.split('.')[1] ?? '', 'base64url').toString()])
      assert.ok(!text.includes('pupils.example'));
  });

  it('contains its expiry date, if it has one', async () => {
    const ending = await credentialedFacts({ validUntil: '2028-11-20T23:59:59+03:00' });
    const { json, jwt } = await signCredential(ending, signer);
    assert.equal(Schema.parse(JSON.parse(json)).validUntil, '2028-11-20T23:59:59+03:00');
    const payload = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
    assert.equal(payload.exp, Date.parse('2028-11-20T20:59:59Z') / 1000);
  });

  it('omits the address of a project when the address cannot be opened', async () => {
    for (const url of ['javascript:alert(1)', 'see the drive', '', null]) {
      const changed = { ...facts, project: { title: 'Ж', url, grade: null } };
      const { evidence } = Schema.parse(JSON.parse((await signCredential(changed, signer)).json));
      assert.deepEqual(evidence, [{ type: ['Evidence'], name: 'Ж' }]);
    }
  });
});

describe('a credential as a JWT', () => {
  const verify = async (jwt: string, key: SigningKey) => {
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
    const options = { issuer: badge.issuer.id, subject: badge.credentialSubject.id, algorithms: ['RS256'] };
    return jwtVerify(jwt, publicKey, { ...options, currentDate: new Date(NOW) });
  };

  it('is accepted by an independent library and contains the same credential', async () => {
    const { payload, protectedHeader } = await verify(signed.jwt, await keyOf('jwt'));
    assert.deepEqual(protectedHeader, { alg: 'RS256', kid: 'https://gramota.example/keys/jwt-1', typ: 'JWT' });
    const { iss, jti, sub, nbf, ...credential } = payload;
    const { proof, ...unsigned } = badge;
    assert.equal(proof.length, 1);
    assert.deepEqual(credential, unsigned);
    assert.deepEqual([iss, jti, sub], [badge.issuer.id, badge.id, badge.credentialSubject.id]);
    assert.equal(nbf, Date.parse('2026-11-19T21:00:00Z') / 1000);
  });

  it('is invalid when one character was changed', async () => {
    const [header = '', body = '', signature = ''] = signed.jwt.split('.');
    const forged = Buffer.from(Buffer.from(body, 'base64url').toString().replace('000042', '000043')).toString(
      'base64url',
    );
    await assert.rejects(
      verify(`${header}.${forged}.${signature}`, await keyOf('jwt')),
      /signature verification failed/,
    );
  });
});

describe('a credential in both forms (embedded proof and JWT)', () => {
  it('is byte-identical when another process signs it', async () => {
    const path = fileURLToPath(new URL('./processes/signing.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [path, JSON.stringify(facts), TEST_KEYS_DIR]);
    assert.deepEqual(JSON.parse(stdout), signed);
  });
});
