import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import jsonld from 'jsonld';
import supertest from 'supertest';
import { formatCode } from '../../src/domain/certificate/lookup-code.ts';
import type { ShareCard } from '../../src/ports/pictures.ts';
import { PicturesBusy } from '../../src/ports/pictures.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { erase } from '../support/within-erasure.ts';
import { appOver, revoke, seedCertificate, seedVersion } from './harness.ts';

const BROWSER = { Accept: 'text/html,*/*;q=0.8', 'Accept-Language': 'en' };
/** The allowed schema.org terms; safe expansion refuses all others. */
const TERMS = [
  ...['EducationalOccupationalCredential', 'Organization', 'Course', 'name', 'description', 'inLanguage', 'identifier'],
  ...['credentialCategory', 'dateCreated', 'expires', 'recognizedBy', 'about', 'provider', 'timeRequired', 'teaches'],
];
const schema = (term: string) => `https://schema.org/${term}`;
const CONTEXT = {
  '@context': {
    ...Object.fromEntries(TERMS.map((term) => [term, schema(term)])),
    url: { '@id': schema('url'), '@type': '@id' },
  },
};

let database: TestDatabase;
let cards: ShareCard[];
let painted: string[];
let http: ReturnType<typeof supertest>;

before(async () => {
  database = await testDatabase();
  const pictures = {
    firstPage: async (sha256: string, read: () => Promise<Buffer | null>) => {
      painted.push(sha256);
      return (await read()) && Buffer.from(`picture of ${sha256}`);
    },
    card: async (card: ShareCard) => {
      cards.push(card);
      if (card.title === 'busy') throw new PicturesBusy('');
      return Buffer.from('card');
    },
    badge: async () => Buffer.alloc(0),
    close: async () => undefined,
  };
  [cards, painted] = [[], []];
  http = supertest(appOver(database.knex, { pictures, organizationId: '4242' }).app);
});
after(() => database.drop());

const page = async (path: string) => (await http.get(path).set(BROWSER)).text;
/** Attribute values of elements, with entities decoded. */
const valuesOf = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, value = '']) =>
    value.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"'),
  );
const dataOf = (text: string): unknown[] =>
  [...text.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)].map(([, json = '']) => JSON.parse(json));

