import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { verifyCredential } from '@digitalbazaar/vc';
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import jsonld from 'jsonld';
import supertest from 'supertest';
import { buildCredential, type CredentialedFacts } from '../../src/credential/build-credential.ts';
import { loadContext } from '../../src/credential/contexts.ts';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import type { SignedOpenBadge } from '../../src/credential/open-badge.ts';
import { type SignedCredential, signCredential } from '../../src/credential/sign-credential.ts';
import type { KeyPurpose } from '../../src/domain/certificate/credential-facts.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { STATUS_LIST_LENGTH } from '../../src/records/certificates/status-entries.ts';
import type { Db } from '../../src/records/rows.ts';
import { agreeOnKeys } from '../../src/signing-keys/agree-on-keys.ts';
import { rotateKeys } from '../../src/signing-keys/rotate-keys.ts';
import { credentialedFacts, PUBLIC_URL } from '../credential/sample-facts.ts';
import { RELEASE_ROW } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { testKeysDir } from '../support/keys.ts';
import { NOTHING_STATED } from '../support/nothing-declared.ts';
import { appOver, ISSUER, seedCertificate } from './harness.ts';

const NOW = new Date('2026-11-22T10:00:00Z');
const issuer = {
  ...ISSUER,
  ...NOTHING_STATED,
};

let database: TestDatabase;
let db: Db;
let dir: string;
let http: ReturnType<typeof supertest>;
let facts: CredentialedFacts;
let signed: SignedCredential;

