import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { recordNames } from '../../src/records/student-groups/names.ts';
import { appOver, RULEBOOK, seedCertificate, seedGroup, seedRelease, tokenFor } from '../http/harness.ts';
import { letter } from '../http/letters.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { erase } from '../support/within-erasure.ts';

const HOST = '127.0.0.1:8080';
const OWN = { 'Sec-Fetch-Site': 'same-origin' };
const LETTER = { subject: 'Диплом: {{name}}', html: '<p>Здравствуйте, {{name}}</p>', text: '{{name}}' };
const NAME = 'Гүлнара Мисалова';

describe('pages of the console about people', () => {
  let database: TestDatabase;
  let app: ReturnType<typeof appOver>['app'];
  let token: string;
  let Cookie: string;
  const signIn = async () => {
    const response = await request(app)
      .post('/console/session')
      .set({ Host: HOST, ...OWN })
      .type('form')
      .send({ token });
    return String(response.headers['set-cookie']?.[0]).split(';')[0] ?? '';
  };
  before(async () => {
    database = await testDatabase();
    ({ app } = appOver(database.knex, {
      rulebook: { ...RULEBOOK, letters: new Map([['diploma', new Map([['ru', LETTER]])]]) },
    }));
    await seedRelease(database.knex);
    for (const id of ['sg_1', 'sg_2']) {
      await seedGroup(database.knex, id, {
        snapshot: JSON.stringify({ id, student: { id: `st of ${id}`, fullName: NAME, latinName: null } }),
      });
      await recordNames(database.knex, id, [NAME]);
    }
    ({ token } = await tokenFor(database.knex, 'coordinator', 'Olga'));
    Cookie = await signIn();
  });
  after(() => database.drop());

  const open = (path: string, session = Cookie) => request(app).get(path).set({ Host: HOST, Cookie: session });
  const post = (path: string, fields: object) =>
    request(app)
      .post(path)
      .set({ Host: HOST, Cookie, ...OWN })
      .type('form')
      .send(fields);
  const placeOf = (response: request.Response) => String(response.headers['location']);

  it('the reports page names the releases, each with a link to its report', async () => {
    const [, link = ''] = /<li><a href="(\?release=rel_test)">/.exec((await open('/console/reports')).text) ?? [];
    const report = await open(`/console/reports${link}`);
    assert.match(report.text, /<h2>По состояниям<\/h2>/);
    assert.doesNotMatch(report.text, /<h2>Релизы<\/h2>/);
  });

  it('a search puts no name into the address; the address can be opened again, with filters and in a new tab', async () => {
    const found = await post('/console/people', { q: 'мисалова', release: 'rel_test', state: '' });
    assert.equal(found.status, 303);
    const address = placeOf(found);
    assert.match(address, /^\/console\/people\?release=rel_test&search=[\w-]+$/);
    const sealed = Buffer.from(address.split('search=')[1] ?? '', 'base64url').toString('utf8');
    assert.ok(!sealed.includes('мисал') && !sealed.includes(encodeURIComponent('мисал')));
    for (let n = 0; n < 2; n += 1) {
      const page = await open(address);
      assert.equal(page.status, 200);
      assert.equal(page.text.split(`<bdi>${NAME}</bdi>`).length - 1, 2, 'both people are found');
      assert.match(page.text, /name="q" value="мисалова"/, 'what was typed stands in the form');
      assert.match(page.text, /name="release" value="rel_test"/);
    }
    assert.match(
      placeOf(await post('/console/people', { q: '', state: 'held' })),
      /\?state=held$/,
      'filters alone stay readable',
    );
  });

  it('an address with a name in it leads to the one without', async () => {
    const led = await open(`/console/people?${new URLSearchParams({ q: NAME, release: 'rel_test' })}`);
    assert.equal(led.status, 303);
    assert.match(placeOf(led), /^\/console\/people\?release=rel_test&search=[\w-]+$/);
    assert.match(placeOf(await open('/console/audit?actor=Olga')), /^\/console\/audit\?search=[\w-]+$/);
  });

  it('words that were typed in another session, or are damaged, are asked for again; filters stay', async () => {
    const address = placeOf(await post('/console/people', { q: 'мисалова', release: 'rel_test' }));
    for (const [path, session] of [
      [address, await signIn()],
      [`${address.slice(0, -4)}AAAA`, Cookie],
      ['/console/people?release=rel_test&search=x', Cookie],
    ] as const) {
      const page = await open(path, session);
      assert.equal(page.status, 200, path);
      assert.match(page.text, /Слова этого поиска забыты/);
      assert.match(page.text, /name="q" value=""/);
      assert.match(page.text, /name="release" value="rel_test"/);
    }
  });

  it('the audit list is narrowed to a person without that name in the address, also as a file', async () => {
    const address = placeOf(await post('/console/audit', { actor: 'nobody at all', verb: 'token.create' }));
    assert.match(address, /^\/console\/audit\?verb=token.create&search=[\w-]+$/);
    const page = await open(address);
    assert.match(page.text, /name="actor" value="nobody at all"/);
    const file = /href="(\/console\/audit\.csv[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    assert.doesNotMatch(file, /nobody/);
    assert.equal((await open(file)).text.trim().split('\n').length, 1, 'only the head of the table');
    assert.doesNotMatch((await open('/console/audit')).text, /[?&]actor=/, 'links of the list are without names too');
  });

  it('a search by words counts to 1,000 only', async () => {
    await database.knex.raw(`insert into student_group (id, release_id, student_id, snapshot, pulled_at)
      select 'sg_many_' || n, 'rel_test', 'st_' || n, '{"student": {"fullName": "Много"}}', now() from generate_series(1, 1001) as n`);
    await database.knex.raw(`insert into find_words (student_group_id, words)
      select id, array_to_tsvector(array['много']) from student_group where id like 'sg_many_%'
      on conflict (student_group_id) do update set words = excluded.words`);
    const page = await open(placeOf(await post('/console/people', { q: 'много' })));
    assert.match(page.text, /Людей: больше 1000/);
    assert.match(
      (await open('/console/people?release=rel_test')).text,
      /Людей: 100[3-9]/,
      'without words all are counted',
    );
  });

  it('a letter of a certificate is shown as drawn again, which the page says, in a frame without scripts', async () => {
    const { id } = await seedCertificate(database.knex, { holderName: 'Анна <b>Образцова</b>' });
    const path = `/console/certificates/${id}/letters/${await letter(database.knex, id, 'sent')}`;
    assert.ok((await open(`/console/certificates/${id}`)).text.includes(`href="${path}"`));
    const page = await open(path);
    assert.match(page.text, /составлено заново/);
    assert.match(page.text, /Диплом: Анна &lt;b&gt;/);
    assert.match(page.text, new RegExp(`<iframe sandbox=""[^>]* src="${path}/body"`));
    assert.match(String(page.headers['content-security-policy']), /frame-src 'self'/);
    const body = await open(`${path}/body`);
    assert.match(body.text, /<p>Здравствуйте, Анна &lt;b&gt;Образцова/);
    assert.match(String(body.headers['content-security-policy']), /^sandbox; default-src 'none'/);
    await erase(database.knex, id);
    assert.match((await open(path)).text, /нельзя составить заново/);
    assert.equal((await open(`${path}/body`)).status, 404);
    assert.equal((await open(`/console/certificates/${id}/letters/${id}`)).status, 404, 'another id');
  });
});
