import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import request from 'supertest';
import { IDLE_MINUTES, MOST_HOURS } from '../../src/records/console-sessions.ts';
import { appOver, seedGroup, seedRelease, tokenFor } from '../http/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const OWN = { 'Sec-Fetch-Site': 'same-origin' };

describe('a session of the console', () => {
  let database: TestDatabase;
  let app: ReturnType<typeof appOver>['app'];
  let coordinator: Awaited<ReturnType<typeof tokenFor>>;
  before(async () => {
    database = await testDatabase();
    ({ app } = appOver(database.knex));
    coordinator = await tokenFor(database.knex, 'coordinator', 'Olga');
    await seedRelease(database.knex);
    await seedGroup(database.knex, 'sg_1');
  });
  after(() => database.drop());
  beforeEach(() => database.knex('lookup_limit').del());

  const signIn = (fields: Record<string, string>, headers: Record<string, string> = OWN) =>
    request(app)
      .post('/console/session')
      .set({ Host: '127.0.0.1:8080', ...headers })
      .type('form')
      .send(fields);
  const cookieOf = (response: request.Response) => String(response.headers['set-cookie']?.[0]).split(';')[0] ?? '';
  const cookie = async () => cookieOf(await signIn({ token: coordinator.token }));
  const open = (path: string, session: string) =>
    request(app).get(path).set({ Host: '127.0.0.1:8080', Cookie: session });
  const post = (path: string, session: string, fields: object, headers: Record<string, string> = OWN) =>
    request(app)
      .post(path)
      .set({ Host: '127.0.0.1:8080', Cookie: session, ...headers })
      .type('form')
      .send(fields);

  const keptIn = ({ text }: request.Response) => /name="interrupted" value="([\w-]+)"/.exec(text)?.[1] ?? '';

  it('begins with a valid token of a coordinator and leads to the page that was wanted', async () => {
    const response = await signIn({ token: coordinator.token, next: '/console/batches?state=held' });
    assert.equal(response.status, 303);
    assert.equal(response.headers['location'], '/console/batches?state=held');
    const page = await open('/console', cookieOf(response));
    assert.equal(page.status, 200);
    assert.match(page.text, /Olga/);
  });

  it('keeps the language and the page that were chosen before the sign-in', async () => {
    const asked = request(app).get('/console/sign-in').query({ lang: 'ru', next: '/console/held' });
    const page = await asked.set({ Host: '127.0.0.1:8080', 'Accept-Language': 'en' });
    assert.match(page.text, /name="lang" value="ru"/);
    assert.match(page.text, /sign-in\?next=%2Fconsole%2Fheld&amp;lang=en/, 'the link to the other language');
    const english = { ...OWN, 'Accept-Language': 'en' };
    const response = await signIn({ token: coordinator.token, lang: 'ru', next: '/console/held' }, english);
    assert.match((await open('/console/held', cookieOf(response))).text, /<html lang="ru">/);
  });

  it('is refused for an unknown token (401) and for a token of a viewer (403), and the page says why', async () => {
    const wrong = await signIn({ token: 'gr_wrongwrongwrongwrongwrong' });
    assert.equal(wrong.status, 401);
    assert.match(wrong.text, /role="alert"/);
    const viewer = await tokenFor(database.knex, 'viewer');
    assert.equal((await signIn({ token: viewer.token })).status, 403);
  });

  it('stores a hash of the id in the cookie, never the id', async () => {
    const id = (await cookie()).split('=')[1] ?? '';
    const { rows } = await database.knex.raw('select s::text as text from console_session s');
    assert.ok(id.length >= 43);
    assert.ok(rows.every(({ text }: { text: string }) => !text.includes(id)));
  });

  it('has a cookie with __Host-, HttpOnly, Secure and SameSite=Lax, except on plain HTTP of this computer', async () => {
    const plain = await signIn({ token: coordinator.token });
    assert.match(String(plain.headers['set-cookie']), /^gramota-plain=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
    const { app: proxied } = appOver(database.knex, { trustProxy: '1' });
    const secure = await request(proxied)
      .post('/console/session')
      .set({ Host: 'verify.example', 'X-Forwarded-Proto': 'https', ...OWN })
      .type('form')
      .send({ token: coordinator.token });
    assert.match(
      String(secure.headers['set-cookie']),
      /^__Host-gramota=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const page = await request(app).get('/console/sign-in').set('Host', '127.0.0.1:8080');
    assert.match(page.text, /__Host-/, 'the page says that the cookie is weaker here');
  });

  it('is needed for every page: without it a page leads to the sign-in and back', async () => {
    for (const path of ['/console', '/console/batches?state=held', '/console/nothing/here']) {
      const response = await request(app).get(path);
      assert.equal(response.status, 303, path);
      assert.equal(response.headers['location'], `/console/sign-in?${new URLSearchParams({ next: path })}`);
    }
  });

  it('never leads to another site after the sign-in', async () => {
    for (const next of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/consolex',
      '/c/x',
      '/console\\..',
    ])
      assert.equal((await signIn({ token: coordinator.token, next })).headers['location'], '/console', next);
  });

  it('ends when its token is revoked, by signing out, and by signing out everywhere', async () => {
    const [first, second, third] = [await cookie(), await cookie(), await cookie()];
    assert.equal((await post('/console/session/end', first, {})).status, 303);
    assert.equal((await open('/console', first)).status, 303);
    assert.equal((await open('/console', second)).status, 200);
    await post('/console/session/end-all', second, {});
    assert.equal((await open('/console', third)).status, 303);
    const brief = await tokenFor(database.knex, 'coordinator', 'brief');
    const session = cookieOf(await signIn({ token: brief.token }));
    await database.knex('api_token').where({ id: brief.id }).update({ revoked_at: new Date() });
    assert.equal((await open('/console', session)).status, 303);
  });

  it(`ends after ${IDLE_MINUTES} minutes without a request, and ${MOST_HOURS} hours after the sign-in at the latest`, async () => {
    const minutes = (count: number) => database.knex.raw(`now() - ? * interval '1 minute'`, [count]);
    const idle = await cookie();
    await database.knex('console_session').update({ seen_at: minutes(IDLE_MINUTES - 1) });
    assert.equal((await open('/console', idle)).status, 200);
    await database.knex('console_session').update({ seen_at: minutes(IDLE_MINUTES + 1) });
    assert.equal((await open('/console', idle)).status, 303);
    const old = await cookie();
    await database.knex('console_session').update({ created_at: minutes(MOST_HOURS * 60 + 1) });
    assert.equal((await open('/console', old)).status, 303);
  });

  it('keeps a form that was sent without it: after the sign-in it is shown again, ready to be sent', async () => {
    const typed = { country: 'KZ', reason: 'On the telephone: "Қазақстан" <b>' };
    const refused = await post('/console/student-groups/sg_1/override', 'gramota-plain=gone', typed);
    assert.equal(refused.status, 401);
    const resumed = await signIn({ token: coordinator.token, interrupted: keptIn(refused) });
    assert.equal(resumed.status, 200);
    assert.match(resumed.text, /action="\/console\/student-groups\/sg_1\/override"/);
    assert.match(resumed.text, /name="country" value="KZ"/);
    assert.match(resumed.text, /Қазақстан&quot; &lt;b&gt;/);
  });

  it('keeps the largest form that the console accepts, and says so where a form is larger', async () => {
    const rows = (count: number) => ({
      row: Array.from({ length: count }, (_, n) => `sg_${n}-Қазақстан`),
      reason: 'x',
    });
    const refused = await post('/console/held/country-unknown', 'gramota-plain=gone', rows(7000));
    assert.equal(refused.status, 401);
    const resumed = await signIn({ token: coordinator.token, interrupted: keptIn(refused) });
    assert.equal(resumed.status, 200);
    assert.match(resumed.text, /name="row" value="sg_6999-Қазақстан"/);
    const larger = await post('/console/held/country-unknown', 'gramota-plain=gone', rows(8000));
    assert.equal(larger.status, 413);
    assert.match(larger.text, /512[\s\S]*назад|512[\s\S]*[Gg]o back/);
  });

  it('does not keep an uploaded file, and asks for it once more by its name beside the field', async () => {
    const refused = await request(app)
      .post('/console/imports')
      .set({ Host: '127.0.0.1:8080', Cookie: 'gramota-plain=gone', ...OWN })
      .field('form', 'cis-registration')
      .attach('file', Buffer.from(`Email,Country\n${'a@kz.example,KZ\n'.repeat(50_000)}`), 'осень <2026>.csv');
    assert.equal(refused.status, 401);
    assert.match(refused.text, /файл осень &lt;2026&gt;\.csv — нет/);
    const resumed = await signIn({ token: coordinator.token, interrupted: keptIn(refused) });
    assert.match(resumed.text, /enctype="multipart\/form-data"/);
    assert.match(resumed.text, /name="form" value="cis-registration"/);
    assert.match(
      resumed.text,
      /Файл осень &lt;2026&gt;\.csv не сохранился[\s\S]*<input type="file" id="again-file" name="file" required/,
    );
  });

  it('does not accept a form from another origin, nor one without Sec-Fetch-Site and Origin', async () => {
    const session = await cookie();
    const foreign: Record<string, string>[] = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'none' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      {},
    ];
    for (const headers of foreign)
      assert.equal((await post('/console/session/end', session, {}, headers)).status, 403, JSON.stringify(headers));
    assert.equal((await open('/console', session)).status, 200);
    assert.equal((await signIn({ token: coordinator.token }, { Origin: 'https://evil.example' })).status, 403);
    assert.equal((await post('/console/session/end', session, {}, { Origin: 'http://127.0.0.1:8080' })).status, 303);
  });

  it('has the language that the person chose, and pages that allow no inline script, no frame and no other site', async () => {
    const session = await cookie();
    await post('/console/language', session, { language: 'en', next: '/console' });
    const page = await open('/console', session);
    assert.match(page.text, /<html lang="en">/);
    const policy = String(page.headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
      assert.ok(policy.includes(part), part);
    assert.doesNotMatch(page.text, /<script>|<style|style="| on\w+="/);
  });

  it('cannot be guessed: the eleventh failed sign-in of a minute from one address gets 429 with Retry-After', async () => {
    for (let n = 0; n < 10; n += 1) assert.equal((await signIn({ token: 'gr_wrong' })).status, 401);
    const response = await signIn({ token: coordinator.token });
    assert.equal(response.status, 429);
    assert.ok(Number(response.headers['retry-after']) > 0);
  });
});
