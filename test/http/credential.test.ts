import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import supertest from 'supertest';
import { openDatabase } from '../../src/platform/database/database.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import type { Db } from '../../src/records/rows.ts';
import { storeDiploma } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { erase } from '../support/within-erasure.ts';
import { appOver, revoke, type Seeded, seedCertificate, seedVersion } from './harness.ts';

const JSON_TEXT = '{"@context":[],"type":["VerifiableCredential","OpenBadgeCredential"],"name":"Ә"}';
const JWT_TEXT = 'header.payload.signature';

let database: TestDatabase;
let db: Db;
let http: ReturnType<typeof supertest>;

before(async () => {
  database = await testDatabase();
  db = openDatabase({ url: database.url, poolMax: 4, applicationName: 'gramota-test' });
  http = supertest(appOver(db).app);
});
after(async () => {
  await db.destroy();
  await database.drop();
});

const stored = (text: string) => {
  const bytes = Buffer.from(text);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
};

/** A certificate whose version was drawn with a credential. */
async function credentialed(version = 1): Promise<Seeded> {
  const seeded = await seedCertificate(db, {}, false);
  await record(seeded.id, version, JSON_TEXT, JWT_TEXT);
  return seeded;
}

async function record(certificateId: string, version: number, json: string, jwt: string): Promise<void> {
  const credential = { json: Buffer.from(json), jwt: Buffer.from(jwt) };
  await storeDiploma(db, {
    certificateId,
    version,
    bytes: Buffer.from(`%PDF ${certificateId} ${version}`),
    credential,
  });
}

describe('GET /c/{code}/credential.json', () => {
  it('gives exactly the stored text, to every origin, at the address that the lookup object names', async () => {
    const { facts } = await credentialed();
    const found = await http.get(`/certificates/lookup?code=${facts.code}`);
    const answer = await http.get(new URL(found.body.links.credential).pathname);
    assert.equal(answer.status, 200);
    assert.equal(answer.text, JSON_TEXT);
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    assert.equal(answer.headers['etag'], `"${stored(JSON_TEXT).sha256}"`);
    const again = await http.get(`/c/${facts.code}/credential.json`).set('If-None-Match', answer.headers['etag'] ?? '');
    assert.equal(again.status, 304);
  });

  it('gives the credential as JWT on request', async () => {
    const { facts } = await credentialed();
    const answer = await http
      .get(`/c/${facts.code}/credential.json`)
      .set('Accept', 'application/vc+jwt')
      .buffer(true)
      .parse((res, done) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => {
          text += chunk;
        });
        res.on('end', () => done(null, text));
      });
    assert.deepEqual([answer.status, answer.body], [200, JWT_TEXT]);
    assert.match(answer.headers['content-type'] ?? '', /^application\/vc\+jwt/);
    const ld = await http.get(`/c/${facts.code}/credential.json`).set('Accept', 'application/ld+json');
    assert.match(ld.headers['content-type'] ?? '', /^application\/ld\+json/);
  });

  it('gives an older version the credential of that version', async () => {
    const { facts, id } = await credentialed();
    await seedVersion(db, { id, facts: { ...facts, version: 2 }, bytes: Buffer.from(''), drawn: false });
    await record(id, 2, '{"@context":[],"type":[],"version":2}', JWT_TEXT);
    assert.deepEqual((await http.get(`/c/${facts.code}/credential.json`)).body, {
      '@context': [],
      type: [],
      version: 2,
    });
    assert.equal((await http.get(`/c/${facts.code}/credential.json?version=1`)).text, JSON_TEXT);
    assert.equal((await http.get(`/c/${facts.code}/credential.json?version=3`)).status, 404);
    assert.equal((await http.get(`/c/${facts.code}/credential.json?version=x`)).status, 400);
  });

  it('gives 410 when the certificate is revoked or erased', async () => {
    const revoked = await credentialed();
    await revoke(db, revoked.id);
    const erased = await credentialed();
    await erase(db, erased.id);
    for (const { facts } of [revoked, erased]) {
      const answer = await http.get(`/c/${facts.code}/credential.json`);
      assert.equal(answer.status, 410);
      assert.match(answer.headers['content-type'] ?? '', /problem\+json/);
    }
  });

  it('gives 410 after a reinstatement until the new version exists', async () => {
    const { facts, id } = await credentialed();
    await revoke(db, id);
    const reasons = { certificate_id: id, version: 1, revoked_at: new Date(), reason_class: 'revoked' };
    await db('credential_revocation').insert(reasons);
    const act = {
      id: randomUUID(),
      certificate_id: id,
      version: 1,
      kind: 'reinstate',
      reason_class: 'mistake',
      reason: 'fictional',
    };
    await db('validity_act').insert({ ...act, actor: 'test', acted_at: new Date() });
    const page = async () => (await http.get(`/c/${facts.code}`).set('Accept', 'text/html')).text;
    const waiting = await page();
    assert.match(waiting, /diploma\.pdf/);
    assert.doesNotMatch(waiting, /credential\.json|badge\.png|linkedin/);
    for (const path of ['credential.json', 'badge.png', 'credential.json?version=1']) {
      const { status, headers } = await http.get(`/c/${facts.code}/${path}`);
      assert.deepEqual([status, headers['retry-after'], headers['etag']], [503, '60', undefined], path);
    }
    await seedVersion(db, { id, facts: { ...facts, version: 2 }, bytes: Buffer.from(''), drawn: false });
    await record(id, 2, '{"@context":[],"type":[],"version":2}', JWT_TEXT);
    assert.match(await page(), /credential\.json[\s\S]*linkedin/);
    assert.equal((await http.get(`/c/${facts.code}/credential.json`)).status, 200);
  });

  it('gives 404 when there is no credential; an unknown code gets the same answer as every miss', async () => {
    const { facts } = await seedCertificate(db);
    assert.equal((await http.get(`/c/${facts.code}/credential.json`)).status, 404);
    const miss = await http.get('/c/EG5N8PYDQBWY8S1JN29G5Q0WW/credential.json');
    const other = await http.get('/c/nonsense/credential.json');
    assert.deepEqual([miss.status, other.status, miss.text], [404, 404, other.text]);
  });
});

describe('a certificate with an expiry date', () => {
  it('is valid until the last second of its last day in the zone of the release, and then expired', async () => {
    const { facts } = await seedCertificate(db, { validUntil: '2026-11-20T23:59:59+03:00' });
    const statusAt = async (now: string) => {
      const clock = { ...systemClock, now: () => new Date(now) };
      const answer = await supertest(appOver(db, { clock }).app).get(`/certificates/lookup?code=${facts.code}`);
      return [answer.status, answer.body.status, answer.body.validUntil];
    };
    assert.deepEqual(await statusAt('2026-11-20T20:59:59Z'), [200, 'valid', '2026-11-20']);
    assert.deepEqual(await statusAt('2026-11-20T21:00:00Z'), [200, 'expired', '2026-11-20']);
  });
});