describe('the structured data on a public page', () => {
  it('are a schema.org credential that expands in safe mode, without the name of the holder', async () => {
    const nasty = '</script><script>alert(1)</script>';
    const { facts } = await seedCertificate(database.knex, {
      courseTitle: nasty,
      validUntil: '2099-11-20T23:59:59+05:00',
    });
    const text = await page(`/c/${facts.code}`);
    const [data, ...more] = dataOf(text);
    assert.deepEqual(more, []);
    const documentLoader = async (documentUrl: string) => {
      assert.equal(documentUrl, 'https://schema.org');
      return { documentUrl, document: CONTEXT, contextUrl: undefined };
    };
    const expanded: unknown = await jsonld.expand(data as object, { documentLoader, safe: true });
    const [credential = {}] = expanded as Record<string, unknown>[];
    assert.deepEqual(credential['@type'], [schema('EducationalOccupationalCredential')]);
    assert.equal(credential['@id'], `https://verify.example/c/${facts.code}`);
    assert.deepEqual(credential[schema('name')], [{ '@value': nasty }]);
    assert.deepEqual(credential[schema('expires')], [{ '@value': '2099-11-20' }]);
    assert.deepEqual(credential[schema('identifier')], [{ '@value': facts.number }]);
    assert.doesNotMatch(JSON.stringify(data), /Нұрмұхамедова|Nurmukhamedova/);
    await assert.rejects(jsonld.expand({ ...(data as object), holder: 'x' }, { documentLoader, safe: true }));
  });

  it("include a link preview with Gramota's image, without the name of the holder", async () => {
    const { facts } = await seedCertificate(database.knex);
    const text = await page(`/c/${facts.code}`);
    const address = `https://verify.example/c/${facts.code}`;
    assert.ok(text.includes(`<link rel="canonical" href="${address}">`));
    const properties = new Map(
      [...text.matchAll(/<meta (?:property|name)="([^"]+)" content="([^"]*)">/g)].map(([, name, value]) => [
        name,
        value,
      ]),
    );
    assert.equal(properties.get('og:image'), `${address}/og.png`);
    assert.deepEqual([properties.get('og:image:width'), properties.get('og:image:height')], ['1200', '630']);
    assert.equal(properties.get('og:url'), address);
    assert.equal(properties.get('og:type'), 'website');
    assert.equal(properties.get('twitter:card'), 'summary_large_image');
    assert.match(properties.get('og:title') ?? '', /Цифрлық педагогика/);
    assert.doesNotMatch([...properties.values()].join(), /Нұрмұхамедова|Nurmukhamedova/);

    const card = await http.get(`/c/${facts.code}/og.png`);
    assert.deepEqual([card.status, card.headers['content-type'], String(card.body)], [200, 'image/png', 'card']);
    const asked = cards.at(-1);
    assert.deepEqual([asked?.kicker, asked?.title], ['ТЕКСЕРІЛЕТІН ДИПЛОМ', facts.courseTitle]);
    assert.doesNotMatch(JSON.stringify(asked), /Нұрмұхамедова|Nurmukhamedova/);
    const again = await http.get(`/c/${facts.code}/og.png`).set('If-None-Match', card.headers['etag'] ?? '');
    assert.equal(again.status, 304);
  });

  it('include the prefilled form of LinkedIn without the name of the holder', async () => {
    const { facts } = await seedCertificate(database.knex, {
      courseTitle: 'A & B',
      validUntil: '2099-01-20T23:59:59+05:00',
    });
    const [link = ''] = valuesOf(await page(`/c/${facts.code}`), /href="(https:\/\/www\.linkedin\.com[^"]*)"/g);
    const { origin, pathname, searchParams } = new URL(link);
    assert.equal(origin + pathname, 'https://www.linkedin.com/profile/add');
    assert.deepEqual(Object.fromEntries(searchParams), {
      startTask: 'CERTIFICATION_NAME',
      name: 'A & B',
      organizationId: '4242',
      issueYear: '2026',
      issueMonth: '11',
      expirationYear: '2099',
      expirationMonth: '1',
      certUrl: `https://verify.example/c/${facts.code}`,
      certId: facts.number,
    });
  });

  it('are omitted when the certificate is revoked or erased', async () => {
    for (const [act, reason] of [
      [revoke, /21 November 2026/],
      [erase, /erased/],
    ] as const) {
      const { id, facts } = await seedCertificate(database.knex);
      await act(database.knex, id);
      const text = await page(`/c/${facts.code}`);
      assert.match(text, reason);
      assert.deepEqual(dataOf(text), []);
      assert.doesNotMatch(text, /og:|linkedin|diploma\.(?:png|pdf)"|fictional/);
      for (const name of ['diploma.png', 'og.png'])
        assert.equal((await http.get(`/c/${facts.code}/${name}`)).status, 410);
    }
    assert.equal((await http.get('/c/none/diploma.png')).status, 404);
    assert.equal((await http.get('/c/none/og.png')).status, 404);
  });
});

describe('the public page of a certificate', () => {
  it('has links to the same page and version in other languages', async () => {
    const { facts, id } = await seedCertificate(database.knex);
    await seedVersion(database.knex, { id, facts: { ...facts, version: 2 }, bytes: Buffer.from('%PDF v2') });
    const linksOf = async (path: string) => {
      const text = await page(path);
      return [...text.matchAll(/<a href="([^"]*)" lang="ru"/g)].map(([, href = '']) => {
        const { pathname, search } = new URL(href.replaceAll('&amp;', '&'), `https://verify.example${path}`);
        return pathname + search;
      });
    };
    const own = `/c/${facts.code}?lang=ru`;
    assert.deepEqual(await linksOf(`/certificates/lookup?code=${formatCode(facts.code)}`), [own]);
    assert.deepEqual(await linksOf(`/c/${facts.code}`), [own]);
    assert.deepEqual(await linksOf(`/c/${facts.code}?version=1`), [`/c/${facts.code}?version=1&lang=ru`]);
    const byNumber = `/certificates/lookup?number=${facts.number}&surname=Nurmukhamedova`;
    assert.deepEqual(await linksOf(byNumber), []);
    assert.deepEqual(await linksOf('/'), ['/?lang=ru']);
  });
});

