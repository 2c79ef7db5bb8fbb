import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { letterHash } from '../../src/lifecycle/lacking-approval.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { appOver, RULEBOOK, tokenFor } from './harness.ts';

const TEXT = { subject: 'Your diploma', html: '<p>{{lookupUrl}}</p>', text: '{{lookupUrl}}' };
const LETTER = { subject: 'letter/diploma/kk', hash: letterHash(TEXT) };

describe('approvals of templates and letters', () => {
  let database: TestDatabase;
  let app: ReturnType<typeof appOver>['app'];
  let overheard: ReturnType<typeof appOver>['overheard'];
  let anna: Awaited<ReturnType<typeof tokenFor>>;
  let viewer: string;
  before(async () => {
    database = await testDatabase();
    const rulebook = { ...RULEBOOK, letters: new Map([['diploma', new Map([['kk', TEXT]])]]) };
    const letters = { letters: rulebook.letters, issuer: rulebook.issuer };
    ({ app, overheard } = appOver(database.knex, { rulebook, letters }));
    anna = await tokenFor(database.knex, 'coordinator', 'Anna');
    viewer = (await tokenFor(database.knex, 'viewer')).header;
  });
  after(() => database.drop());

  const list = async () => (await request(app).get('/api/approvals').set('Authorization', viewer)).body;
  const post = (path: string, body: object, header = anna.header) =>
    request(app).post(path).set('Authorization', header).send(body);

  it('are listed with the hash of the present contents', async () => {
    const { required, items } = await list();
    assert.equal(required, false);
    assert.deepEqual(
      items.find(({ subject }: { subject: string }) => subject === LETTER.subject),
      {
        ...LETTER,
        approved: false,
        approvals: [],
        formerlyApproved: false,
      },
    );
    assert.ok(items.some(({ subject }: { subject: string }) => subject.startsWith('certificate/')));
  });

  it('are given by coordinators alone, for exactly the present contents, and asked about what waits', async () => {
    assert.equal((await post('/api/approvals', LETTER, viewer)).status, 403);
    assert.equal((await post('/api/approvals', { ...LETTER, hash: 'x' })).status, 400);
    assert.equal((await post('/api/approvals', { ...LETTER, subject: 'letter/none/kk' })).status, 404);
    const stale = await post('/api/approvals', { ...LETTER, hash: 'a'.repeat(64) });
    assert.equal(stale.status, 409);
    assert.match(stale.body.detail, new RegExp(LETTER.hash.slice(0, 12)));
    assert.deepEqual(overheard.jobs, []);
    const given = await post('/api/approvals', LETTER);
    assert.equal(given.status, 200);
    assert.deepEqual(given.body.approvals.length, 1);
    assert.match(given.body.approvals[0].by, /^Anna/);
    assert.deepEqual(
      overheard.jobs.map(({ queue }) => queue),
      ['upkeep'],
    );
    assert.equal((await post('/api/approvals', LETTER)).body.approvals.length, 1, 'a repeat changes nothing');
    const acts = await database.knex('act').where({ verb: 'contents.approve' }).select('subject', 'detail');
    assert.deepEqual(acts, [{ subject: LETTER.subject, detail: { hash: LETTER.hash } }]);
  });

  it('are shown on the pages of the console, which show each letter in a frame that runs nothing, at two widths', async () => {
    const signedIn = await request(app)
      .post('/console/session')
      .set({ Host: '127.0.0.1:8080', 'Sec-Fetch-Site': 'same-origin' })
      .type('form')
      .send({ token: anna.token });
    const cookie = String(signedIn.headers['set-cookie']?.[0]).split(';')[0] ?? '';
    const own = { Host: '127.0.0.1:8080', Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' };
    const page = await request(app).get('/console/letters/diploma').set(own);
    assert.equal(page.status, 200);
    assert.match(page.text, new RegExp(`name="hash" value="${LETTER.hash}"`));
    assert.match(page.text, /Anna/);
    for (const width of [600, 390])
      assert.match(page.text, new RegExp(`<iframe sandbox="" loading="lazy" width="${width}"`));
    assert.match(String(page.headers['content-security-policy']), /frame-src 'self'/);
    const frame = await request(app).get('/console/letters/diploma/preview?language=kk').set(own);
    assert.match(
      String(frame.headers['content-security-policy']),
      /^sandbox; default-src 'none'; .*frame-ancestors 'self'$/,
    );
    assert.equal(frame.headers['x-frame-options'], 'SAMEORIGIN');
    const act = (path: string, fields: object) => request(app).post(path).set(own).type('form').send(fields);
    const stale = await act('/console/letters/diploma/kk/approve', { form: LETTER.subject, hash: 'a'.repeat(64) });
    assert.equal(stale.status, 409);
    assert.match(stale.text, /role="alert"/);
    const ended = await act('/console/letters/diploma/kk/withdraw', { hash: LETTER.hash, reason: 'fictional' });
    assert.equal(ended.status, 303);
    assert.equal(ended.headers['location'], '/console/letters/diploma?done=1');
    assert.equal(
      (await list()).items.find(({ subject }: { subject: string }) => subject === LETTER.subject).approved,
      false,
    );
  });

  it('are withdrawn with a reason; without one in force the answer is 409', async () => {
    await post('/api/approvals', LETTER);
    assert.equal((await post('/api/approvals/withdraw', LETTER)).status, 400);
    const withdrawn = await post('/api/approvals/withdraw', { ...LETTER, reason: 'fictional' });
    assert.deepEqual([withdrawn.status, withdrawn.body.approved], [200, false]);
    assert.equal((await post('/api/approvals/withdraw', { ...LETTER, reason: 'fictional' })).status, 409);
  });
});
