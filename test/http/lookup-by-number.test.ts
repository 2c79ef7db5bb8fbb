import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import request from 'supertest';
import { formatCode, makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { erase } from '../support/within-erasure.ts';
import { appOver, seedCertificate } from './harness.ts';

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => database.drop());

const JSON_ONLY = { Accept: 'application/json' };
const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
describe('the public lookup by number and surname', () => {
  test('shows only the status, without code, name or link, for a surname in any script and case', async () => {
    const { facts } = await seedCertificate(database.knex);
    const { app } = appOver(database.knex);
    for (const surname of ['Нұрмұхамедова', 'нұрмұхамедова', 'NURMUKHAMEDOVA']) {
      const answer = await request(app)
        .get('/certificates/lookup')
        .query({ number: facts.number.toLowerCase(), surname });
      assert.equal(answer.status, 200, surname);
      assert.deepEqual(answer.body, {
        status: 'valid',
        number: facts.number,
        courseTitle: facts.courseTitle,
        issueDate: facts.issueDate,
        issuer: facts.issuer,
      });
    }
    const page = await request(app)
      .get('/certificates/lookup')
      .set(BROWSER)
      .query({ number: facts.number, surname: 'Нұрмұхамедова' });
    assert.equal(page.status, 200);
    assert.ok(!page.text.includes(facts.code) && !page.text.includes(formatCode(facts.code)));
    assert.doesNotMatch(page.text, /Нұрмұхамедова|diploma\.pdf/);
  });

  test('finds a surname with small typing mistakes, or from a keyboard that lacks some of its letters', async () => {
    const app = appOver(database.knex, { trustProxy: 'loopback' }).app;
    const ask = async (number: string, surname: string) =>
      (await request(app).get('/certificates/lookup').set('X-Forwarded-For', '192.0.2.81').query({ number, surname }))
        .status;
    const kazakh = await seedCertificate(database.knex, { holderName: 'Сәрсенбаева Ә. Қ.', latinName: null });
    const digits = kazakh.facts.number.replace(/\D/g, '');
    for (const number of [`№ ${kazakh.facts.number}`, `No. int${digits}`, `INT ${digits}`, `INТ–${digits}`])
      assert.equal(await ask(number, 'сарсенбаева'), 200, number);
    for (const initial of ['Ә', 'а', 'К.']) assert.equal(await ask(kazakh.facts.number, initial), 404, initial);
    const armenian = await seedCertificate(database.knex, { holderName: 'Սևակ Օրինակյան', latinName: null });
    for (const surname of ['ՍԵՎԱԿ', 'սեւակ', 'Սևակ']) assert.equal(await ask(armenian.facts.number, surname), 200);
  });

  test('uses the surname when two numbers differ only in dashes; with the same surname it finds nothing', async () => {
    const app = appOver(database.knex, { trustProxy: 'loopback' }).app;
    const ask = (number: string, surname: string) =>
      request(app).get('/certificates/lookup').set('X-Forwarded-For', '192.0.2.82').query({ number, surname });
    const names = { holderName: 'Анна Образцова', latinName: null };
    await seedCertificate(database.knex, { ...names, number: 'T-2-6000042' });
    await seedCertificate(database.knex, { holderName: 'Анна Примерова', latinName: null, number: 'T-26-000042' });
    assert.equal((await ask('T26000042', 'Примерова')).body.number, 'T-26-000042');
    assert.equal((await ask('T26000042', 'Образцова')).body.number, 'T-2-6000042');
    assert.equal((await ask('T26000042', 'Анна')).status, 404);
    assert.equal((await ask('t-26 000042', 'Анна')).body.number, 'T-26-000042');
  });

  test('gives the same 404 for a wrong number, a wrong surname and an erased certificate', async () => {
    const { facts } = await seedCertificate(database.knex);
    const erased = await seedCertificate(database.knex);
    await erase(database.knex, erased.id);
    const { app } = appOver(database.knex);
    const texts = new Set<string>();
    for (const query of [
      { number: facts.number, surname: 'Иванова' },
      { number: 'INT-26-999999999', surname: 'Нұрмұхамедова' },
      { number: erased.facts.number, surname: 'Нұрмұхамедова' },
      { number: '\u0000', surname: 'Нұрмұхамедова' },
      { number: facts.number, surname: '\u0000' },
      { number: facts.number, surname: '-' },
      { number: 'x'.repeat(3000), surname: 'y'.repeat(3000) },
    ]) {
      const answer = await request(app).get('/certificates/lookup').query(query);
      assert.equal(answer.status, 404);
      texts.add(answer.text);
    }
    assert.equal(texts.size, 1);
  });

  test('shows the input again, escaped, in the form and in the language links when nothing was found', async () => {
    const { facts } = await seedCertificate(database.knex);
    const app = appOver(database.knex, { trustProxy: 'loopback' }).app;
    const page = async (query: Record<string, string>) =>
      await request(app)
        .get('/certificates/lookup')
        .set({ ...BROWSER, 'Accept-Language': 'en', 'X-Forwarded-For': '192.0.2.83' })
        .query(query);
    const nasty = `"><script>alert(1)</script>Ива'нова`;
    const answer = await page({ number: 'INT 26', surname: nasty });
    assert.equal(answer.status, 404);
    assert.doesNotMatch(answer.text, /<script/);
    assert.match(answer.text, /id="number" name="number" value="INT 26"/);
    assert.match(answer.text, /id="surname" name="surname" value="&quot;&gt;&lt;script/);
    assert.match(answer.text, /href="\?number=INT\+26&amp;surname=[\w%+-]+&amp;lang=kk"/);
    assert.match(answer.text, /<h2>Search again<\/h2>[\s\S]*by-number[\s\S]*by-code/);
    assert.match(answer.text, /A number ends with at least six digits/);

    const told = async (query: Record<string, string>) =>
      /<ul class="help"><li>(.*?)<\/li>/.exec((await page(query)).text)?.[1];
    const right = /has the right form/;
    // Hints depend only on the form of the input, so existing and missing certificates get the same response.
    assert.match((await told({ number: facts.number, surname: 'Иванова' })) ?? '', right);
    assert.match((await told({ number: 'INT-26-999999999', surname: 'Нұрмұхамедова' })) ?? '', right);
    assert.match((await told({ number: facts.number, surname: 'Н.' })) ?? '', /surname as a whole word/);
    assert.match((await told({ number: makeCode(randomInt), surname: 'Иванова' })) ?? '', /looks like a code/);
    assert.match((await told({ code: makeCode(randomInt) })) ?? '', right);
    assert.match((await told({ code: 'INT-26-000042' })) ?? '', /looks like a number/);
    assert.match((await told({ code: 'ABC' })) ?? '', /exactly 25/);
    assert.match((await told({ code: 'ЖЖЖ' })) ?? '', /only Latin letters and digits/);
    const { code } = facts;
    const slip = code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');
    assert.match((await told({ code: slip })) ?? '', /character of the code is wrong/);
  });

  test('gives 400 when one of the two fields is missing', async () => {
    const { app } = appOver(database.knex, { trustProxy: 'loopback' });
    const get = (query: string, headers: Record<string, string> = JSON_ONLY) =>
      request(app)
        .get(`/certificates/lookup${query}`)
        .set({ ...headers, 'X-Forwarded-For': '192.0.2.77' });
    for (const query of [
      '',
      '?code=',
      '?number=1',
      '?surname=x',
      '?code=a&number=b&surname=c',
      '?code=a&surname=b',
      '?code=a&code=b',
    ]) {
      const answer = await get(query);
      assert.equal(answer.status, 400, query);
      assert.ok(answer.body.errors.length > 0);
    }
    assert.equal((await get('', BROWSER)).status, 200);
    const page = await get('?code=&number=1', BROWSER);
    assert.equal(page.status, 400);
    assert.match(page.text, /<form/);
  });
});
