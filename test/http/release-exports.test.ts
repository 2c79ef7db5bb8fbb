import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readXlsx } from 'hucre/xlsx';
import request, { type Response } from 'supertest';
import { createPostgresArtefacts } from '../../src/adapters/artefacts/postgres-artefacts.ts';
import type { AppDeps } from '../../src/app.ts';
import { formatCode } from '../../src/domain/certificate/lookup-code.ts';
import { ArtefactsFault } from '../../src/ports/artefacts.ts';
import { committedDescription } from '../support/api-description.ts';
import { storeDiploma } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { unzip } from '../support/unzip.ts';
import { erase } from '../support/within-erasure.ts';
import {
  appOver,
  revoke,
  type Seeded,
  seedCertificate,
  seedDecision,
  seedGroup,
  seedRelease,
  seedVersion,
  tokenFor,
} from './harness.ts';
import { letter } from './letters.ts';

describe('exports of a release', () => {
  let database: TestDatabase;
  let viewer: string;
  const all: Record<'sent' | 'drawn' | 'formula' | 'revoked' | 'erased' | 'undrawn', Seeded> = {} as never;
  before(async () => {
    database = await testDatabase();
    const { knex } = database;
    await seedRelease(knex);
    viewer = (await tokenFor(knex, 'viewer', 'reader')).header;
    const named = (number: number, holderName: string, latinName: string | null, drawn = true) =>
      seedCertificate(knex, { number: `INT-26-00000${number}`, holderName, latinName }, drawn);
    all.sent = await named(1, 'Әсел Нұрмұхамедова', 'Assel Nurmukhamedova');
    await letter(knex, all.sent.id, 'sent');
    all.drawn = await named(2, 'שָׂרָה כֹּהֵן', null);
    const { facts, id } = all.drawn;
    await seedVersion(knex, {
      id,
      facts: { ...facts, version: 2, holderName: 'Later' },
      bytes: Buffer.from('2'),
      drawn: false,
    });
    all.formula = await named(3, '=HYPERLINK("x")', '-Anna');
    all.revoked = await named(4, 'Revoked Person', 'Revoked Person');
    await revoke(knex, all.revoked.id);
    all.erased = await named(5, 'Erased Person', 'Erased Person');
    await erase(knex, all.erased.id);
    all.undrawn = await named(6, 'Undrawn Person', 'Undrawn Person', false);
    const student = { fullName: 'Анна Пример', latinName: 'Anna Primer' };
    await seedGroup(knex, 'sg_held', { snapshot: JSON.stringify({ student }) });
    await seedDecision(knex, 'sg_held', 'held', { code: 'lms-gone', detail: 'gone' });
    await seedDecision(knex, await seedGroup(knex, 'sg_refused'), 'not-met', { code: 'criteria', detail: 'score' });
    await seedGroup(knex, 'sg_elsewhere', { release_id: 'rel_other' });
  });
  after(() => database.drop());

  const appWith = (changes: Partial<AppDeps> = {}) => appOver(database.knex, changes).app;
  const get = (path: string, language = 'en', app = appWith()) =>
    request(app)
      .get(`/api/releases/${path}`)
      .set('Authorization', viewer)
      .set('Accept-Language', language)
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => done(null, Buffer.concat(chunks)));
      });
  const sheetsOf = async (bytes: Buffer) =>
    new Map((await readXlsx(bytes)).sheets.map(({ name, rows }): [string, unknown[][]] => [name, rows]));
  const cells = (row: unknown[] | undefined) => row?.map((cell) => cell ?? null);
  const files = (answer: Response) => new Map(unzip(answer.body).map((entry) => [entry.name, entry]));
  const actsWithout = async (run: () => Promise<unknown>) => {
    const count = async () => Number((await database.knex('act').count({ n: '*' }))[0]?.['n']);
    const before = await count();
    await run();
    return (await count()) - before;
  };

  describe('GET /api/releases/{id}/register.xlsx', () => {
    it('has one row per certificate with the facts of the version that the public is shown', async () => {
      const answer = await get('rel_test/register.xlsx');
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['content-disposition'], 'attachment; filename=register-rel_test.xlsx');
      assert.equal(answer.headers['cache-control'], 'no-store, private');
      const rows = (await sheetsOf(answer.body)).get('Certificates') ?? [];
      const [header, sent, drawn, formula, revoked, erased, undrawn, ...more] = rows.map(cells);
      assert.deepEqual(header?.slice(0, 10), [
        ...['Number', 'Name', 'Latin name', 'Country', 'Course', 'Hours', 'Date of issue', 'State', 'Link'],
        'SHA-256 of the diploma',
      ]);
      const { facts, sha256, studentGroupId } = all.sent;
      assert.deepEqual(sent?.slice(0, 13), [
        ...[facts.number, 'Әсел Нұрмұхамедова', 'Assel Nurmukhamedova', facts.country, facts.courseTitle],
        ...[facts.hoursTotal, facts.issueDate, 'sent', facts.lookupUrl, sha256, 1, null, studentGroupId],
      ]);
      assert.deepEqual([drawn?.[1], drawn?.[2], drawn?.[9], drawn?.[10]], ['שָׂרָה כֹּהֵן', null, all.drawn.sha256, 1]);
      assert.deepEqual(formula?.slice(1, 3), ['=HYPERLINK("x")', '-Anna']);
      assert.deepEqual([revoked?.[7], revoked?.[13]], ['revoked', 'mistake']);
      assert.deepEqual([erased?.[0], erased?.[1], erased?.[8], erased?.[9]], ['INT-26-000005', null, null, null]);
      assert.deepEqual([undrawn?.[1], undrawn?.[7], undrawn?.[9]], ['Undrawn Person', 'awarded', null]);
      assert.deepEqual(more, []);
    });

    it('names who is not finished or has no certificate with the reason, all letters, and counts that add up', async () => {
      const sheets = await sheetsOf((await get('rel_test/register.xlsx')).body);
      assert.deepEqual([...sheets.keys()], ['Certificates', 'Unresolved', 'Delivery', 'Counts']);
      const unresolved = (sheets.get('Unresolved') ?? []).slice(1).map(cells);
      const numbers = [all.drawn, all.formula, all.erased, all.undrawn].map(({ facts }) => facts.number);
      assert.deepEqual(
        unresolved.map((row) => row?.[9]),
        [...numbers, null, null],
      );
      const told = unresolved.slice(-2).map((row) => row?.slice(0, 8));
      assert.deepEqual(told, [
        ['sg_held', 'student of sg_held', 'Анна Пример', 'Anna Primer', 'KZ', 'held', 'lms-gone', 'gone'],
        ['sg_refused', 'student of sg_refused', null, null, 'KZ', 'not-met', 'criteria', 'score'],
      ]);
      const [, ...letters] = (sheets.get('Delivery') ?? []).map(cells);
      const { facts } = all.sent;
      assert.deepEqual(
        letters.map((row) => row?.slice(0, 6)),
        [[facts.number, facts.holderName, 'old@example.org', 'first', 1, 'sent']],
      );
      const counts = (sheets.get('Counts') ?? []).slice(1).map(cells);
      const count = (section: string) => counts.filter((row) => row?.[0] === section).map((row) => Number(row?.[3]));
      assert.deepEqual([count('student groups'), count('certificates'), count('without certificate')], [[8], [6], [2]]);
      for (const by of ['by state', 'by country', 'by template'])
        assert.equal(
          count(by).reduce((sum, one) => sum + one, 0),
          8,
        );
    });

    it('has titles in Russian for those who read Russian', async () => {
      const sheets = await sheetsOf((await get('rel_test/register.xlsx', 'ru')).body);
      assert.deepEqual([...sheets.keys()], ['Дипломы', 'Нерешённые', 'Доставка', 'Итоги']);
      assert.deepEqual(sheets.get('Дипломы')?.[0]?.slice(0, 3), ['Номер', 'Имя', 'Имя латиницей']);
    });

    it('is an act that is recorded with its actor; asking for headers alone is none', async () => {
      assert.equal(await actsWithout(() => get('rel_test/register.xlsx')), 1);
      const [act] = await database.knex('act').orderBy('acted_at', 'desc').limit(1);
      assert.deepEqual([act.verb, act.subject, act.detail], ['release.export-register', 'rel_test', { form: 'xlsx' }]);
      assert.match(act.actor, /reader/);
      const head = () => request(appWith()).head('/api/releases/rel_test/register.xlsx').set('Authorization', viewer);
      assert.equal(await actsWithout(async () => assert.equal((await head()).status, 200)), 0);
    });

    it('refuses callers without a token, unknown releases, query parameters and other methods', async () => {
      assert.equal((await request(appWith()).get('/api/releases/rel_test/register.xlsx')).status, 401);
      assert.equal((await get('rel_nowhere/register.xlsx')).status, 404);
      assert.equal((await get('rel_test/register.xlsx?state=sent')).status, 400);
      const post = request(appWith()).post('/api/releases/rel_test/register.xlsx').set('Authorization', viewer);
      assert.equal((await post).status, 405);
      assert.equal(
        (await get('rel_other/register.xlsx')).status,
        200,
        'a release of which only student groups are known',
      );
    });
  });

  describe('GET /api/releases/{id}/register.csv', () => {
    it('has the rows of the first sheet, and an apostrophe before what spreadsheets would run', async () => {
      const answer = await get('rel_test/register.csv');
      assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8');
      const lines = answer.body.toString('utf8').split('\r\n');
      assert.ok(
        lines[0].startsWith('\uFEFFNumber,Name,Latin name,Country,Course,Hours,Date of issue,State,Link,SHA-256'),
      );
      assert.equal(lines.length, 8);
      assert.ok(lines[1].startsWith('INT-26-000001,Әсел Нұрмұхамедова,Assel Nurmukhamedova,'), lines[1]);
      assert.ok(lines[3].startsWith(`INT-26-000003,"'=HYPERLINK(""x"")",'-Anna,`), lines[3]);
    });
  });

  describe('GET /api/releases/{id}/register.jsonl', () => {
    it('has everything that a diploma prints and its signed credential, one line a certificate, as described', async () => {
      const { knex } = database;
      const certificate = await seedCertificate(knex, { number: 'INT-26-000007' }, false);
      const document = { type: ['VerifiableCredential'], name: 'fictional' };
      const json = Buffer.from(JSON.stringify(document));
      const bytes = Buffer.from('with a credential');
      await storeDiploma(knex, { certificateId: certificate.id, version: 1, bytes, credential: { json, jwt: json } });
      const answer = await get('rel_test/register.jsonl');
      const text: string = answer.body.toString('utf8');
      assert.ok(text.endsWith('\n'));
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const described = committedDescription();
      for (const line of lines) assert.equal(described.objection('/components/schemas/RegisterLine', line), null);
      const of = (number: string) => lines.find((line) => line.number === number);
      const { facts, id, sha256 } = all.sent;
      const { status, holder, course, project, code, diploma } = of(facts.number);
      const {
        holderName: name,
        latinName,
        country,
        courseTitle: title,
        language,
        hoursTotal: hours,
        programme,
      } = facts;
      assert.deepEqual(
        { id: of(facts.number).certificateId, status, holder, course, project, code, sha256: diploma.sha256 },
        {
          ...{ id, status: 'valid', holder: { name, latinName, country }, project: facts.project, sha256 },
          ...{ course: { title, language, hours, programme }, code: formatCode(facts.code) },
        },
      );
      assert.deepEqual([of('INT-26-000004').status, of('INT-26-000005').status], ['revoked', 'erased']);
      assert.equal(of('INT-26-000005').holder, null);
      assert.doesNotMatch(text, /Erased Person/);
    });
  });

  describe('GET /api/releases/{id}/diplomas.zip', () => {
    it('holds the register and the current diplomas under the names of their letters, byte for byte', async () => {
      const found = files(await get('rel_test/diplomas.zip'));
      const { facts, bytes } = all.sent;
      assert.deepEqual([...found.keys()].slice(0, 3), [
        'register.xlsx',
        'Diploma-Assel-Nurmukhamedova-INT-26-000001.pdf',
        'Diploma-INT-26-000002.pdf',
      ]);
      const diploma = found.get('Diploma-Assel-Nurmukhamedova-INT-26-000001.pdf');
      assert.deepEqual([diploma?.method, diploma?.bytes], ['stored', bytes]);
      assert.deepEqual(found.get('Diploma-INT-26-000002.pdf')?.bytes, all.drawn.bytes);
      const register = await sheetsOf(found.get('register.xlsx')?.bytes ?? Buffer.alloc(0));
      assert.equal(register.get('Certificates')?.[1]?.[0], facts.number);
    });

    it('names in missing.txt every certificate without a file, and why', async () => {
      const stored = createPostgresArtefacts(database.knex);
      const artefacts = {
        ...stored,
        get: async (sha256: string) => {
          if (sha256 === all.sent.sha256) return null;
          if (sha256 === all.formula.sha256) throw new ArtefactsFault('fictional');
          return stored.get(sha256);
        },
      };
      const found = files(await get('rel_test/diplomas.zip', 'en', appWith({ artefacts })));
      const text = found.get('missing.txt')?.bytes.toString('utf8') ?? '';
      const lines = text.split('\r\n').map((line) => line.split('\t'));
      assert.deepEqual(
        lines.slice(1, 6).map(([number, holder, why]) => [number, holder, why?.split(' ')[0]]),
        [
          ['INT-26-000001', 'Әсел Нұрмұхамедова', 'the'],
          ['INT-26-000003', '=HYPERLINK("x")', 'the'],
          ['INT-26-000004', 'Revoked Person', 'revoked'],
          ['INT-26-000005', '', 'personal'],
          ['INT-26-000006', 'Undrawn Person', 'not'],
        ],
      );
      assert.ok(found.has('Diploma-INT-26-000002.pdf'));
    });
  });
});
