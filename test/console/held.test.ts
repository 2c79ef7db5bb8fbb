import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import request from 'supertest';
import { watchCredentials } from '../../src/compose/watch-credentials.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { appOver, seedDecision, seedGroup, seedRelease, tokenFor } from '../http/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const HOST = '127.0.0.1:8080';
const OWN = { 'Sec-Fetch-Site': 'same-origin' };
const PATH = '/console/held/country-unknown';

describe('the page of people who are held for one reason', () => {
  let database: TestDatabase;
  let app: ReturnType<typeof appOver>['app'];
  let Cookie: string;
  before(async () => {
    database = await testDatabase();
    ({ app } = appOver(database.knex));
    await seedRelease(database.knex);
    for (const id of ['sg_1', 'sg_2', 'sg_3']) {
      await seedGroup(database.knex, id);
      await seedDecision(database.knex, id, 'held', { code: 'country-unknown', detail: 'no source names it' });
    }
    const { token } = await tokenFor(database.knex, 'coordinator', 'Olga');
    const response = await request(app)
      .post('/console/session')
      .set({ Host: HOST, ...OWN })
      .type('form')
      .send({ token });
    Cookie = String(response.headers['set-cookie']?.[0]).split(';')[0] ?? '';
  });
  after(() => database.drop());
  beforeEach(() => database.knex('bulk_act').whereNull('finished_at').update({ finished_at: new Date() }));

  const open = (path: string) => request(app).get(path).set({ Host: HOST, Cookie });
  const post = (fields: object) =>
    request(app)
      .post(PATH)
      .set({ Host: HOST, Cookie, ...OWN })
      .type('form')
      .send(fields);
  /** The hidden fields of the form that acts on all, as the page has it, with a reason. */
  const formOfAll = async (verb: string) => {
    const { text } = await open(PATH);
    const body = new RegExp(`<form[^>]*>(?:(?!</form>).)*name="form" value="all-${verb}".*?</form>`, 's').exec(
      text,
    )?.[0];
    const fields = [...(body ?? '').matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value] as const,
    );
    return { ...Object.fromEntries(fields), reason: 'Registrations came' };
  };
  const acts = async () => Number((await database.knex('bulk_act').count('* as n').first())?.['n']);

  for (const verb of ['retry', 'exclude'])
    it(`starts one act (${verb}) however often the same form is sent, also at the same moment`, async () => {
      const before = await acts();
      const form = await formOfAll(verb);
      const [first, second] = await Promise.all([post(form), post(form)]);
      assert.equal(first?.status, 303, first?.text);
      assert.match(String(first?.headers['location']), /^\/console\/bulk\/[\w-]{36}$/);
      assert.equal(second?.headers['location'], first?.headers['location']);
      await database.knex('bulk_act').whereNull('finished_at').update({ finished_at: new Date() });
      assert.equal((await post(form)).headers['location'], first?.headers['location'], 'sent again when it is over');
      assert.equal((await acts()) - before, 1);
    });

  it('shows the act on the same selection that is under way, instead of a second one', async () => {
    const before = await acts();
    const first = (await post(await formOfAll('retry'))).headers['location'];
    const again = await post({ ...(await formOfAll('retry')), reason: 'Pressed on a new page' });
    assert.equal(again.headers['location'], `${first}?already=1`);
    assert.match((await open(`${first}?already=1`)).text, /Такое же действие уже идёт/);
    assert.equal((await acts()) - before, 1);
    assert.doesNotMatch(
      String((await post(await formOfAll('exclude'))).headers['location']),
      /already/,
      'another verb',
    );
    await database.knex('bulk_act').whereNull('finished_at').update({ finished_at: new Date() });
    assert.doesNotMatch(String((await post(await formOfAll('retry'))).headers['location']), /already/, 'it is over');
  });

  it('keeps pasted rows that found no place, when the values are saved and when they are refused', async () => {
    const rest = 'KZ\nUZ <b>';
    const saved = await post({ verb: 'save', row: 'sg_1', 'value-sg_1': 'KZ', reason: 'By phone', rest });
    assert.equal(saved.status, 200);
    assert.match(saved.text, /<textarea id="rest" name="rest">KZ\nUZ &lt;b&gt;<\/textarea>/);
    const refused = await post({ verb: 'save', row: 'sg_2', reason: 'By phone', rest });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /name="rest">KZ\nUZ/);
    assert.match((await open(PATH)).text, /data-rest hidden>/, 'hidden where nothing was pasted');
  });

  for (const [party, said] of [
    ['lms', /LMS не принимает доступ/],
    ['mail', /Почтовый сервис не принимает доступ/],
  ] as const)
    it(`says, like the first page, that ${party} refuses the credentials, until it accepts them`, async () => {
      let now = Date.parse('2026-11-29T09:00:00Z');
      const answered = watchCredentials(database.knex, party, { now: () => new Date(now) });
      const shown = async () => {
        const pages = await Promise.all(['/console', '/console/held', PATH].map((path) => open(path)));
        return pages.map(({ text }) => said.test(text));
      };
      assert.deepEqual(await shown(), [false, false, false]);
      await answered(false);
      assert.deepEqual(await shown(), [true, true, true]);
      assert.match((await open('/console')).text, /29\.11\.2026 12:00/, 'since when, in the school’s zone');
      await watchCredentials(database.knex, party, systemClock)(true);
      assert.deepEqual(await shown(), [false, false, false], 'a new process is accepted');
      now += 59_000;
      await answered(false);
      assert.deepEqual(await shown(), [false, false, false], 'written at most once a minute');
      now += 1000;
      await answered(false);
      assert.deepEqual(await shown(), [true, true, true]);
      await answered(true);
      assert.deepEqual(await shown(), [false, false, false]);
    });
});
