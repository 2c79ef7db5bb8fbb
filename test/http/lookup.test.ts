import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { after, before, describe, test } from 'node:test';
import request from 'supertest';
import { createFileArtefacts } from '../../src/adapters/artefacts/file-artefacts.ts';
import { formatCode, makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { findByCode } from '../../src/lookup/find.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { erase } from '../support/within-erasure.ts';
import { appOver, revoke, seedCertificate, seedVersion } from './harness.ts';

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => database.drop());

const JSON_ONLY = { Accept: 'application/json' };
const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
/** Every kind of lookup that finds nothing; all responses must be equal. */
const MISSES = [
  '0000000000000000000000000',
  'x',
  '%00',
  '%ZZ',
  '%ff%fe',
  'ЖЖЖ',
  '<script>',
  '..%2f..',
  'A'.repeat(5000),
];

describe('the public lookup by code', () => {
  test('gives 200 with the lookup object for a valid certificate', async () => {
    const { facts, sha256 } = await seedCertificate(database.knex);
    const { app } = appOver(database.knex);
    const answer = await request(app).get(`/c/${facts.code}`).set(JSON_ONLY);
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    const { versions, ...object } = answer.body;
    const page = `https://verify.example/c/${facts.code}`;
    assert.deepEqual(object, {
      status: 'valid',
      code: formatCode(facts.code),
      number: facts.number,
      holderName: facts.holderName,
      courseTitle: facts.courseTitle,
      hoursTotal: 72,
      issueDate: '2026-11-20',
      issuer: facts.issuer,
      version: 1,
      sha256,
      links: { page, pdf: `${page}/diploma.pdf`, credential: `${page}/credential.json` },
    });
    assert.deepEqual(Object.keys(versions[0]), ['version', 'status', 'sha256', 'issuedAt']);
  });

  test('asks the database once for questions of the same moment; each later one sees a revocation', async () => {
    const [one, two] = [await seedCertificate(database.knex), await seedCertificate(database.knex)];
    const codes = [one.facts.code, makeCode(randomInt), two.facts.code, one.facts.code];
    const queries: string[] = [];
    const listen = ({ sql }: { sql: string }) => void queries.push(sql);
    const ask = async () => {
      queries.length = 0;
      database.knex.on('query', listen);
      const found = await Promise.all(codes.map((code) => findByCode(database.knex, code)));
      database.knex.removeListener('query', listen);
      return found.map((record) => record && [record.code, record.revokedAt !== null]);
    };
    const both = [one.facts.code, false];
    assert.deepEqual(await ask(), [both, null, [two.facts.code, false], both]);
    assert.equal(queries.length, 1);
    await revoke(database.knex, one.facts.certificateId);
    const revoked = [one.facts.code, true];
    assert.deepEqual(await ask(), [revoked, null, [two.facts.code, false], revoked]);
    assert.equal(queries.length, 1);
  });

  test('answers more questions at once than a statement holds', async () => {
    const { facts } = await seedCertificate(database.knex);
    const codes = [...Array.from({ length: 120 }, () => makeCode(randomInt)), facts.code];
    const found = await Promise.all(codes.map((code) => findByCode(database.knex, code)));
    assert.deepEqual(
      found.flatMap((record, place) => (record === null ? [] : [place])),
      [120],
    );
  });

  test('accepts a code in every usual way of typing', async () => {
    const { facts } = await seedCertificate(database.knex);
    const { app } = appOver(database.knex);
    const typed = formatCode(facts.code).toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l');
    for (const form of [formatCode(facts.code), typed, `%20${facts.code}%20`]) {
      assert.equal((await request(app).get(`/c/${form}`).set(JSON_ONLY)).status, 200, form);
    }
    const found = await request(app).get('/certificates/lookup').query({ code: typed });
    assert.equal(found.body.number, facts.number);
  });

  test('gives 410 with all data for a revoked certificate, and 410 with only number, code and date for an erased one', async () => {
    const { app } = appOver(database.knex);
    const revoked = await seedCertificate(database.knex);
    await revoke(database.knex, revoked.id);
    const told = await request(app).get(`/c/${revoked.facts.code}`).set(JSON_ONLY);
    assert.equal(told.status, 410);
    assert.match(told.headers['content-type'] ?? '', /^application\/json/);
    assert.equal(told.body.status, 'revoked');
    assert.equal(told.body.revokedAt, '2026-11-21T10:00:00.000Z');
    assert.equal(told.body.holderName, revoked.facts.holderName);

    const erased = await seedCertificate(database.knex);
    await erase(database.knex, erased.id);
    const { code, number, issueDate } = erased.facts;
    const kept = await request(app).get(`/c/${code}`).set(JSON_ONLY);
    assert.equal(kept.status, 410);
    assert.deepEqual(kept.body, { status: 'erased', code: formatCode(code), number, issueDate });
    const page = await request(app).get(`/c/${code}`).set(BROWSER);
    assert.equal(page.status, 410);
    assert.doesNotMatch(page.text, /Нұрмұхамедова|Nurmukhamedova/);
  });

  test('shows the newest version and the history of a corrected certificate', async () => {
    const { id, facts } = await seedCertificate(database.knex);
    const corrected = { ...facts, version: 2, holderName: 'Әсел Серікқызы' };
    const sha256 = await seedVersion(database.knex, { id, facts: corrected, bytes: Buffer.from('%PDF second') });
    const { app } = appOver(database.knex);
    const { body } = await request(app).get(`/c/${facts.code}`).set(JSON_ONLY);
    assert.equal(body.holderName, 'Әсел Серікқызы');
    assert.equal(body.sha256, sha256);
    assert.deepEqual(
      body.versions.map((version: { version: number; status: string }) => [version.version, version.status]),
      [
        [2, 'valid'],
        [1, 'superseded'],
      ],
    );
  });

  test('shows only initials, and neither project nor files, where the newest version says so; everything else is as usual', async () => {
    const { facts, id, sha256 } = await seedCertificate(database.knex, {
      holderName: 'Әсел Қарақат-Нұрмұхамедова',
      project: { title: 'Fractions of Assel', url: 'https://work.example/assel', grade: '5' },
    });
    const later = { ...facts, version: 2, visibility: 'initials' as const };
    await seedVersion(database.knex, {
      id,
      facts: later,
      bytes: Buffer.from(`%PDF-1.7 of ${id} version 2`),
      drawn: true,
    });
    const { app } = appOver(database.knex);
    const { status, body } = await request(app).get(`/c/${facts.code}`).set(JSON_ONLY);
    assert.deepEqual([status, body.status, body.number], [200, 'valid', facts.number]);
    assert.deepEqual(
      [body.holderName, body.code, body.issueDate, body.courseTitle],
      ['Ә. Қ.', formatCode(facts.code), facts.issueDate, facts.courseTitle],
    );
    for (const query of ['', '?version=1']) {
      const page = await request(app).get(`/c/${facts.code}${query}`).set(BROWSER).set('Accept-Language', 'en');
      assert.equal(page.status, 200);
      assert.match(page.text, /<bdi>Ә\. Қ\.<\/bdi>/);
      assert.match(page.text, /Shown as initials/);
      for (const part of [facts.number, facts.courseTitle, sha256]) assert.ok(page.text.includes(part), part);
      assert.doesNotMatch(page.text, /Әсел|Қарақат|Assel|Fractions|work\.example|diploma\.(pdf|png)"|badge\.png/);
    }
    const named = await request(app)
      .get('/certificates/lookup')
      .query({ number: facts.number, surname: 'Қарақат-Нұрмұхамедова' })
      .set(JSON_ONLY);
    assert.deepEqual([named.status, named.body.number], [200, facts.number]);
    assert.equal((await request(app).get(`/c/${facts.code}/diploma.pdf`)).status, 200, 'letters lead there');
    await revoke(database.knex, id);
    assert.equal((await request(app).get(`/c/${facts.code}`).set(JSON_ONLY)).body.holderName, 'Ә. Қ.');
  });

  test('finds nothing for a certificate whose diploma is not drawn yet', async () => {
    const { facts } = await seedCertificate(database.knex, {}, false);
    const { app } = appOver(database.knex);
    assert.equal((await request(app).get(`/c/${facts.code}`).set(JSON_ONLY)).status, 404);
  });

  test('gives the same JSON and makes the same query for every unknown code; the pages differ only by the input and its form', async () => {
    const { app } = appOver(database.knex);
    const queries: string[] = [];
    database.knex.on('query', ({ sql }: { sql: string }) => queries.push(sql));
    for (const [headers, type] of [
      [JSON_ONLY, /^application\/problem\+json/],
      [BROWSER, /^text\/html/],
    ] as const) {
      const bodies = new Set<string>();
      for (const code of MISSES) {
        const answer = await request(app).get(`/c/${code}`).set(headers);
        assert.equal(answer.status, 404, code);
        assert.match(answer.headers['content-type'] ?? '', type);
        bodies.add(headers === JSON_ONLY ? answer.text : answer.text.replace(/value="[^"]*"|<li>.*<\/li>/g, ''));
      }
      assert.equal(bodies.size, 1);
    }
    assert.equal(queries.length, MISSES.length * 2);
    assert.equal(new Set(queries).size, 1);
    database.knex.removeAllListeners('query');
  });

  test('gives the same page for a code without diploma and for a code that does not exist', async () => {
    const { facts } = await seedCertificate(database.knex, {}, false);
    const { app } = appOver(database.knex);
    const pages = [facts.code, makeCode(randomInt)].map(async (code) => {
      const { text } = await request(app).get(`/c/${code}`).set(BROWSER);
      assert.ok(text.includes(`value="${code}"`));
      return text.replaceAll(code, '');
    });
    const [one, other] = await Promise.all(pages);
    assert.equal(one, other);
  });
});

describe('the public page of a certificate', () => {
  test('shows every printed fact, escaped, in the language of the reader or of the diploma', async () => {
    const nasty = `O'Brien <script>alert("x")</script> & "Ко"`;
    const { facts, sha256 } = await seedCertificate(database.knex, {
      holderName: nasty,
      courseTitle: nasty,
      project: { title: nasty, url: 'javascript:alert(1)', grade: nasty },
      issuer: { name: nasty, url: 'javascript:alert(1)' },
      signatory: { name: nasty, position: nasty },
      programme: [{ title: nasty, hours: 12 }],
    });
    const { app } = appOver(database.knex);
    const answer = await request(app).get(`/c/${facts.code}`).set(BROWSER);
    assert.equal(answer.status, 200);
    assert.match(answer.text, /<html lang="kk">/);
    const markup = answer.text.replace(
      /<script type="application\/ld\+json">[^<>]*<\/script>|<script type="module" [^<>]*><\/script>/g,
      '',
    );
    assert.doesNotMatch(markup, /<script|javascript:|\son\w+=/);
    assert.match(answer.text, /O&#39;Brien &lt;script&gt;/);
    for (const fact of [
      facts.number,
      formatCode(facts.code),
      sha256,
      'Assel Nurmukhamedova',
      '72 сағат',
      '2026-11-20',
    ]) {
      assert.ok(answer.text.includes(fact), fact);
    }
    for (const [accepted, language] of [
      ['en-GB,en;q=0.9', 'en'],
      ['de, uz;q=0.5', 'uz'],
      ['de', 'kk'],
      ['*', 'kk'],
      ['de, *;q=0.5', 'kk'],
      ['*;q=0.9, en;q=0.1', 'en'],
    ]) {
      const page = await request(app)
        .get(`/c/${facts.code}`)
        .set({ ...BROWSER, 'Accept-Language': accepted ?? '' });
      assert.ok(page.text.includes(`<html lang="${language}">`), accepted);
    }
    const chosen = await request(app)
      .get(`/c/${facts.code}?lang=ru`)
      .set({ ...BROWSER, 'Accept-Language': 'en' });
    assert.match(chosen.text, /<html lang="ru">[\s\S]*20 ноября 2026/);
  });

  test('is the default answer of /c/{code}; JSON is returned when the Accept header prefers JSON', async () => {
    const { facts } = await seedCertificate(database.knex);
    const { app } = appOver(database.knex);
    for (const [accept, type] of [
      ['*/*', 'text/html'],
      ['application/json, text/plain, */*', 'application/json'],
      ['application/json;q=0.5, text/html;q=0.4', 'application/json'],
      ['image/png', 'text/html'],
    ]) {
      const answer = await request(app)
        .get(`/c/${facts.code}`)
        .set('Accept', accept ?? '');
      assert.equal(answer.status, 200);
      assert.ok(answer.headers['content-type']?.startsWith(type ?? '?'), accept);
      assert.match(answer.headers['vary'] ?? '', /Accept/);
    }
  });

  test('can be read by every origin, is not indexed by search engines, and runs no inline script', async () => {
    const { facts } = await seedCertificate(database.knex);
    const { app } = appOver(database.knex);
    const { headers } = await request(app).get(`/c/${facts.code}`).set(BROWSER);
    assert.equal(headers['access-control-allow-origin'], '*');
    assert.equal(headers['x-robots-tag'], 'noindex');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cache-control'], 'private, no-cache');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(headers['content-security-policy'] ?? '', /default-src 'none'; style-src 'self';/);
    const preflight = await request(app)
      .options('/certificates/lookup')
      .set({ Origin: 'https://partner.example', 'Access-Control-Request-Method': 'GET' });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers['access-control-allow-origin'], '*');
  });
});

describe('the public file diploma.pdf', () => {
  test('has exactly the stored bytes of each version, and can be cached', async () => {
    const { id, facts, bytes, sha256 } = await seedCertificate(database.knex, { number: 'ИНТ-26 "x"-000042' });
    await seedVersion(database.knex, { id, facts: { ...facts, version: 2 }, bytes: Buffer.from('%PDF second') });
    const { app } = appOver(database.knex);
    const path = `/c/${facts.code}/diploma.pdf`;
    const newest = await request(app).get(path).buffer(true);
    assert.equal(newest.status, 200);
    assert.equal(newest.headers['content-type'], 'application/pdf');
    assert.deepEqual(newest.body, Buffer.from('%PDF second'));
    assert.match(newest.headers['content-disposition'] ?? '', /^inline; filename="[\x20-\x7e]+\.pdf"$/);
    const former = await request(app).get(`${path}?version=1`);
    assert.deepEqual(former.body, bytes);
    assert.equal(former.headers['etag'], `"${sha256}"`);
    const again = await request(app).get(`${path}?version=1`).set('If-None-Match', `"${sha256}"`);
    assert.equal(again.status, 304);
    assert.equal((await request(app).get(`${path}?version=9`)).status, 404);
    for (const bad of ['0', 'x', '', '1&version=2', '-1', '1e3']) {
      assert.equal((await request(app).get(`${path}?version=${bad}`)).status, 400, bad);
    }
    assert.equal((await request(app).get('/c/none/diploma.pdf?version=x')).status, 404);
  });

  test('gives 410 when the certificate is revoked or erased', async () => {
    const { app } = appOver(database.knex);
    for (const act of [revoke, erase]) {
      const { id, facts } = await seedCertificate(database.knex);
      await act(database.knex, id);
      const answer = await request(app).get(`/c/${facts.code}/diploma.pdf`);
      assert.equal(answer.status, 410);
      assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
    }
  });

  test('gives 503 while the store of diplomas is unreachable or does not have the file', async () => {
    const { facts } = await seedCertificate(database.knex);
    for (const folder of [tmpdir(), '/no/such/folder']) {
      const { app } = appOver(database.knex, { artefacts: createFileArtefacts(folder) });
      const answer = await request(app).get(`/c/${facts.code}/diploma.pdf`);
      assert.equal(answer.status, 503, folder);
      assert.ok(Number(answer.headers['retry-after']) > 0);
    }
  });
});