before(async () => {
  database = await testDatabase();
  db = openDatabase({ url: database.url, poolMax: 12, applicationName: 'gramota-test' });
  dir = await mkdtemp(join(tmpdir(), 'gramota-public-'));
  await cp(await testKeysDir(), join(dir, 'keys'), { recursive: true });
  await cp(join(dir, 'keys'), join(dir, 'former'), { recursive: true });
  await agreeOnKeys(db, join(dir, 'keys'), issuer, NOW);
  http = openTo('keys');
  facts = await credentialedFacts();
  signed = await signCredential(facts, openKeyFolder(join(dir, 'keys')));
});
after(async () => {
  await db.destroy();
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

/** Starts the API of a host that has the keys of a folder. */
function openTo(folder: string, publicUrl = PUBLIC_URL, now = NOW): ReturnType<typeof supertest> {
  const signer = openKeyFolder(join(dir, folder));
  return supertest(appOver(db, { signer, publicUrl, clock: { ...systemClock, now: () => now } }).app);
}

const rotate = (...purposes: KeyPurpose[]) => rotateKeys(db, join(dir, 'keys'), issuer, purposes, NOW);

/** The text of an answer in the requested form. */
async function ask(
  path: string,
  accept = '*/*',
): Promise<{ status: number; text: string; type: string; etag: string }> {
  const answer = await http
    .get(path)
    .set('Accept', accept)
    .buffer(true)
    .parse((res, done) => {
      const parts: Buffer[] = [];
      res.on('data', (part: Buffer) => parts.push(part));
      res.on('end', () => done(null, Buffer.concat(parts).toString()));
    });
  const { 'content-type': type = '', etag = '' } = answer.headers;
  return { status: answer.status, text: answer.body as string, type, etag };
}

/** Verifies with the reference library and the issuer's keys from the served DID document. */
async function holds(credential: object): Promise<boolean> {
  const document = JSON.parse((await ask('/.well-known/did.json')).text);
  const documentLoader = async (url: string) => {
    if (url === document.id) return { contextUrl: null, documentUrl: url, document };
    const method = document.verificationMethod.find(({ id }: { id: string }) => id === url);
    if (method === undefined) return loadContext(url);
    const context = 'https://w3id.org/security/multikey/v1';
    return { contextUrl: null, documentUrl: url, document: { '@context': context, ...method } };
  };
  const suite = new DataIntegrityProof({ cryptosuite });
  const checkStatus = async () => ({ verified: true });
  const now = NOW.toISOString();
  return (await verifyCredential({ credential, suite, documentLoader, checkStatus, now })).verified;
}

/**
 * The token's payload, verified with the key at its `kid`.
 * @throws when it is invalid
 */
async function readToken(token: string): Promise<Record<string, unknown>> {
  const { kid = '', alg } = decodeProtectedHeader(token);
  assert.equal(alg, 'RS256');
  const { text } = await ask(kid.replace(PUBLIC_URL, ''));
  return (await jwtVerify(token, await importJWK(JSON.parse(text)), { currentDate: NOW })).payload;
}

describe('the public keys of the issuer', () => {
  it("are in the DID document, and verify the issuer's signatures", async () => {
    const { status, text, type } = await ask('/.well-known/did.json');
    const document = JSON.parse(text);
    assert.deepEqual([status, type], [200, 'application/did+ld+json']);
    assert.equal(document.id, facts.credential.issuer.id);
    assert.deepEqual(
      document.verificationMethod.map(({ type, controller }: Record<string, string>) => [type, controller]),
      [
        ['Multikey', document.id],
        ['JsonWebKey', document.id],
      ],
    );
    assert.equal(await holds(JSON.parse(signed.json)), true);
    const forged = JSON.parse(signed.json) as SignedOpenBadge;
    assert.equal(await holds({ ...forged, validFrom: '2026-11-19T00:00:00+03:00' }), false);
  });

  it('are available as single keys at the addresses that JWTs name', async () => {
    assert.equal((await readToken(signed.jwt))['jti'], facts.credential.id);
    const { type, text } = await ask('/keys/jwt-1');
    assert.equal(type, 'application/jwk+json');
    assert.deepEqual(Object.keys(JSON.parse(text)).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
    assert.equal(JSON.parse((await ask('/keys/seal-1')).text).x5c.length, 2);
    assert.equal((await ask('/keys/jwt-9')).status, 404);
    assert.equal((await ask('/keys/..%2fauthority')).status, 404);
  });

  it('stay published after a rotation, so that old signatures remain valid', async () => {
    const before = await http.get('/.well-known/did.json');
    assert.match(before.headers['cache-control'] ?? '', /^public, max-age=300$/);
    const unchanged = await http.get('/.well-known/did.json').set('If-None-Match', before.headers['etag'] ?? '');
    assert.equal(unchanged.status, 304);
    const [fresh] = await rotate('credential');
    assert.equal(fresh?.id, 'credential-2');
    const after = await http.get('/.well-known/did.json').set('If-None-Match', before.headers['etag'] ?? '');
    assert.equal(after.status, 200);
    const { verificationMethod, assertionMethod } = JSON.parse((await ask('/.well-known/did.json')).text);
    assert.equal(verificationMethod.length, 3);
    assert.deepEqual(
      assertionMethod,
      verificationMethod.map(({ id }: { id: string }) => id),
    );
    assert.equal(await holds(JSON.parse(signed.json)), true);
    const keys = await openKeyFolder(join(dir, 'keys')).keys();
    const { id, fingerprint } = keys.find((key) => key.id === 'credential-2') ?? assert.fail();
    const credential = { ...facts.credential, keys: { ...facts.credential.keys, credential: { id, fingerprint } } };
    const later = await signCredential({ ...facts, credential }, openKeyFolder(join(dir, 'keys')));
    assert.equal(await holds(JSON.parse(later.json)), true);
  });

  it('are found below the base path when the public address has a path', async () => {
    const other = openTo('keys', 'https://school.example/verify');
    const answer = await other.get('/did.json');
    assert.equal(JSON.parse(answer.text ?? answer.body.toString()).id, 'did:web:school.example:verify');
    assert.equal((await other.get('/.well-known/did.json')).status, 404);
  });

  it('can be read by every origin, together with the profile of the issuer', async () => {
    const { text, type } = await ask('/issuer');
    assert.match(type, /^application\/ld\+json/);
    const { id, name, url } = JSON.parse(text);
    assert.deepEqual([id, name, url], [facts.credential.issuer.id, 'School', 'https://school.example']);
    for (const path of ['/.well-known/did.json', '/keys/jwt-1', '/issuer']) {
      assert.equal((await http.get(path)).headers['access-control-allow-origin'], '*', path);
      const asked = await http.options(path).set('Access-Control-Request-Method', 'GET');
      assert.match(asked.headers['access-control-allow-headers'] ?? '', /If-None-Match/, path);
      assert.equal((await http.post(path)).status, 405, path);
    }
  });
});

/** Returns the bits of a served list, decoded without code of the product. */
function bitsOf(list: { credentialSubject: { encodedList: string } }): (index: number) => boolean {
  const bytes = gunzipSync(Buffer.from(list.credentialSubject.encodedList.slice(1), 'base64url'));
  assert.equal(bytes.length * 8, STATUS_LIST_LENGTH);
  return (index) => ((bytes[Math.floor(index / 8)] ?? 0) & (1 << (7 - (index % 8)))) !== 0;
}

/** Creates a certificate that has a position in a list. */
async function placed(list: number, index: number): Promise<string> {
  const { id } = await seedCertificate(db);
  await db('status_entry').insert({ list, index, certificate_id: id, version: 1 });
  return id;
}

const revoke = (certificateId: string) =>
  db.transaction((trx) =>
    trx('credential_revocation').insert({
      certificate_id: certificateId,
      version: 1,
      revoked_at: NOW,
      reason_class: 'revoked',
    }),
  );

describe('a public status list (one revocation bit per credential)', () => {
  it('is a credential of the issuer in both forms, at the address that every credential names', async () => {
    await placed(1, facts.credential.status.index);
    const { credentialStatus } = buildCredential(facts);
    const { text, type } = await ask(credentialStatus.statusListCredential.replace(PUBLIC_URL, ''), 'application/vc');
    const list = JSON.parse(text);
    assert.match(type, /^application\/vc/);
    assert.deepEqual(list.type, ['VerifiableCredential', 'BitstringStatusListCredential']);
    assert.deepEqual([list.id, list.issuer], [credentialStatus.statusListCredential, facts.credential.issuer.id]);
    assert.equal(list.credentialSubject.statusPurpose, credentialStatus.statusPurpose);
    assert.equal(await holds(list), true);
    const token = await ask('/status/1', 'application/vc+jwt');
    assert.match(token.type, /^application\/vc\+jwt/);
    const { credentialSubject, iss, sub } = await readToken(token.text);
    assert.deepEqual([credentialSubject, iss, sub], [list.credentialSubject, list.issuer, `${list.id}#list`]);
  });

  it('shows a revocation on the next request, and does not change before', async () => {
    const id = await placed(1, 0);
    await placed(1, STATUS_LIST_LENGTH - 1);
    const before = await ask('/status/1');
    assert.deepEqual(await ask('/status/1'), before);
    const asked = await http.get('/status/1').set('If-None-Match', before.etag);
    assert.deepEqual([asked.status, asked.headers['cache-control']], [304, 'no-cache']);
    assert.equal(bitsOf(JSON.parse(before.text))(0), false);
    await revoke(id);
    const after = await ask('/status/1');
    assert.notEqual(after.etag, before.etag);
    const bit = bitsOf(JSON.parse(after.text));
    assert.deepEqual([bit(0), bit(1), bit(STATUS_LIST_LENGTH - 1)], [true, false, false]);
    assert.equal(await holds(JSON.parse(after.text)), true);
  });

  it('fails verification when bits were changed', async () => {
    const list = JSON.parse((await ask('/status/1')).text);
    await placed(8, 5);
    const { encodedList } = JSON.parse((await ask('/status/8')).text).credentialSubject;
    const changes = [
      { credentialSubject: { ...list.credentialSubject, encodedList } },
      { credentialSubject: { ...list.credentialSubject, statusPurpose: 'suspension' } },
      { id: `${PUBLIC_URL}/status/2` },
      { validFrom: '2026-11-20T00:00:00Z' },
    ];
    for (const change of changes) assert.equal(await holds({ ...list, ...change }), false, JSON.stringify(change));
    const token = (await ask('/status/1', 'application/vc+jwt')).text;
    const [header = '', payload = '', signature = ''] = token.split('.');
    const forged = Buffer.from(payload, 'base64url').toString().replace('/status/1', '/status/2');
    await assert.rejects(readToken([header, Buffer.from(forged).toString('base64url'), signature].join('.')));
  });

  it('contains only bits: the list has the same length for one certificate or many', async () => {
    await placed(7, 11);
    const one = JSON.parse((await ask('/status/7')).text).credentialSubject.encodedList;
    for (const index of [1, 2, 3]) await placed(7, index);
    assert.equal(JSON.parse((await ask('/status/7')).text).credentialSubject.encodedList, one);
  });

  it('has all bits after fifty concurrent revocations', async () => {
    const indexes = Array.from({ length: 50 }, (_, n) => n * 2621 + 3);
    const ids = await Promise.all(indexes.map((index) => placed(3, index)));
    const asked = Array.from({ length: 5 }, () => ask('/status/3'));
    await Promise.all([...ids.map(revoke), ...asked]);
    const bit = bitsOf(JSON.parse((await ask('/status/3')).text));
    assert.ok(indexes.every(bit));
    assert.equal(Array.from({ length: STATUS_LIST_LENGTH }, (_, index) => bit(index)).filter(Boolean).length, 50);
  });

  it('gives 404 for a list number that no certificate uses', async () => {
    for (const list of ['2', '0', '01', '-1', '1.0', '999999999999', 'x', '%00'])
      assert.equal((await ask(`/status/${list}`)).status, 404, list);
  });

  it('is signed by a retired key when this host lacks the new key, and is unavailable without any key', async () => {
    http = openTo('former');
    const list = JSON.parse((await ask('/status/1')).text);
    assert.equal(await holds(list), true);
    http = openTo('nowhere');
    const answer = await http.get('/status/1');
    assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '60']);
    http = openTo('keys');
    const own = JSON.parse((await ask('/status/1')).text);
    assert.notEqual(own.proof.verificationMethod, list.proof.verificationMethod);
  });

  it('states its day so that it is never in the future for a reader whose clock is slow', async () => {
    const dayAt = async (now: string) => {
      http = openTo('keys', PUBLIC_URL, new Date(now));
      return JSON.parse((await ask('/status/1')).text).validFrom;
    };
    assert.equal(await dayAt('2026-11-23T00:59:59Z'), '2026-11-22T00:00:00Z');
    assert.equal(await dayAt('2026-11-23T01:00:00Z'), '2026-11-23T00:00:00Z');
    http = openTo('keys');
  });
});

describe('the public description of an achievement', () => {
  const place = '/achievements/teachers/rel_test/en';
  before(async () => {
    await seedCertificate(db);
    await db('release')
      .where({ id: 'rel_test' })
      .update({ snapshot: JSON.stringify(RELEASE_ROW) });
    const template = {
      hash: 'c'.repeat(64),
      template_id: 'teacher-en',
      definition: { definition: { language: 'en' } },
    };
    await db('template').insert({ ...template, definition: JSON.stringify(template.definition) });
    await seedCertificate(db, { templateHash: template.hash });
  });

  it('is available as JSON-LD, equal to the achievement in the credential', async () => {
    const { status, text, type } = await ask(place);
    assert.deepEqual([status, type.split(';')[0]], [200, 'application/ld+json']);
    const achievement = JSON.parse(text);
    const { achievement: own } = buildCredential(facts).credentialSubject;
    assert.deepEqual(Object.keys(own), Object.keys(achievement).slice(1, -1));
    assert.deepEqual([achievement.id, achievement.name], [`${PUBLIC_URL}${place}`, 'Testing']);
    assert.equal(achievement.criteria.narrative, 'Testing, 72 h\n1. One, 72 h');
    assert.equal(achievement.creator.id, facts.credential.issuer.id);
    const [expanded] = await jsonld.expand(achievement, { documentLoader: loadContext, safe: true });
    assert.ok(expanded);
    assert.equal((await http.get(place)).headers['cache-control'], 'public, max-age=86400');
  });

  it('is available as a page in the language of the reader', async () => {
    const { text, type } = await ask(`${place}?lang=ru`, 'text/html');
    assert.match(type, /^text\/html/);
    assert.match(text, /<html lang="ru">[\s\S]*<h1 class="title" lang="en">Testing<\/h1>/);
    assert.match(text, /href="\.\.\/\.\.\/\.\.\/"[^>]*>Проверить диплом/);
    assert.doesNotMatch(text, /<script|\son\w+=/);
  });

  it('gives 404 when no certificate was awarded for the achievement', async () => {
    for (const path of ['teachers/rel_test/kk', 'teachers/rel_2030/en', 'others/rel_test/en', '%00/%00/%00'])
      assert.equal((await ask(`/achievements/${path}`)).status, 404, path);
  });
});