describe('the response of a public lookup', () => {
  it('keeps its ETag until the data change; a response "not found" has no ETag', async () => {
    const { facts, id } = await seedCertificate(database.knex);
    const get = (tag: string, path = `/c/${facts.code}`) =>
      http.get(path).set({ Accept: 'application/json', 'If-None-Match': tag });
    const tag = (await get('"none"')).headers['etag'] ?? '';
    assert.match(tag, /^"[\w-]{43}"$/);
    for (const path of [`/c/${facts.code}`, `/certificates/lookup?code=${facts.code}`]) {
      const again = await get(tag, path);
      assert.deepEqual([again.status, again.text, again.headers['etag']], [304, '', tag]);
    }
    await revoke(database.knex, id);
    const revoked = await get(tag);
    assert.deepEqual([revoked.status, revoked.body.status], [410, 'revoked']);
    assert.notEqual(revoked.headers['etag'], tag);
    assert.equal((await get(revoked.headers['etag'] ?? '')).status, 410);
    assert.equal((await get(tag, `/c/${'0'.repeat(25)}`)).headers['etag'], undefined);
  });
});

describe('the public page of an older version', () => {
  it('shows the data of that version, and a link to the current version', async () => {
    const { id, facts, sha256 } = await seedCertificate(database.knex);
    const second = { ...facts, version: 2, holderName: 'Әсел Серікқызы' };
    const newest = await seedVersion(database.knex, { id, facts: second, bytes: Buffer.from('%PDF second') });

    const former = await page(`/c/${facts.code}?version=1`);
    assert.match(former, /This version of the diploma has been replaced/);
    assert.match(former, /Нұрмұхамедова/);
    assert.match(former, new RegExp(`src="../c/${facts.code}/diploma.png\\?version=1"`));
    assert.match(former, new RegExp(`<a class="no-print" href="../c/${facts.code}">Open the current version`));
    assert.doesNotMatch(former, /Серікқызы|linkedin|ld\+json/);

    for (const path of ['', '?version=2', '?version=9', '?version=x', '?version=1&version=2']) {
      const current = await page(`/c/${facts.code}${path}`);
      assert.match(current, /This diploma is valid/, path);
      assert.match(current, /This is version 2 of/);
      assert.match(current, /<bdi>Әсел Серікқызы<\/bdi>/);
    }
    for (const hash of [sha256, newest]) assert.ok(former.includes(`<template data-sha256="${hash}">`));
  });

  it('has its own image, made from the stored bytes, which can be cached', async () => {
    const { id, facts, sha256 } = await seedCertificate(database.knex);
    const second = await seedVersion(database.knex, {
      id,
      facts: { ...facts, version: 2 },
      bytes: Buffer.from('%PDF 2'),
    });
    const answer = await http.get(`/c/${facts.code}/diploma.png`);
    assert.deepEqual([answer.status, answer.headers['content-type']], [200, 'image/png']);
    assert.equal(String(answer.body), `picture of ${second}`);
    assert.equal(answer.headers['cache-control'], 'private, no-cache');
    const former = await http.get(`/c/${facts.code}/diploma.png?version=1`);
    assert.equal(String(former.body), `picture of ${sha256}`);
    const times = painted.length;
    const again = await http.get(`/c/${facts.code}/diploma.png`).set('If-None-Match', answer.headers['etag'] ?? '');
    assert.deepEqual([again.status, painted.length], [304, times]);
    assert.equal((await http.get(`/c/${facts.code}/diploma.png?version=x`)).status, 400);
    assert.equal((await http.get(`/c/${facts.code}/diploma.png?version=7`)).status, 404);
  });
});

describe('the protection of public pages', () => {
  it("the Content-Security-Policy allows only Gramota's unchanged script on the page of a certificate", async () => {
    const { facts } = await seedCertificate(database.knex);
    const answer = await http.get(`/c/${facts.code}`).set(BROWSER);
    const policy = answer.headers['content-security-policy'] ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /form-action 'none'/);
    assert.doesNotMatch(policy, /connect-src|unsafe|https?:/);
    const [, source = '', integrity = ''] =
      /<script type="module" src="([^"]+)" integrity="([^"]+)">/.exec(answer.text) ?? [];
    const script = await http.get(new URL(source, `https://verify.example/c/${facts.code}`).pathname).buffer(true);
    assert.equal(script.status, 200);
    assert.match(script.headers['content-type'] ?? '', /^text\/javascript/);
    const digest = await crypto.subtle.digest('SHA-384', Buffer.from(script.text));
    assert.equal(integrity, `sha384-${Buffer.from(digest).toString('base64')}`);
    for (const path of ['/', '/c/none']) {
      const { headers } = await http.get(path).set(BROWSER);
      assert.doesNotMatch(headers['content-security-policy'] ?? '', /script-src/);
    }
  });

  it('too many concurrent requests for images are refused, not queued', async () => {
    const { facts } = await seedCertificate(database.knex, { courseTitle: 'busy' });
    const answer = await http.get(`/c/${facts.code}/og.png`);
    assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '5']);
  });
});
